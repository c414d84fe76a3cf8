import Testing

@testable import TedgeCore

/// `connect --test`, which changes nothing.
@Suite struct ConnectionTestTests {
    private func run(_ fixture: Fixture) throws -> CommandReport {
        let before = try fixture.snapshot()
        let report = ConnectionTest(.c8y, profile: nil, timeout: 7, in: fixture.context).run()
        #expect(try fixture.snapshot() == before)
        #expect(fixture.programs.changes.isEmpty)
        #expect(!report.changed)
        return report
    }

    @Test("a connection that works is reported")
    func success() throws {
        let fixture = try Fixture.ready()
        try fixture.write("# bridge\n", to: Fixture.bridge)
        #expect(try run(fixture).status == 0)
        #expect(
            fixture.output == """
                Sending packets to check connection. This may take up to 7 seconds.

                Try 1 / 2: Sending a message to Cumulocity. Received expected response message, \
                connection check is successful.
                Connection check to c8y cloud is successful.

                """)
    }

    @Test("a bridge that the mapper holds is not reported as missing")
    func builtIn() throws {
        let fixture = try Fixture.ready("mqtt.bridge.built_in = true\n")
        let report = try run(fixture)
        #expect(report.status == 1 && report.reason == "built-in-bridge", "\(report.reason?.rawValue ?? "")")
        #expect(report.hint?.contains("tedge connect") == false)
    }

    @Test("without a bridge there is nothing to check, and the command that connects is named")
    func notConnected() throws {
        let fixture = try Fixture.ready()
        let report = try run(fixture)
        #expect(report.status == 1)
        #expect(report.reason == "not-connected")
        #expect(
            fixture.errors == """
                Error: failed to test connection to Cumulocity cloud.

                Caused by:
                    Device is not connected to Cumulocity cloud

                Hint: Run 'sudo tedge connect c8y' to connect it.

                """)
        #expect(fixture.broker.connections.isEmpty)
    }

    @Test("a check that fails is an error with its cause")
    func failure() throws {
        let fixture = try Fixture.ready()
        try fixture.write("# bridge\n", to: Fixture.bridge)
        fixture.broker.answerAsCloud(tenant: "other.example.com")
        let report = try run(fixture)
        #expect(report.status == 1)
        #expect(report.result == .failed)
        #expect(report.reason == "other-tenant")
        #expect(
            fixture.errors.hasPrefix(
                "Error: failed to test connection to Cumulocity cloud.\n\nCause: Another tenant answered: "))
    }

    @Test("a missing setting is reported in the words for all commands")
    func missingSetting() throws {
        let fixture = try Fixture()
        #expect(try run(fixture).reason == "setting-missing")
        #expect(fixture.errors.hasPrefix("Error: failed to execute `tedge connect`.\n"))
    }
}
