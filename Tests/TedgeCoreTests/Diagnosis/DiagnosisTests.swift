import Glibc
import MQTT
import Sockets
import TLS
import TestSupport
import Testing

@testable import TedgeCore

/// The first cause of a connection that is not proven, in words and with what mends it.
@Suite struct DiagnosisTests {
    private let fixture: Fixture

    init() throws {
        fixture = try Fixture.ready()
        // As the program does: a server that goes away is an error, not a signal.
        signal(SIGPIPE, SIG_IGN)
    }

    private func words(_ error: TLSError, _ cloud: Cloud = .cumulocity) throws -> Diagnosis? {
        try fixture.write(
            "az.url = 'hub.azure-devices.net'\nc8y.url = 'example.cumulocity.com'\n", to: "tedge/tedge.toml")
        let plan = try fixture.plan(cloud)
        return EndpointDiagnosis(plan.cloud, plan.builder.settings, try plan.builder.endpoint()).diagnosis(error)
    }

    static let errors: [(error: TLSError, id: ReasonID, hint: String)] = [
        (.socket(.nameNotResolved(host: "h", reason: "r")), "name-not-resolved", "'tedge config get c8y.url'"),
        (
            .socket(.cannotConnect(host: "h", port: 1, errno: ECONNREFUSED)), "port-closed",
            "between this device and h:1."
        ),
        (.socket(.cannotConnect(host: "h", port: 1, errno: EHOSTUNREACH)), "host-unreachable", "network and firewall"),
        (.socket(.noAnswer(host: "h", port: 1)), "packets-dropped", "h:1"),
        (.untrusted(code: 20, reason: "r"), "server-certificate-untrusted", "tedge config set c8y.root_cert_path"),
        (.wrongHost(host: "h", names: ["a", "b"]), "server-certificate-wrong-host", "'tedge config get c8y.url'"),
        (.serverExpired(notAfter: 0), "server-certificate-expired", "'date'"),
        (.serverNotYetValid(notBefore: 0), "clock-wrong", "'timedatectl set-time'"),
        (.closed(.read), "cloud-closes-connection", "tedge cert upload c8y --user <username>"),
        (.lost(errno: ECONNRESET), "cloud-closes-connection", "tedge cert upload c8y"),
        (.notTLS(reason: "r"), "not-tls", "'c8y.mqtt'"), (.silent(.handshake), "endpoint-silent", "'c8y.mqtt'"),
        (.flooded(.handshake), "endpoint-floods", "'c8y.mqtt'"),
        (.rootsUnusable(path: "/r", reason: "r"), "trust-roots-unusable", "c8y.root_cert_path"),
        (.alert(number: 45), "certificate-expired", "'date'"),
        (.alert(number: 48), "device-certificate-not-trusted", "tedge cert upload c8y"),
        (.alert(number: 46), "device-certificate-not-trusted", "tedge connect c8y --test"),
        (.alert(number: 116), "device-certificate-not-sent", "tedge cert show"),
        (.tooWeak(reason: "r"), "server-certificate-weak", "SHA-256"),
        (.alert(number: 70), "tls-version", "'tedge config get c8y.mqtt'"),
        (.alert(number: 44), "device-certificate-revoked", "who has revoked it"),
        (.alert(number: 112), "server-name-unknown", "'tedge config get c8y.url'"),
        (.identityUnfit(seen: "r"), "device-certificate-not-sent", "tedge config set c8y.device.key_path"),
        (.authorityExpired(name: "a", notAfter: 0), "trust-roots-expired", "'date'"),
        (.socket(.nameServerSilent(host: "h")), "name-server-silent", "/etc/resolv.conf"),
        (.libraryMissing(reason: "r"), "openssl-missing", "sudo apt install libssl3"),
    ]

    @Test("each failure of the endpoint has a word for programs and a hint that names what to type", arguments: errors)
    func endpoint(_ error: TLSError, _ id: ReasonID, _ hint: String) throws {
        let diagnosis = try #require(try words(error))
        #expect(diagnosis.id == id)
        #expect(diagnosis.hint?.contains(hint) == true, "\(diagnosis.hint ?? "")")
    }

