import Glibc
import TestSupport
import Testing

/// From an empty box to a proven connection with one command.
@Suite("bootstrap", .serialized) struct BootstrapTests {
    /// An empty gateway, and a cloud that does not know it.
    struct Ready {
        let cloud: StandInCloud
        let gateway: Gateway

        init(passwords: Bool = false) throws {
            (cloud, gateway) = (try StandInCloud(passwords: passwords), try Gateway())
        }

        /// The words that every run for Cumulocity needs here.
        var words: [String] {
            [
                "bootstrap", "c8y", "--url", "localhost:\(cloud.httpsPort)", "--set",
                "c8y.mqtt=localhost:\(cloud.mqttPort)",
                "--set", "c8y.root_cert_path=\(cloud.rootCertificate)", "--device-id", "gateway-1",
            ]
        }

        static let credentials = ["C8Y_USER": "alice", "C8Y_PASSWORD": "secret"]

        func bootstrap(
            _ more: String..., environment: [String: String] = credentials, isJSON: Bool = false
        ) throws -> Outcome {
            try gateway.run((isJSON ? ["--json"] : []) + words + more, environment: environment)
        }

        /// The text with what differs from run to run replaced by words.
        func neutral(_ text: String) -> String {
            gateway.neutral(text).replacing(String(cloud.httpsPort), with: "HTTPS")
                .replacing(String(cloud.mqttPort), with: "MQTT")
                .replacing(#/valid until [^,.\n]*(, \d+ [^,.\n]*)?/#, with: "valid until DATE")
        }
    }

    // MARK: The methods

    @Test("an empty box is connected with a certificate that it signs itself")
    func selfSigned() throws {
        let ready = try Ready()
        let outcome = try ready.bootstrap("--register", "self-signed")
        #expect(outcome.status == 0, "\(outcome)")
        #expect(
            ready.neutral(outcome.output) == """
                prepare:   localhost answers.
                configure: has set c8y.http, c8y.mqtt, c8y.root_cert_path.
                register:  has created the certificate of 'gateway-1', valid until DATE, and has uploaded it.
                connect:   the bridge to Cumulocity is configured, and the services run.
                verify:    Cumulocity answers.

                """)
        #expect(outcome.errors == "")
        #expect(try ready.gateway.tedge("connect", "c8y", "--test").status == 0)
        #expect(try ready.cloud.show().contains("gateway-1"))
    }

    @Test("a second run changes nothing, restarts nothing, uploads nothing, and needs no password")
    func secondRun() throws {
        let ready = try Ready()
        try ready.bootstrap("--register", "self-signed").expectSuccess()
        let (before, calls) = (try ready.gateway.snapshot(), ready.gateway.calls.count)
        let requests = try ready.uploads()
        let outcome = try ready.bootstrap("--register", "self-signed", environment: [:])
        #expect(outcome.status == 0, "\(outcome)")
        #expect(
            ready.neutral(outcome.output) == """
                prepare:   localhost answers.
                configure: keeps the settings, which are as they shall be.
                register:  keeps the certificate of 'gateway-1', valid until DATE, which the tenant trusts.
                connect:   keeps the connection, which is as the settings say.
                verify:    Cumulocity answers.

                """)
        #expect(try ready.gateway.snapshot() == before)
        let new = ready.gateway.calls.dropFirst(calls)
        #expect(!new.contains { $0.contains("start ") || $0.contains("enable ") }, "\(new)")
        #expect(try ready.uploads() == requests)
        let json = try ready.bootstrap("--register", "self-signed", environment: [:], isJSON: true)
        #expect(json.output.hasPrefix(#"{"command":"bootstrap","cloud":"c8y","#))
        #expect(json.output.contains(#""result":"ok","changed":false"#) && !json.output.contains(#""changed":true"#))
    }
}

extension BootstrapTests.Ready {
    /// How many certificates were sent to the cloud.
    func uploads() throws -> Int {
        try cloud.show().ranges(of: "/trusted-certificates").count
    }
}
