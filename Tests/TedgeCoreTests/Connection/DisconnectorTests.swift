import Glibc
import TestSupport
import Testing

@testable import TedgeCore

@Suite struct DisconnectorTests {
    /// A device that is connected.
    private func connected() throws -> World {
        let world = try World.ready()
        try world.write("# bridge\n", to: World.bridge)
        world.programs.states()
        return world
    }

    private func disconnect(_ world: World) -> CommandReport {
        Disconnector(.c8y, profile: nil, in: world.context).run()
    }

    /// Disconnects, and expects that nothing has changed.
    private func fail(
        _ world: World, reason: String, sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        let before = try world.snapshot()
        let report = disconnect(world)
        #expect(report.status == 1, sourceLocation: sourceLocation)
        #expect(report.reason == reason, sourceLocation: sourceLocation)
        #expect(try world.snapshot() == before, sourceLocation: sourceLocation)
        let title = "Error: failed to remove the bridge to disconnect Cumulocity cloud\n"
        #expect(world.errors.contains(title), sourceLocation: sourceLocation)
    }

    @Test("the bridge's file goes, mosquitto is restarted, and the mapper stopped, as the user's page shows")
    func disconnect() throws {
        let world = try connected()
        let before = try world.snapshot()
        let report = disconnect(world)
        #expect(world.output == (try page("disconnect").output))
        #expect(world.errors == "")
        #expect(report.status == 0 && report.changed)
        #expect(try world.snapshot() == before.filter { !$0.hasPrefix("\(World.bridge) ") })
        #expect(
            world.programs.changes == [
                "systemctl restart mosquitto", "systemctl stop tedge-mapper-c8y",
                "systemctl --no-reload disable tedge-mapper-c8y",
            ])
        #expect(world.broker.waits.count == 1)
    }

    @Test("without a bridge there is nothing to do")
    func notConnected() throws {
        let world = try World.ready()
        let before = try world.snapshot()
        let report = disconnect(world)
        #expect(report.status == 0)
        #expect(!report.changed)
        #expect(world.output == "Removing Cumulocity bridge.\n\nBridge doesn't exist. Operation finished!\n")
        #expect(try world.snapshot() == before)
        #expect(world.programs.changes.isEmpty)
    }

    @Test("without a service manager the file goes, and the rest is left to the person")
    func noServiceManager() throws {
        let world = try connected()
        world.programs.install([])
        #expect(disconnect(world).changed)
        #expect(try world.text(World.bridge) == nil)
        #expect(world.errors.hasPrefix("Warning: Service manager 'systemd' is not available, skipping "))
        #expect(world.programs.changes.isEmpty)
    }

    @Test("a mapper that is not installed is not looked for among services")
    func noMapper() throws {
        let world = try connected()
        world.programs.install(["systemctl"])
        #expect(disconnect(world).status == 0)
        #expect(world.programs.changes == ["systemctl restart mosquitto"])
    }

    @Test("a file that may not be removed is told")
    func permission() throws {
        let world = try connected()
        world.files.fail(.remove, "c8y-bridge.conf", EACCES)
        try fail(world, reason: "permission-denied")
        #expect(
            world.errors.contains("0: File operation error. Check permissions for WORLD/\(World.bridge).\n"))
        #expect(world.programs.changes.isEmpty)
    }

    @Test("a mosquitto that cannot be restarted, or does not answer, has its bridge again")
    func mosquittoFails() throws {
        let refusing = try connected()
        refusing.programs.on("systemctl restart mosquitto", inTurn: .exited(1), .exited(0))
        try fail(refusing, reason: "service-command-failed")
        let silent = try connected()
        silent.broker.failToStart(.silent(.init(host: "127.0.0.1", port: 1883)))
        try fail(silent, reason: "mosquitto-not-answering")
        for world in [refusing, silent] {
            #expect(
                world.programs.changes == ["systemctl restart mosquitto", "systemctl restart mosquitto"])
        }
    }

    @Test("a mapper that cannot be disabled runs again, with the bridge")
    func mapperFails() throws {
        let world = try connected()
        world.programs.on("systemctl --no-reload disable", .exited(1))
        try fail(world, reason: "service-command-failed")
        #expect(
            world.programs.changes.suffix(2) == ["systemctl restart mosquitto", "systemctl start tedge-mapper-c8y"])
    }

    @Test("a signal takes everything back")
    func signal() throws {
        let world = try connected()
        let signal = world.signal
        world.programs.on("systemctl stop") { () throws(ProcessError) in
            signal.send(SIGINT)
            return ProcessResult(.exited(0))
        }
        try fail(world, reason: "interrupted")
        #expect(world.programs.changes.last == "systemctl start tedge-mapper-c8y")
    }

    @Test("of a profile its own file and mapper go")
    func profile() throws {
        let world = try connected()
        try world.configure("c8y.profiles.p.url = 'a.b'\n")
        try world.write("# profile\n", to: "tedge/mosquitto-conf/c8y@p-bridge.conf")
        #expect(Disconnector(.c8y, profile: try ProfileName(parsing: "p"), in: world.context).run().status == 0)
        #expect(try world.text("tedge/mosquitto-conf/c8y@p-bridge.conf") == nil)
        #expect(try world.text(World.bridge) == "# bridge\n")
        #expect(world.programs.changes.contains("systemctl stop tedge-mapper-c8y@p"))
    }
}