    @Test("an alert of another kind has no hint, and failures of this program no diagnosis")
    func others() throws {
        let alert = try #require(try words(.alert(number: 80)))
        #expect(alert.id == "tls-alert")
        #expect(alert.seen == "TLS alert 'internal error'")
        #expect(alert.hint == nil)
        for error in [TLSError.interrupted, .openSSL(reason: "r"), .proxyNotHTTP, .proxySilent] {
            #expect(try words(error) == nil)
        }
    }

    @Test("another cloud is told by its own name and settings")
    func azure() throws {
        let diagnosis = try #require(try words(.alert(number: 48), .azure))
        #expect(diagnosis.message == "Azure does not trust the device certificate.")
        #expect(
            diagnosis.hint?.hasPrefix("Register the device certificate in Azure, then run 'tedge connect az") == true)
        #expect(try words(.untrusted(code: 20, reason: "r"), .azure)?.hint?.contains("az.root_cert_path") == true)
    }

    @Test("what the certificate is for is seen")
    func wrongHost() throws {
        #expect(try words(.wrongHost(host: "h", names: ["a", "b"]))?.seen == "it is for a, b")
        #expect(try words(.wrongHost(host: "h", names: []))?.seen == "the certificate names no host")
    }

    static let failures: [(CheckFailure, ReasonID)] = [
        (.broker(.notConnected), "local-mqtt-failed"), (.interrupted(Interrupted(signal: SIGINT)), "interrupted"),
        (.otherTenant(expected: ["a", "b"], answered: "c"), "other-tenant"), (.silence, "cloud-silent"),
        (.bridgeUnknown, "bridge-unknown"), (.refusal("404"), "cloud-refuses-request"),
    ]

    @Test("each failure of the check has a word for programs and names what matters", arguments: failures)
    func check(_ failure: CheckFailure, _ id: ReasonID) throws {
        let diagnosis = Diagnosis.of(failure, try fixture.plan(), in: fixture.context)
        #expect(diagnosis.id == id)
        if case .otherTenant = failure {
            #expect(diagnosis.message.contains("configured for a, b, and it is connected to c."))
            #expect(diagnosis.hint?.contains("'tedge config set c8y.url c', then 'sudo tedge reconnect c8y'") == true)
            #expect(diagnosis.hint?.contains("emove") == false)
        }
        if failure == .bridgeUnknown {
            #expect(diagnosis.message.hasSuffix("has not read \(fixture.directory.file(Fixture.bridge))."))
        }
    }

    static let notWorking: [CheckFailure] = [
        .otherTenant(expected: ["a"], answered: "c"), .silence, .bridgeDown,
    ]

    @Test("a bridge that leads elsewhere than the settings say is the first cause", arguments: notWorking)
    func addressChanged(_ failure: CheckFailure) throws {
        #expect(fixture.connect().status == 0)
        try fixture.configure(url: "other.example.com")
        let diagnosis = Diagnosis.of(failure, try fixture.plan(), in: fixture.context)
        #expect(diagnosis.id == "bridge-file-differs")
        #expect(
            diagnosis.message.hasPrefix(
                "The bridge leads to example.cumulocity.com:8883, and the settings name other.example.com:8883"))
        #expect(diagnosis.hint == "Run 'sudo tedge reconnect c8y'.")
    }

    @Test("an interruption is no failure of the check: the state of the device and the way on are told")
    func interrupted() throws {
        let diagnosis = Diagnosis.of(
            CheckFailure.interrupted(Interrupted(signal: SIGINT)), try fixture.plan(), in: fixture.context)
        #expect(
            diagnosis.message == "Interrupted by SIGINT: the bridge is configured, and whether it works is not known.")
        #expect(diagnosis.hint == "Run 'tedge connect c8y --test' to check the connection.")
    }

    @Test("a bridge that the cloud ends again is not just down: who else may bear the name is told")
    func bridgeLost() throws {
        var fixture = fixture
        let server = try FakeServer { $0.drain() }
        fixture.accounts.users = [:]
        fixture.probe = { _, _, _, _, _ in TLSProbe(failure: nil, isServerTrusted: true, isIdentityWanted: true) }
        try fixture.write("include_dir \(fixture.path("mosquitto-conf"))\n", to: "mosquitto.conf")
        try fixture.configure("c8y.mqtt = 'localhost:\(server.port)'\n")
        fixture.programs.on("mosquitto -h", .exited(3), output: "mosquitto version 2.0.11\n")
        fixture.broker.onMessage { _, _ in [message(Fixture.health, "0")] }
        let report = fixture.connect()
        #expect(
            report.status == 4 && report.reason == "bridge-unstable",
            "\(report.reason?.rawValue ?? "") \(report.message ?? "")")
        #expect(report.hint == "Check that no other device or program is connected as 'gateway-1'.")
    }

    @Test("a server that closes before it shows a certificate has nothing against that of the device")
    func closedEarly() throws {
        let server = try FakeServer { _ in }
        var fixture = fixture
        fixture.accounts.users = [:]
        try fixture.configure("c8y.mqtt = '127.0.0.1:\(server.port)'\n")
        let doctorRun = DoctorRun(.c8y, profile: nil, until: .now + .seconds(10), in: fixture.context)
        let diagnosis = try #require(doctorRun.outcome(of: "server-certificate").diagnosis)
        #expect(diagnosis.id == "cloud-closes-connection")
        #expect(diagnosis.hint?.contains("'tedge config get c8y.mqtt'") == true)
        #expect(diagnosis.hint?.contains("cert upload") == false)
    }

    static let attempts: [(lines: [String], attempt: BrokerLog.Attempt?)] = [
        ([], nil), (["1: Connecting bridge (step 2) edge_to_az (h:8883)"], nil),
        (
            [
                "1: Connecting bridge (step 1) edge_to_az (h:8883)",
                "1: Connecting bridge (step 2) edge_to_az (h:8883)",
                "1: Connection Refused: not authorised", "1: Client Azure closed its connection.",
            ], .refused("not authorised")
        ),
        (
            [
                "1: Connecting bridge (step 2) edge_to_az (h:8883)", "1: Connection Refused: not authorised",
                "9: Connecting bridge (step 2) edge_to_az (h:8883)", "9: Socket error on client Azure, disconnecting.",
            ], .closed
        ),
        (["1: Connecting bridge (step 2) edge_to_az (h:1)", "1: Client Aws closed its connection."], nil),
        (["1: Connecting bridge (step 2) edge_to_az@p (h:1)", "1: Connection Refused: not authorised"], nil),
        (["1: Connecting bridge (step 2) edge_to_c8y (h:1)", "1: Connection Refused: not authorised"], nil),
        (
            [
                "1: Connecting bridge (step 2) edge_to_az (h:1)", "1: Connecting bridge (step 2) edge_to_c8y (h:1)",
                "1: Connection Refused: identifier rejected",
            ], nil
        ),
    ]

    @Test("mosquitto's log tells how the last attempt of a bridge ended, and of no other", arguments: attempts)
    func lastAttempt(_ lines: [String], _ attempt: BrokerLog.Attempt?) {
        #expect(BrokerLog.lastAttempt(of: .azure, nil, in: lines) == attempt)
    }

    @Test("a device that is refused after the handshake is told what to do in its cloud, with its profile")
    func refusedDevice() throws {
        let profile = try ProfileName(parsing: "edge")
        let azure = Diagnosis.refusedDevice(.azure, nil, .refused("not authorised"), deviceID: "gw")
        #expect(azure.message == "Azure refuses the device 'gw'.")
        #expect(azure.seen == "mosquitto's log: 'Connection Refused: not authorised'")
        #expect(
            azure.hint == "Register the device 'gw' with its certificate in Azure, then run 'tedge connect az --test'.")
        let amazon = Diagnosis.refusedDevice(.amazon, profile, .closed, deviceID: "gw")
        #expect(amazon.seen == "mosquitto's log: the connection was closed before an answer")
        #expect(
            amazon.hint
                == "Check that the device certificate is active in AWS, and that its policy lets the client 'gw' connect, "
                + "then run 'tedge connect aws --profile edge --test'.")
    }

    @Test("a silent AWS has a hint to its policy, and Azure's status is seen")
    func answers() {
        #expect(
            Diagnosis.silent(.amazon, nil, deviceID: "gw").hint?.contains("'thinedge/devices/gw/test-connection'")
                == true)
        #expect(
            Diagnosis.silent(.azure, nil, deviceID: "gw").hint
                == "Run 'tedge connect az --test' to try again in a minute.")
        #expect(Diagnosis.refusedRequest(.azure, nil, "404", deviceID: "gw").seen == "status 404")
    }

    @Test("mosquitto's log file is looked into where systemd runs mosquitto")
    func logFile() throws {
        let log = try fixture.directory.write(
            "1: Connecting bridge (step 2) edge_to_c8y (h:8883)\n1: Connection Refused: not authorised\n", to: "log")
        try fixture.write("log_dest file \(log)\n", to: "mosquitto.conf")
        let manager = ServiceManager(SystemSettings(path: "/system.toml"), in: fixture.context)
        let found = BrokerLog(context: fixture.context, manager: manager, since: 0)
        #expect(found.lastAttempt(of: .cumulocity, nil) == .refused("not authorised"))
        var settings = SystemSettings(path: "/system.toml")
        settings.commands.name = "OpenRC"
        let other = BrokerLog(
            context: fixture.context, manager: ServiceManager(settings, in: fixture.context), since: 0)
        #expect(other.lastAttempt(of: .cumulocity, nil) == nil)
    }

    @Test("where the bridge is down the endpoint is asked, also by an IPv6 address", arguments: ["localhost", "[::1]"])
    func closedPort(_ host: String) throws {
        var fixture = fixture
        fixture.accounts.users = [:]
        try fixture.write("include_dir \(fixture.path("mosquitto-conf"))\n", to: "mosquitto.conf")
        try fixture.configure("c8y.mqtt = '\(host):\(try freePort())'\n")
        let diagnosis = Diagnosis.of(CheckFailure.bridgeDown, try fixture.plan(), in: fixture.context)
        #expect(diagnosis.id == "port-closed" || (host == "[::1]" && diagnosis.id == "host-unreachable"))
    }

    @Test("an endpoint that accepts and closes is told so")
    func closingServer() throws {
        let server = try FakeServer { _ in }
        var fixture = fixture
        fixture.accounts.users = [:]
        try fixture.write("include_dir \(fixture.path("mosquitto-conf"))\n", to: "mosquitto.conf")
        try fixture.configure("c8y.mqtt = '127.0.0.1:\(server.port)'\n")
        let diagnosis = Diagnosis.of(CheckFailure.bridgeDown, try fixture.plan(), in: fixture.context)
        #expect(diagnosis.id == "cloud-closes-connection")
    }

    @Test("another error is told in its own words")
    func otherError() throws {
        let diagnosis = Diagnosis.of(SettingsError.missing("x.y"), try fixture.plan(), in: fixture.context)
        #expect(diagnosis.id == "setting-missing")
        #expect(diagnosis.message.contains("'x.y'"))
    }

    @Test("a diagnosis is printed as cause, what was seen, and hint, harmless for a terminal")
    func printing() {
        let console = fixture.context.console
        let more = "More: Run 'tedge doctor c8y' to check everything else.\n"
        console.explain(Diagnosis(.unexpected, "m\u{1B}", seen: "s", hint: "h"), cloud: .c8y)
        console.explain(Diagnosis(.unexpected, "alone"), cloud: .c8y)
        #expect(fixture.errors == "Cause: m\\u{1b}\nSeen: s\nHint: h\n\(more)Cause: alone\n\(more)")
    }
}
