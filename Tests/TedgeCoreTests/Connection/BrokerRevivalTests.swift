import Testing

@testable import TedgeCore

/// A mosquitto that ends after connect restarted it.
@Suite struct BrokerRevivalTests {
    @Test("mosquitto that ended during the check is started again, and the bridge stays")
    func startedAgain() throws {
        let world = try World.ready()
        world.broker.onMessage { _, _ in [] }
        world.programs.on("systemctl is-active mosquitto", inTurn: .exited(3), .exited(0))
        let report = world.connect()
        #expect(report.status == 4 && report.reason == "mosquitto-ended")
        #expect(world.programs.changes.last == "systemctl start mosquitto")
        #expect(try world.text(World.bridge) != nil)
        #expect(world.errors.contains("mosquitto has ended. Starting it again.\n"))
    }

    @Test("mosquitto that systemd has started again is told as well, if it stays up")
    func startedBySystemd() throws {
        let world = try World.ready()
        world.broker.onMessage { _, _ in [] }
        world.programs.on("systemctl show --property=NRestarts mosquitto", .exited(0), output: "NRestarts=1\n")
        let report = world.connect()
        #expect(report.status == 4 && report.reason == "mosquitto-ended")
        #expect(try world.text(World.bridge) != nil)
    }

    @Test("where mosquitto does not stay up the bridge is taken away, and mosquitto runs without it")
    func takenAway() throws {
        let world = try World.ready()
        world.broker.onMessage { _, _ in [] }
        world.programs.on("systemctl is-active mosquitto", inTurn: .exited(3), .exited(3), .exited(0))
        let report = world.connect()
        #expect(report.status == 1 && report.result == .failed && report.reason == "mosquitto-ended")
        #expect(try world.text(World.bridge) == nil)
        #expect(world.programs.changes.contains("systemctl --no-reload disable tedge-mapper-c8y"))
    }

    @Test("a mosquitto that runs, or of which nobody says anything, is left alone")
    func runs() throws {
        for ending in [ProcessResult.Ending.exited(0), .signalled(9)] {
            let world = try World.ready()
            world.broker.onMessage { _, _ in [] }
            world.programs.on("systemctl is-active mosquitto", ending)
            #expect(world.connect().reason != "mosquitto-ended")
            #expect(!world.programs.changes.contains("systemctl start mosquitto"))
        }
    }
}
