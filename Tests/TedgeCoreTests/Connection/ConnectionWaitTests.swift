import MQTT
import TestSupport
import Testing

@testable import TedgeCore

/// `connect --test --wait`: the check until it succeeds.
@Suite struct ConnectionWaitTests {
    private func run(_ fixture: Fixture, wait: Duration = .seconds(600)) throws -> CommandReport {
        let report = ConnectionTest(.c8y, profile: nil, timeout: 7, wait: wait, in: fixture.context).run()
        #expect(fixture.programs.changes.isEmpty)
        _ = report.checkedText
        return report
    }

    private func ready() throws -> Fixture {
        let fixture = try Fixture.ready()
        try fixture.write("# bridge\n", to: Fixture.bridge)
        return fixture
    }

    @Test("a connection that works ends the wait at once")
    func success() throws {
        let fixture = try ready()
        let report = try run(fixture)
        #expect(report.status == 0 && report.steps.map(\.id) == ["existing-bridge", "check"])
        #expect(
            fixture.output == """
                Checking the connection to Cumulocity until it works, for at most 600 seconds.
                Connection check to c8y cloud is successful.

                """)
    }

    @Test("a check that fails for a reason that passes is made again, with a line for each")
    func later() throws {
        let fixture = try ready()
        let refused = MQTTError.silent(MQTTError.Endpoint(host: "127.0.0.1", port: 1883))
        // Two tries a check.
        fixture.broker.failToConnect(refused, refused, refused, refused)
        fixture.programs.states(mosquitto: false)
        fixture.programs.on("mosquitto -h", .exited(0), output: "mosquitto version 2.0.11\n")
        #expect(try run(fixture).status == 0)
        #expect(
            fixture.output == """
                Checking the connection to Cumulocity until it works, for at most 600 seconds.
                Check 1, after 0 s: mosquitto does not run.
                Check 2, after 0 s: mosquitto does not run.
                Connection check to c8y cloud is successful.

                """)
        #expect(fixture.errors == "")
    }

    @Test("a reason for which a person has to act ends the wait at once")
    func hopeless() throws {
        let fixture = try ready()
        fixture.broker.answerAsCloud(tenant: "other.example.com")
        let report = try run(fixture)
        #expect(report.status == 1 && report.reason == "other-tenant" && !report.retry)
        #expect(
            fixture.errors.hasPrefix(
                "Error: failed to test connection to Cumulocity cloud.\nThe check was made once.\n"))
        let none = try Fixture.ready()
        #expect(try run(none).reason == "not-connected")
        #expect(!none.output.contains("Checking"))
    }

    @Test("a time that is over ends it with the last reason")
    func over() throws {
        let fixture = try ready()
        fixture.broker.onMessage { _, _ in [] }
        let report = try run(fixture, wait: .nanoseconds(1))
        #expect(report.status == 1 && report.reason == "cloud-silent" && report.retry)
        #expect(report.steps.last?.outcome == .failed)
    }

    @Test("a signal ends it")
    func interrupted() throws {
        let fixture = try ready()
        let signal = fixture.signal
        fixture.broker.onMessage { _, _ in
            signal.send(15)
            return []
        }
        let report = try run(fixture)
        #expect(report.status == 1 && report.reason == "interrupted" && report.retry, "\(fixture.printed.all)")
    }
}
