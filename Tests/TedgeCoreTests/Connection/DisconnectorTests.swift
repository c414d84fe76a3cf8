import Glibc
import TestSupport
import Testing

@testable import TedgeCore

@Suite struct DisconnectorTests {
    /// A device that is connected.
    private func connected() throws -> Fixture {
        let fixture = try Fixture.ready()
        try fixture.write("# bridge\n", to: Fixture.bridge)
        fixture.programs.states()
        return fixture
    }

    private func disconnect(_ fixture: Fixture) -> CommandReport {
        Disconnector(.c8y, profile: nil, in: fixture.context).run()
    }

    /// Disconnects, and expects that nothing has changed.
    private func fail(
        _ fixture: Fixture, reason: ReasonID, sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        let before = try fixture.snapshot()
        let report = disconnect(fixture)
        #expect(report.status == 1, sourceLocation: sourceLocation)
        #expect(report.reason == reason, sourceLocation: sourceLocation)
        #expect(try fixture.snapshot() == before, sourceLocation: sourceLocation)
        let title = "Error: failed to remove the bridge to disconnect Cumulocity cloud\n"
        #expect(fixture.errors.contains(title), sourceLocation: sourceLocation)
    }

    @Test("the bridge's file is removed, mosquitto restarted and the mapper stopped, as the user's page shows")
    func disconnect() throws {
        let fixture = try connected()
        let before = try fixture.snapshot()
        let report = disconnect(fixture)
        #expect(fixture.output == (try page("disconnect").output))
        #expect(fixture.errors == "")
        #expect(report.status == 0 && report.changed)
        #expect(try fixture.snapshot() == before.filter { !$0.hasPrefix("\(Fixture.bridge) ") })
        #expect(
            fixture.programs.changes == [
                "systemctl restart mosquitto", "systemctl stop tedge-mapper-c8y",
                "systemctl --no-reload disable tedge-mapper-c8y",
            ])
        #expect(fixture.broker.waits.count == 1)
    }

    @Test("without a bridge there is nothing to do")
    func notConnected() throws {
        let fixture = try Fixture.ready()
        let before = try fixture.snapshot()
        let report = disconnect(fixture)
        #expect(report.status == 0)
        #expect(!report.changed)
        #expect(fixture.output == "Removing Cumulocity bridge.\n\nBridge doesn't exist. Operation finished!\n")
        #expect(try fixture.snapshot() == before)
        #expect(fixture.programs.changes.isEmpty)
    }

    @Test("without a service manager the file is removed, and the rest is left to the person")
    func noServiceManager() throws {
        let fixture = try connected()
        fixture.programs.install([])
        #expect(disconnect(fixture).changed)
        #expect(try fixture.text(Fixture.bridge) == nil)
        #expect(fixture.errors.hasPrefix("Warning: Service manager 'systemd' is not available, skipping "))
        #expect(fixture.programs.changes.isEmpty)
    }

    @Test("a mapper that is not installed is not stopped")
    func noMapper() throws {
        let fixture = try connected()
        fixture.programs.install(["systemctl"])
        #expect(disconnect(fixture).status == 0)
        #expect(fixture.programs.changes == ["systemctl restart mosquitto"])
    }

    @Test("a file that cannot be removed is reported")
    func permission() throws {
        let fixture = try connected()
        fixture.files.fail(.remove, "c8y-bridge.conf", EACCES)
        try fail(fixture, reason: "permission-denied")
        #expect(
            fixture.errors.contains("0: File operation error. Check permissions for WORLD/\(Fixture.bridge).\n"))
        #expect(fixture.programs.changes.isEmpty)
    }

    @Test("if mosquitto cannot be restarted, or does not answer, it has its bridge again")
    func mosquittoFails() throws {
        let refusing = try connected()
        refusing.programs.on("systemctl restart mosquitto", inTurn: .exited(1), .exited(0))
        try fail(refusing, reason: "service-command-failed")
        let silent = try connected()
        silent.broker.failToStart(.silent(.init(host: "127.0.0.1", port: 1883)))
        try fail(silent, reason: "mosquitto-not-answering")
        for fixture in [refusing, silent] {
            #expect(
                fixture.programs.changes == ["systemctl restart mosquitto", "systemctl restart mosquitto"])
        }
    }

    @Test("if the mapper cannot be disabled it runs again, with the bridge")
    func mapperFails() throws {
        let fixture = try connected()
        fixture.programs.on("systemctl --no-reload disable", .exited(1))
        try fail(fixture, reason: "service-command-failed")
        #expect(
            fixture.programs.changes.suffix(2) == ["systemctl restart mosquitto", "systemctl start tedge-mapper-c8y"])
    }

    @Test("a signal undoes everything")
    func signal() throws {
        let fixture = try connected()
        let signal = fixture.signal
        fixture.programs.on("systemctl stop") { () throws(ProcessError) in
            signal.send(SIGINT)
            return ProcessResult(.exited(0))
        }
        try fail(fixture, reason: "interrupted")
        #expect(fixture.programs.changes.last == "systemctl start tedge-mapper-c8y")
    }

    @Test("a profile's own file is removed and its mapper stopped")
    func profile() throws {
        let fixture = try connected()
        try fixture.configure("c8y.profiles.p.url = 'a.b'\n")
        try fixture.write("# profile\n", to: "tedge/mosquitto-conf/c8y@p-bridge.conf")
        #expect(Disconnector(.c8y, profile: try ProfileName(parsing: "p"), in: fixture.context).run().status == 0)
        #expect(try fixture.text("tedge/mosquitto-conf/c8y@p-bridge.conf") == nil)
        #expect(try fixture.text(Fixture.bridge) == "# bridge\n")
        #expect(fixture.programs.changes.contains("systemctl stop tedge-mapper-c8y@p"))
    }
}
