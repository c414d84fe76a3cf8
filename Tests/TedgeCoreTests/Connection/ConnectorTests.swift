import TestSupport
import Testing

@testable import TedgeCore

/// Connects that finish: what is printed, written and started.
@Suite struct ConnectorTests {
    @Test("a connect prints what the user's page shows, and proves the connection")
    func connect() throws {
        let fixture = try Fixture.ready()
        let report = fixture.connect()
        #expect(fixture.output == (try page("connect").output))
        #expect(fixture.errors == "")
        #expect(report.status == 0)
        #expect(report.result == .ok)
        #expect(report.changed)
        #expect(
            report.steps.map(\.id) == [
                "service-manager", "existing-bridge", "certificates", "save", "restart-mosquitto", "await-mosquitto",
                "enable-mosquitto", "mapper", "check",
            ])
        #expect(report.steps.allSatisfy { $0.outcome == .ok })
    }

    @Test("services are restarted, started and enabled in this order, and nothing else is done to them")
    func services() throws {
        let fixture = try Fixture.ready()
        fixture.programs.on("systemctl is-enabled mosquitto", .exited(1), output: "disabled\n")
        _ = fixture.connect()
        #expect(
            fixture.programs.changes == [
                "systemctl restart mosquitto", "systemctl --no-reload enable mosquitto",
                "systemctl start tedge-mapper-c8y", "systemctl --no-reload enable tedge-mapper-c8y", "reload systemd",
            ])
    }

    @Test("the files are written, and the mapper is told that mosquitto holds the bridge")
    func files() throws {
        let fixture = try Fixture.ready()
        #expect(fixture.connect().status == 0)
        #expect(try fixture.text(Fixture.bridge)?.contains("\nconnection edge_to_c8y\n") == true)
        #expect(try fixture.text("tedge/mosquitto-conf/tedge-mosquitto.conf")?.contains("\nlistener 1883 ") == true)
        #expect(try Settings.load(from: fixture.context.settingsSource).bool("mqtt.bridge.built_in") == false)
        #expect(try fixture.text("tedge/tedge.toml")?.contains("built_in = false") == true)
        #expect(
            try fixture.text("mosquitto.conf")?.hasPrefix("include_dir \(fixture.path("mosquitto-conf"))\n") == true)
        #expect(try fixture.files.status(fixture.directory.file(Fixture.bridge))?.mode == 0o644)
    }

    @Test("root gives certificate and key to the user that mosquitto runs as")
    func owners() throws {
        var fixture = try Fixture.ready()
        try fixture.write("user broker\ninclude_dir /x\n", to: "mosquitto.conf")
        fixture.accounts.users["broker"] = Owner(user: 55, group: 56)
        #expect(fixture.connect().status == 0)
        for name in [Fixture.certificate, Fixture.key] {
            #expect(try fixture.files.status(fixture.directory.file(name))?.owner == Owner(user: 55, group: 56))
        }
    }

    @Test("no listeners are written if they are disabled")
    func noListeners() throws {
        let fixture = try Fixture.ready("mqtt.bind.enabled = false\n")
        #expect(fixture.connect().status == 0)
        #expect(try fixture.text("tedge/mosquitto-conf/tedge-mosquitto.conf") == nil)
    }

    @Test("offline everything is configured and started, and the cloud is not asked")
    func offline() throws {
        let fixture = try Fixture.ready()
        let report = fixture.connect(offline: true)
        #expect(report.status == 0)
        #expect(report.steps.last?.id == "mapper")
        #expect(fixture.output.hasSuffix("\nOffline mode. Skipping the connection check.\n"))
        #expect(fixture.broker.published.isEmpty)
    }

    @Test("without a service manager everything is configured, and the rest is left to the person")
    func noServiceManager() throws {
        let fixture = try Fixture.ready()
        fixture.programs.install([])
        let report = fixture.connect()
        #expect(report.status == 4)
        #expect(report.reason == "service-manager-unavailable")
        #expect(fixture.errors == "Warning: 'systemd' service manager is not available on the system.\n")
        #expect(fixture.output.contains("you will have to start the required services on your own."))
        #expect(try fixture.text(Fixture.bridge) != nil)
        #expect(fixture.programs.changes.isEmpty)
        #expect(report.steps.first?.outcome == .failed)
    }

    @Test("a mapper that is not installed is recommended, and the connection is proven without it")
    func noMapper() throws {
        let fixture = try Fixture.ready()
        fixture.programs.install(["systemctl"])
        let report = fixture.connect()
        #expect(report.status == 0)
        #expect(fixture.errors == "Warning: tedge-mapper is not installed. We recommend to install it.\n")
        #expect(report.steps.first { $0.id == "mapper" }?.outcome == .skipped)
        #expect(!fixture.programs.changes.contains { $0.contains("tedge-mapper") })
    }

    @Test("an agent is started and enabled; one without a service is a warning")
    func agent() throws {
        let fixture = try Fixture.ready()
        fixture.programs.install(["systemctl", "tedge-mapper", "tedge-agent"])
        #expect(fixture.connect().steps.first { $0.id == "agent" }?.outcome == .skipped)
        #expect(fixture.errors == "Warning: tedge-agent is on PATH, but there is no service of this name.\n")
        let other = try Fixture.ready()
        other.programs.install(["systemctl", "tedge-mapper", "tedge-agent"])
        other.programs.states(agent: "inactive")
        #expect(other.connect().status == 0)
        #expect(
            other.programs.changes.suffix(3) == [
                "systemctl start tedge-agent", "systemctl --no-reload enable tedge-agent", "reload systemd",
            ])
    }

    @Test("a cloud that does not answer leaves the bridge configured and the connection unproven")
    func unanswered() throws {
        let fixture = try Fixture.ready()
        fixture.broker.onMessage { _, _ in [] }
        let report = fixture.connect()
        #expect(fixture.output == (try page("unanswered").output))
        #expect(
            fixture.errors == """
                Cause: The bridge is up, but Cumulocity does not answer.
                Hint: Run 'tedge connect c8y --test' to try again in a minute.
                More: Run 'tedge doctor c8y' to check everything else.

                """)
        #expect(report.status == 4)
        #expect(report.result == .unproven)
        #expect(report.reason == "cloud-silent")
        #expect(report.steps.last?.outcome == .failed)
        #expect(try fixture.text(Fixture.bridge) != nil)
    }

    @Test("with JSON the object is all that is on stdout")
    func json() throws {
        var fixture = try Fixture.ready()
        fixture.isJSON = true
        let report = fixture.connect()
        #expect(fixture.output == "")
        #expect(fixture.errors == (try page("connect").output))
        #expect(
            report.checkedText.hasPrefix(
                #"{"command":"connect","cloud":"c8y","profile":null,"result":"ok","changed":true,"reason":null,"retry":false,"message":null,"#
            ))
    }
}
