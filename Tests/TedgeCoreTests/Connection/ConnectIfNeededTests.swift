import TestSupport
import Testing

@testable import TedgeCore

/// `connect --if-needed`: only what is not as the settings say is changed.
@Suite struct ConnectIfNeededTests {
    private func connect(_ fixture: Fixture) -> CommandReport {
        var options = Connector.Options()
        options.isIfNeeded = true
        return Connector(.c8y, profile: nil, options: options, in: fixture.context).run()
    }

    /// A connected device, with no calls yet.
    private func connected() throws -> Fixture {
        let fixture = try Fixture.ready()
        #expect(fixture.connect().status == 0)
        fixture.programs.forget()
        return fixture
    }

    /// Has systemd say that the services run and start with the device.
    private func enableAll(_ fixture: Fixture) {
        let block = "LoadState=loaded\nActiveState=active\nUnitFileState=enabled\n"
        let blocks = [block, block, "LoadState=not-found\n", "LoadState=not-found\n"].joined(separator: "\n")
        fixture.programs.on(
            "systemctl show --property=\(ServiceState.properties) mosquitto ", .exited(0), output: blocks)
        fixture.programs.on("systemctl is-enabled mosquitto", .exited(0), output: "enabled\n")
    }

    @Test("a device that is not connected is connected")
    func fresh() throws {
        let fixture = try Fixture.ready()
        let report = connect(fixture)
        #expect(report.status == 0 && report.changed)
        #expect(try fixture.text(Fixture.bridge) != nil)
        #expect(fixture.programs.changes.contains("systemctl restart mosquitto"))
    }

    @Test("a connection that is as it should be is checked, and nothing is changed")
    func asItShouldBe() throws {
        let fixture = try connected()
        enableAll(fixture)
        let before = try fixture.snapshot()
        let report = connect(fixture)
        #expect(report.status == 0 && !report.changed, "\(fixture.errors)")
        #expect(fixture.programs.changes == [])
        #expect(try fixture.snapshot() == before)
        #expect(report.steps.map(\.id).last == "check")
        #expect(fixture.output.hasSuffix("The device is connected as the settings say. Nothing was changed.\n"))
    }

    @Test("a bridge that differs from the settings is written again, and the mapper gets the settings too")
    func changedSetting() throws {
        let fixture = try connected()
        _ = SettingsCommands(in: fixture.context).set(
            TypedSetting("c8y.bridge.keepalive_interval", profile: nil), to: "77s")
        let report = connect(fixture)
        #expect(report.status == 0 && report.changed, "\(fixture.errors)")
        #expect(try fixture.text(Fixture.bridge)?.contains("keepalive_interval 77\n") == true)
        let changes = fixture.programs.changes
        let order = [
            "systemctl stop tedge-mapper-c8y", "systemctl restart mosquitto", "systemctl start tedge-mapper-c8y",
        ]
        #expect(changes.filter(order.contains) == order)
        enableAll(fixture)
        #expect(!connect(fixture).changed)
    }

    @Test("a mapper that was stopped is started, and mosquitto is left alone")
    func stoppedMapper() throws {
        let fixture = try connected()
        _ = try fixture.programs.run(["systemctl", "stop", "tedge-mapper-c8y"], interruption: .never)
        fixture.programs.forget()
        let report = connect(fixture)
        #expect(report.status == 0 && report.changed, "\(fixture.errors)")
        #expect(fixture.programs.changes.contains("systemctl start tedge-mapper-c8y"))
        #expect(!fixture.programs.changes.contains("systemctl restart mosquitto"))
    }

    @Test("what a killed connect left is completed")
    func unfinished() throws {
        let fixture = try connected()
        try fixture.write("", to: Fixture.bridge + ".unfinished")
        let report = connect(fixture)
        #expect(report.changed)
        #expect(try fixture.text(Fixture.bridge + ".unfinished") == nil)
        #expect(fixture.programs.changes.contains("systemctl restart mosquitto"))
    }
}
