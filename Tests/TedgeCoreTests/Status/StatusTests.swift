import MQTT
import TestSupport
import Testing

@testable import TedgeCore

/// `tedge status`: what it shows, and what it makes of it.
@Suite struct StatusTests {
    /// A device that is connected, with mapper and agent.
    private func connected(_ lines: String = "") throws -> Fixture {
        let fixture = try Fixture.ready(lines)
        fixture.programs.on("mosquitto -h", .exited(0), output: "mosquitto version 2.0.11\n\nmosquitto is a broker.\n")
        #expect(fixture.connect().status == 0)
        fixture.programs.states(agent: "active")
        fixture.programs.on("systemctl --version", .exited(0), output: "systemd 252 (252.39-1~deb12u1)\n+PAM +AUDIT\n")
        fixture.programs.forget()
        fixture.printed.forget()
        return fixture
    }

    /// Runs it; nothing may change.
    private func run(
        _ fixture: Fixture, _ cloud: CloudName? = nil, _ profile: String? = nil, width: Int? = nil
    ) throws -> CommandReport {
        let before = try fixture.snapshot()
        let profile = try profile.map { try ProfileName(parsing: $0) }
        let report = Status(cloud, profile: profile, width: width, in: fixture.context).run()
        #expect(try fixture.snapshot() == before)
        #expect(fixture.programs.changes.allSatisfy { $0 == "systemctl --version" })
        #expect(fixture.web.requests.isEmpty && !report.changed)
        _ = report.checkedText
        return report
    }

