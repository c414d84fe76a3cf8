import TLS
import Testing

@testable import TedgeCore

/// Warnings of the doctor whose texts other tests look at, with their reasons.
@Suite struct DoctorReasonTests {
    private func fixture(_ lines: String = "") throws -> Fixture {
        let fixture = try Fixture.ready(lines)
        #expect(fixture.connect().status == 0)
        fixture.programs.on("mosquitto -h", .exited(3), output: "mosquitto version 2.0.11\n")
        return fixture
    }

    private func outcome(_ fixture: Fixture, _ check: CheckID) -> CheckOutcome {
        DoctorRun(.c8y, profile: nil, until: .now + .seconds(5), in: fixture.context).outcome(of: check)
    }

    private func expectWarning(_ fixture: Fixture, _ check: CheckID, _ reason: ReasonID) {
        guard case .warning(let diagnosis) = outcome(fixture, check) else {
            Issue.record("\(outcome(fixture, check))")
            return
        }
        #expect(diagnosis.id == reason)
        #expect(diagnosis.hint?.isEmpty == false)
    }

    static let registrations: [(status: Int, reason: ReasonID?, state: CheckOutcome.State)] = [
        (200, nil, .ok), (404, "device-gone", .error), (403, nil, .skipped),
    ]

    @Test("a device that was deleted in Cumulocity is told from one that is there", arguments: registrations)
    func registration(_ status: Int, _ reason: ReasonID?, _ state: CheckOutcome.State) throws {
        let fixture = try fixture()
        try fixture.write("include_dir \(fixture.path("mosquitto-conf"))\n", to: "mosquitto.conf")
        fixture.broker.answerAsCloud(tenant: "example.cumulocity.com")
        fixture.web.answer(status)
        let outcome = outcome(fixture, "device-registered")
        #expect(outcome.reason == reason && outcome.state == state, "\(outcome)")
        #expect(fixture.web.requests.last?.target == "/identity/externalIds/c8y_Serial/gateway-1")
        if reason != nil { #expect(outcome.diagnosis?.hint?.contains("'sudo tedge reconnect c8y'") == true) }
    }

    @Test("a small disk for messages that wait is a warning")
    func room() {
        let outcome = DoctorRun.room(forMessagesIn: "/var/lib/mosquitto/", free: 100 << 20)
        #expect(outcome?.reason == "disk-nearly-full" && outcome?.state == .warning)
        #expect(DoctorRun.room(forMessagesIn: "/", free: 200 << 20) == nil)
        #expect(DoctorRun.room(forMessagesIn: "/", free: nil) == nil)
    }

    @Test("without a token the tenant is not asked for the device, and an id is one part of the address")
    func noToken() throws {
        let fixture = try fixture()
        try fixture.write("include_dir \(fixture.path("mosquitto-conf"))\n", to: "mosquitto.conf")
        fixture.broker.answerAsCloud(tenant: nil)
        let before = fixture.web.requests.count
        #expect(outcome(fixture, "device-registered").state != .error)
        #expect(fixture.web.requests.count == before)
        #expect(DoctorRun.segment("a b/ü?#%") == "a%20b%2F%C3%BC%3F%23%25")
    }

    @Test("services that run and are not enabled are warnings of their own")
    func notEnabled() throws {
        let fixture = try fixture()
        fixture.programs.install(["systemctl", "tedge-mapper", "tedge-agent"])
        let block = "LoadState=loaded\nActiveState=active\n"
        fixture.programs.on(
            "systemctl show --property=LoadState", .exited(0),
            output: Array(repeating: block, count: 4).joined(separator: "\n"))
        fixture.programs.on("systemctl is-enabled", .exited(1), output: "disabled\n")
        expectWarning(fixture, "mosquitto-running", "mosquitto-not-enabled")
        expectWarning(fixture, "mapper-running", "mapper-not-enabled")
        expectWarning(fixture, "agent-running", "agent-not-enabled")
    }

    @Test("a mosquitto that systemd has given up is told with the command that starts it again")
    func startLimit() throws {
        let fixture = try fixture()
        fixture.programs.install(["systemctl"])
        let blocks = ["inactive", "active", "active", "active"].map { "LoadState=loaded\nActiveState=\($0)\n" }
        fixture.programs.on("systemctl show --property=LoadState", .exited(0), output: blocks.joined(separator: "\n"))
        fixture.programs.on("systemctl show --property=Result", .exited(0), output: "Result=start-limit-hit\n")
        let diagnosis = outcome(fixture, "mosquitto-running").diagnosis
        #expect(diagnosis?.id == "mosquitto-start-limit")
        #expect(diagnosis?.hint?.contains("systemctl reset-failed mosquitto") == true)
    }

    @Test("a mapper that is missing, and a proxy that a bridge cannot use, are warnings")
    func mapperAndProxy() throws {
        let fixture = try fixture("proxy.address = 'http://proxy:3128'\n")
        fixture.programs.install(["systemctl"])
        expectWarning(fixture, "mapper-installed", "mapper-not-installed")
        expectWarning(fixture, "proxy", "proxy-not-usable")
    }

    @Test("a connect that was killed is a warning")
    func unfinished() throws {
        let fixture = try fixture()
        let path = BridgePaths(in: fixture.context.configurationDirectory, .c8y, nil).unfinished
        try fixture.files.replace(path, with: [], mode: 0o644, owner: nil)
        expectWarning(fixture, "bridge-file", "connection-unfinished")
    }

    @Test("an older name of a variable is a warning")
    func deprecated() throws {
        var fixture = try fixture()
        fixture.environment = ["TEDGE_MQTT_PORT": "1884"]
        expectWarning(fixture, "known-settings", "setting-deprecated")
    }

    @Test("a certificate that expires soon, and a renewed one that waits, are warnings")
    func expiry() throws {
        let fixture = try fixture()
        try fixture.makePair(notBefore: Fixture.now - 86_400 * 90, notAfter: Fixture.now + 86_400)
        expectWarning(fixture, "certificate-expiry", "certificate-expires-soon")
        try fixture.write("x", to: "\(Fixture.certificate).new")
        expectWarning(fixture, "certificate-expiry", "certificate-renewed")
    }

    @Test("a least time that is longer than the certificate lives is a warning with the value to set")
    func minimumDuration() throws {
        let fixture = try fixture("certificate.validity.minimum_duration = '400d'\n")
        expectWarning(fixture, "certificate-expiry", "minimum-duration-too-long")
        #expect(
            outcome(fixture, "certificate-expiry").diagnosis?.hint
                == "Run 'sudo tedge config set certificate.validity.minimum_duration 122d'.")
    }

