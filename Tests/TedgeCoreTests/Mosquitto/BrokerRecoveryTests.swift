import Testing

@testable import TedgeCore

/// A mosquitto that ends after connect restarted it.
@Suite struct BrokerRecoveryTests {
    @Test("mosquitto that ended during the check is started again, and the bridge stays")
    func startedAgain() throws {
        let fixture = try Fixture.ready()
        fixture.broker.onMessage { _, _ in [] }
        fixture.programs.on("systemctl is-active mosquitto", inTurn: .exited(3), .exited(0))
        let report = fixture.connect()
        #expect(report.status == 4 && report.reason == "mosquitto-ended")
        #expect(fixture.programs.changes.suffix(2) == ["systemctl start mosquitto", "reload systemd"])
        #expect(try fixture.text(Fixture.bridge) != nil)
        #expect(fixture.errors.contains("mosquitto has ended. Starting it again.\n"))
    }

    @Test("a mosquitto that systemd has started again is reported too, if it stays up")
    func startedBySystemd() throws {
        let fixture = try Fixture.ready()
        fixture.broker.onMessage { _, _ in [] }
        fixture.programs.on("systemctl show --property=NRestarts mosquitto", .exited(0), output: "NRestarts=1\n")
        let report = fixture.connect()
        #expect(report.status == 4 && report.reason == "mosquitto-ended")
        #expect(try fixture.text(Fixture.bridge) != nil)
    }

    @Test("if mosquitto does not stay up, the bridge is removed, and mosquitto runs without it")
    func takenAway() throws {
        let fixture = try Fixture.ready()
        fixture.broker.onMessage { _, _ in [] }
        fixture.programs.on("systemctl is-active mosquitto", inTurn: .exited(3), .exited(3), .exited(0))
        let report = fixture.connect()
        #expect(report.status == 1 && report.result == .failed && report.reason == "mosquitto-ended")
        #expect(try fixture.text(Fixture.bridge) == nil)
        #expect(fixture.programs.changes.contains("systemctl --no-reload disable tedge-mapper-c8y"))
    }

    @Test("a mosquitto that runs, or whose state is unknown, is not touched")
    func runs() throws {
        for ending in [ProcessResult.Ending.exited(0), .signalled(9)] {
            let fixture = try Fixture.ready()
            fixture.broker.onMessage { _, _ in [] }
            fixture.programs.on("systemctl is-active mosquitto", ending)
            #expect(fixture.connect().reason != "mosquitto-ended")
            #expect(!fixture.programs.changes.contains("systemctl start mosquitto"))
        }
    }
}