    @Test("a device on which all is up is shown on one screen, with status 0")
    func up() throws {
        let fixture = try connected()
        let published = fixture.broker.published
        let report = try run(fixture, width: 80)
        #expect(report.status == 0 && report.result == .ok)
        let lines = fixture.output.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        #expect(
            lines.prefix(9) == [
                "status: up", "", "c8y             up", "  address       example.cumulocity.com:8883",
                "  device id     gateway-1", "  mapper        tedge-mapper-c8y: active",
                "  agent         tedge-agent: active", "  certificate   valid for 365 days (gateway-1)", "",
            ])
        #expect(lines[9] == "mosquitto       active")
        #expect(lines[10].hasPrefix("versions        tedge \(ProgramRelease.version), mosquitto 2.0.11, OpenSSL "))
        #expect(lines.allSatisfy { $0.count <= 80 } && lines.count == 13)
        #expect(fixture.errors == "")
        // No message, neither to the local broker nor through the bridge.
        #expect(fixture.broker.published == published)
    }

    @Test("programs get the same in members of their own")
    func members() throws {
        let text = try run(try connected()).checkedText
        for part in [
            #""connections":[{"cloud":"c8y","profile":null,"url":"example.cumulocity.com","#,
            #""device_id":"gateway-1","up":true,"up_since":null,"#,
            #""mapper":{"unit":"tedge-mapper-c8y","active":true,"enabled":null},"#, #""differs":[],"unchecked":[],"#,
            #""certificate":{"state":"valid","#, #""mosquitto":{"unit":"mosquitto","active":true,"enabled":null,"#,
            #""version":"2.0.11"}"#, #""systemd":"252"}"#,
        ] { #expect(text.contains(part), "\(part) is not in \(text)") }
    }

    @Test("a bridge that is down is status 1, and the first line says so")
    func down() throws {
        let fixture = try connected()
        fixture.broker.retain(Fixture.health, "0")
        let report = try run(fixture)
        #expect(report.status == 1 && report.reason == "bridge-down" && report.retry)
        #expect(fixture.output.hasPrefix("status: down: The bridge to Cumulocity is down.\n\nc8y             down\n"))
        #expect(fixture.errors == "\nHint: Run 'sudo tedge doctor c8y' to find out why.\n")
    }

    @Test("a mosquitto, mapper or agent that does not run is status 1")
    func services() throws {
        for (states, reason, message) in [
            ({ $0.states(mosquitto: false) }, "mosquitto-not-running", "mosquitto does not run."),
            ({ $0.states(mapper: "failed") }, "mapper-failed", "tedge-mapper-c8y does not run."),
            ({ $0.states(agent: "inactive") }, "agent-failed", "tedge-agent does not run."),
        ] as [((FixturePrograms) -> Void, ReasonID, String)] {
            let fixture = try connected()
            states(fixture.programs)
            let report = try run(fixture)
            #expect(report.status == 1 && report.reason == reason && report.message == message)
            #expect(fixture.output.hasPrefix("status: down: \(message)\n"))
        }
    }

    @Test("what is not installed is not missed")
    func withoutMapper() throws {
        let fixture = try connected()
        fixture.programs.states(mapper: "not-found")
        #expect(try run(fixture).status == 0)
        #expect(!fixture.output.contains("mapper") && !fixture.output.contains("agent"))
    }

    @Test("without a bridge file nothing is configured, which is status 3")
    func unconfigured() throws {
        let fixture = try Fixture.ready()
        fixture.programs.on("systemctl --version", .exited(1))
        let report = try run(fixture)
        #expect(report.status == 3 && report.result == .failed && report.reason == "not-connected" && !report.retry)
        #expect(fixture.output.hasPrefix("status: not configured\n\nmosquitto       active\n"))
        #expect(fixture.errors == "\nHint: Run 'sudo tedge connect <cloud>' to connect this device.\n")
        #expect(fixture.broker.connections.isEmpty)
    }

    @Test("of several connections all are shown, or the one that is named")
    func several() throws {
        let fixture = try connected(
            """
            c8y.profiles.edge.url = 'edge.example.com'
            c8y.profiles.edge.bridge.topic_prefix = 'c8y-edge'
            c8y.profiles.edge.proxy.bind.port = 8002
            c8y.profiles.edge.root_cert_path = '/'

            """)
        let edge = "te/device/main/service/mosquitto-c8y-edge-bridge/status/health"
        try fixture.write(
            "connection edge_to_c8y@edge\naddress edge.example.com:8883\nremote_clientid gateway-1\n"
                + "notification_topic \(edge)\n", to: "tedge/mosquitto-conf/c8y@edge-bridge.conf")
        try fixture.write("", to: "tedge/mosquitto-conf/aws-bridge.conf")
        fixture.broker.retain(edge, "0")
        #expect(try run(fixture, .c8y).status == 0)
        #expect(!fixture.output.contains("--profile"))
        fixture.printed.forget()
        fixture.programs.forget()
        #expect(try run(fixture, .c8y, "edge").reason == "bridge-down")
        #expect(fixture.output.contains("\nc8y --profile edge down\n"))
        fixture.printed.forget()
        fixture.programs.forget()
        let report = try run(fixture)
        #expect(report.status == 1 && report.reason == "bridge-down")
        for line in ["c8y             up", "c8y --profile edge down", "aws             unknown"] {
            #expect(fixture.output.contains("\n\(line)\n"), "\(fixture.output)")
        }
        fixture.programs.forget()
        #expect(try run(fixture, .az).status == 3)
        fixture.programs.forget()
        #expect(try run(fixture, nil, "other").status == 3)
    }

    @Test("a bridge file that is not what the settings ask for, and a bridge of the mapper, are said")
    func differences() throws {
        let fixture = try connected()
        try fixture.configure(url: "other.cumulocity.com")
        let report = try run(fixture)
        // It is up all the same.
        #expect(report.status == 0)
        #expect(fixture.output.contains("  address       example.cumulocity.com:8883\n"))
        #expect(
            fixture.output.contains(
                "  differs       WORLD/\(Fixture.bridge) is not what the settings ask for: line 3 is 'address example."),
            "\(fixture.output)")
        #expect(report.checkedText.contains(#""differs":["\#(fixture.path("mosquitto-conf"))/c8y-bridge.conf is not"#))
        try fixture.configure("mqtt.bridge.built_in = true\n")
        fixture.programs.forget()
        fixture.printed.forget()
        #expect(try run(fixture).status == 0)
        #expect(fixture.output.contains("  differs       ") && fixture.output.contains("built_in"), "\(fixture.output)")
    }

    @Test("settings that are broken are said, and what the bridge file says is shown")
    func brokenSettings() throws {
        let fixture = try connected()
        try fixture.write("[c8y\n", to: "tedge/tedge.toml")
        let report = try run(fixture)
        #expect(report.status == 1)
        #expect(fixture.output.contains("  device id     gateway-1\n") && fixture.output.contains("tedge.toml"))
        // How the device proves who it is stands there as well.
        #expect(fixture.output.contains("  certificate   unknown\n"), "\(fixture.output)")
    }

    @Test("a hint to start something has the command of this device's service manager")
    func otherManager() throws {
        let fixture = try connected()
        try fixture.useOpenRC()
        fixture.programs.on("rc-service mosquitto status", .exited(3))
        let status = Status(nil, profile: nil, in: fixture.context)
        #expect(status.run().hint == "Run 'sudo rc-service mosquitto restart'.", "\(fixture.printed.all)")
        fixture.programs.on("rc-service mosquitto status", .exited(0))
        fixture.programs.on("rc-service tedge-mapper-c8y status", .exited(3))
        #expect(status.run().hint == "Run 'sudo rc-service tedge-mapper-c8y restart'.", "\(fixture.printed.all)")
    }

    @Test("a mosquitto that is not installed is not one to be started")
    func withoutMosquitto() throws {
        let fixture = try connected()
        fixture.programs.states(mosquitto: nil)
        let report = try run(fixture)
        #expect(report.status == 1 && report.reason == "mosquitto-not-found" && report.hint?.contains("apt") == true)
        #expect(fixture.output.hasPrefix("status: down: There is no service mosquitto.\n"))
        #expect(fixture.output.contains("\nc8y             down\n"))
        #expect(fixture.output.contains("\nmosquitto       not installed\n"))
    }

    @Test("what a caller may not read is said, and is no failure")
    func withoutRoot() throws {
        var fixture = try connected()
        fixture.accounts.caller = FixtureFiles.owner
        fixture.files.fail(.read, "c8y-bridge.conf", 13)
        let report = Status(nil, profile: nil, in: fixture.context).run()
        #expect(report.status == 0, "\(fixture.printed.all)")
        #expect(
            fixture.output.contains(
                "  not checked   whether the bridge files match the settings: only root may look\n"),
            "\(fixture.output)")
        #expect(fixture.output.contains("  device id     gateway-1\n"))
    }

    @Test("a certificate that is missing, expired or waits to be taken is said")
    func certificates() throws {
        let fixture = try connected()
        try fixture.write("", to: "\(Fixture.certificate).new")
        _ = try run(fixture)
        #expect(fixture.output.contains("\n                a renewed one is waiting: run 'sudo tedge reconnect c8y'\n"))
        try fixture.makePair(notBefore: Fixture.now - 86_400 * 90, notAfter: Fixture.now - 86_400 * 10)
        fixture.programs.forget()
        #expect(try run(fixture).checkedText.contains(#""certificate":{"state":"expired","#))
        #expect(fixture.output.contains("  certificate   expired 10 days ago (gateway-1)\n"))
        try fixture.files.remove(fixture.directory.file(Fixture.certificate))
        fixture.programs.forget()
        #expect(try run(fixture).checkedText.contains(#""certificate":{"state":"missing","path":"#))
        #expect(fixture.output.contains("  certificate   there is none at WORLD/"))
    }

    @Test("a broker or a service manager that does not answer leaves what it would say unknown")
    func silence() throws {
        let fixture = try connected()
        fixture.broker.failToConnect(.silent(MQTTError.Endpoint(host: "127.0.0.1", port: 1883)))
        let report = try run(fixture)
        #expect(report.status == 1 && report.reason == "local-mqtt-failed")
        #expect(fixture.output.hasPrefix("status: unknown: The local MQTT broker does not answer.\n"))
        #expect(fixture.output.contains("\nc8y             unknown\n"))
        fixture.programs.on("systemctl", .unanswered(program: "systemctl", seconds: 1))
        fixture.programs.forget()
        let silent = try run(fixture)
        #expect(silent.status == 1 && silent.reason == "unanswered" && silent.retry, "\(fixture.printed.all)")
        #expect(fixture.output.contains("\nmosquitto       unknown\n"))
    }

    @Test("a profile that a variable names is the one that is shown")
    func variable() throws {
        var fixture = try connected()
        fixture.environment["TEDGE_CLOUD_PROFILE"] = "edge"
        #expect(try run(fixture).status == 3)
        #expect(try run(fixture).message == "This device is not connected to any cloud (profile edge).")
    }

    @Test("a signal ends it with a reason of its own")
    func interrupted() throws {
        let fixture = try connected()
        fixture.signal.send(15)
        let report = Status(nil, profile: nil, in: fixture.context).run()
        #expect(report.status == 1 && report.reason == "interrupted" && report.retry)
        _ = report.checkedText
    }

    @Test("waiting proves each connection by a message, and says once that all is up")
    func waiting() throws {
        let fixture = try connected()
        let report = Status(nil, profile: nil, wait: .seconds(9), in: fixture.context).run()
        #expect(report.status == 0, "\(fixture.printed.all)")
        #expect(fixture.broker.published.contains("c8y/s/uat "))
        #expect(
            fixture.output.hasPrefix(
                "Checking the connection to Cumulocity until it works, for at most 9 seconds.\nstatus: up\n"))
        let other = try connected()
        other.broker.answerAsCloud(tenant: "other.example.com")
        #expect(Status(nil, profile: nil, wait: .seconds(9), in: other.context).run().reason == "other-tenant")
        #expect(other.errors.contains("Not proven: Another tenant answered: "))
    }
}