    @Test("a disk with little room is a warning, a full one an error")
    func disk() {
        let nearly = DoctorRun.room(in: "/d", free: 1 << 20, hasNodes: true)
        #expect(nearly.state == .warning && nearly.diagnosis?.id == "disk-nearly-full")
        for (free, hasNodes) in [(Int64(1), true), (1 << 30, false)] {
            let full = DoctorRun.room(in: "/d", free: free, hasNodes: hasNodes)
            #expect(full.state == .error && full.diagnosis?.id == "disk-full")
        }
        #expect(DoctorRun.room(in: "/d", free: 1 << 30, hasNodes: true) == .ok("1024 MiB are free"))
    }

    @Test("a failure of OpenSSL itself is told in its own words")
    func endpoint() throws {
        var fixture = try fixture()
        fixture.resolver = { _ in .success([.init(text: "127.0.0.1", isIPv6: false)]) }
        fixture.probe = { _, _, _, _, _ in TLSProbe(failure: .openSSL(reason: "r")) }
        let run = DoctorRun(.c8y, profile: nil, until: .now + .seconds(5), in: fixture.context)
        let diagnosis = run.serverCertificate().diagnosis
        #expect(diagnosis?.id == "endpoint-failed" && diagnosis?.seen == "OpenSSL fails: r")
    }
}
