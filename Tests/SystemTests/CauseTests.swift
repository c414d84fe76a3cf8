import Foundation
import TestSupport
import Testing

extension SystemTests {
    /// Each cause is put into the device or its cloud; connect, its test or the doctor must name it; what mends it is
    /// then done, and the device must be connected.
    @Suite("causes that are named and mended") struct CauseTests {
        @Test(
            "the cause is named; once it is mended, connect succeeds; local MQTT never dies of it", arguments: Cause.all
        )
        func cause(_ cause: Cause) throws {
            let prepared = try PreparedDevice(isTrusted: cause.isTrusted)
            if cause.isConnected { try prepared.device.ask(["tedge", "connect", "c8y"]) }
            if cause.isBrokerAlive { try prepared.device.ask(["systemctl", "start", "mosquitto"]) }
            try cause.inject(prepared)
            let wasAlive = try prepared.hasLocalMQTT()
            if cause.isBrokerAlive, cause.id != "mosquitto-not-running" { #expect(wasAlive) }
            let report = try prepared.report(cause.command)
            #expect(report.reason == cause.id)
            #expect(report.status == cause.status)
            #expect(!report.message.isEmpty)
            if wasAlive { #expect(try prepared.hasLocalMQTT()) }

            switch cause.mend {
            case .hint:
                let command = try #require(report.hint.firstMatch(of: /'(.*?)'/)?.1)
                let words = String(command).replacing("sudo ", with: "").replacing("<username>", with: "alice")
                try prepared.device.ask(["env", "C8Y_PASSWORD=secret", "sh", "-c", words])
            case .step(let hint, let step):
                #expect(report.hint.contains(hint))
                try step(prepared)
            }
            try prepared.expectConnected()
        }

        @Test("a healthy device gets no warning at all, with root and without")
        func healthy() throws {
            let prepared = try PreparedDevice()
            try prepared.device.ask(["tedge", "connect", "c8y"])
            let doctor = try prepared.tedge("doctor")
            #expect(doctor.status == 0 && doctor.stderr == "")
            let lines = doctor.stdout.split(separator: "\n").dropLast()
            #expect(!lines.isEmpty && lines.allSatisfy { $0.hasPrefix("ok       ") })
            #expect(doctor.stdout.hasSuffix("\n\(lines.count) checks: \(lines.count) ok\n"))

            let plain = try prepared.device.run(["tedge", "doctor", "c8y"], user: "operator")
            #expect(plain.status == 0)
            #expect(plain.stdout.contains("skipped  private-key: only root may look"))
            #expect(!plain.stdout.contains("error") && !plain.stdout.contains("warning"))
        }

        @Test("the doctor changes nothing and disturbs no bridge")
        func doctorChangesNothing() throws {
            let prepared = try PreparedDevice()
            try prepared.device.ask(["tedge", "connect", "c8y"])
            let look = ["systemctl", "show", "--property=ExecMainPID,ExecMainStartTimestamp", "mosquitto"]
            let (files, broker) = (try prepared.snapshot(), try prepared.device.ask(look))
            let connections = try prepared.connections()
            try prepared.device.ask(["tedge", "doctor", "c8y"])
            #expect(try prepared.snapshot() == files)
            #expect(try prepared.device.ask(look) == broker)
            #expect(try prepared.connections() == connections)
        }

        @Test("without network and service manager the doctor ends with what it can see")
        func doctorAlone() throws {
            let prepared = try PreparedDevice()
            let outcome = try prepared.device.run([
                "unshare", "--mount", "--net", "sh", "-c", "mount -t tmpfs none /run && exec tedge doctor c8y",
            ])
            #expect(outcome.status == 1)
            #expect(outcome.stdout.contains("ok       key-pair: "))
            #expect(outcome.stdout.contains("warning  service-manager: "))
            #expect(outcome.stdout.contains("error    tcp: "))
            #expect(outcome.stdout.contains("skipped  server-certificate: because of tcp"))
        }

        @Test("a mosquitto that died of its configuration is quoted by the doctor")
        func doctorQuotes() throws {
            let prepared = try PreparedDevice()
            try prepared.device.ask(["tedge", "connect", "c8y"])
            try prepared.device.write("frobnicate true\n", to: "/etc/mosquitto/conf.d/mine.conf")
            _ = try prepared.device.run(["systemctl", "restart", "mosquitto"])
            let report = try prepared.report(["doctor", "c8y"])
            #expect(report.reason == "mosquitto-not-running")
            let text = try prepared.tedge("doctor", "c8y", "--only", "local-mqtt").stdout
            #expect(text.contains("/etc/mosquitto/conf.d/mine.conf:1"))
        }
    }
}

/// The object that a command prints with `--json`.
struct Report {
    let status: Int32
    let reason: String
    let message: String
    let hint: String
}

extension PreparedDevice {
    /// Runs a command with `--json`; words in front of `tedge` are taken from the list up to `--`.
    func report(_ words: [String]) throws -> Report {
        let parts = words.split(separator: "--", maxSplits: 1).map(Array.init)
        let before = parts.count > 1 ? parts[0] : []
        let outcome = try device.run(before + ["tedge", "--json"] + (parts.last ?? []))
        let object = try JSONSerialization.jsonObject(with: Data(outcome.stdout.utf8)) as? [String: Any]
        func text(_ key: String) -> String { object?[key] as? String ?? "" }
        return Report(
            status: outcome.status, reason: text("reason"), message: text("message"), hint: text("hint"))
    }

    /// Expects that the device is connected or can be.
    func expectConnected(sourceLocation: SourceLocation = #_sourceLocation) throws {
        if try device.exists(Self.bridge) {
            if try tedge("connect", "c8y", "--test", "--timeout", "3").status == 0 { return }
            try device.ask(["tedge", "disconnect", "c8y"])
        }
        let outcome = try tedge("connect", "c8y")
        #expect(outcome.status == 0, "\(outcome.stdout)\(outcome.stderr)", sourceLocation: sourceLocation)
        #expect(try hasLocalMQTT(), sourceLocation: sourceLocation)
    }

    /// How often devices have connected to the cloud with MQTT.
    func connections() throws -> Int {
        let object = try JSONSerialization.jsonObject(with: Data(try cloud.show().utf8)) as? [String: Any]
        let connections = try #require(object?["connections"] as? [Any])
        return connections.count
    }
}
