import Testing

@testable import TedgeCore

/// `connect --test`, which changes nothing.
@Suite struct ConnectionTestTests {
    private func run(_ world: World) throws -> CommandReport {
        let before = try world.snapshot()
        let report = ConnectionTest(.c8y, profile: nil, timeout: 7, in: world.context).run()
        #expect(try world.snapshot() == before)
        #expect(world.programs.changes.isEmpty)
        #expect(!report.changed)
        return report
    }

    @Test("a connection that holds is told")
    func success() throws {
        let world = try World.ready()
        try world.write("# bridge\n", to: World.bridge)
        #expect(try run(world).status == 0)
        #expect(
            world.output == """
                Sending packets to check connection. This may take up to 7 seconds.

                Try 1 / 2: Sending a message to Cumulocity. Received expected response message, \
                connection check is successful.
                Connection check to c8y cloud is successful.

                """)
    }

    @Test("a bridge that is to be the mapper's own is not said to be missing")
    func builtIn() throws {
        let world = try World.ready("mqtt.bridge.built_in = true\n")
        let report = try run(world)
        #expect(report.status == 1 && report.reason == "built-in-bridge", "\(report.reason ?? "")")
        #expect(report.hint?.contains("tedge connect") == false)
    }

    @Test("without a bridge there is nothing to check, and the command that connects is named")
    func notConnected() throws {
        let world = try World.ready()
        let report = try run(world)
        #expect(report.status == 1)
        #expect(report.reason == "not-connected")
        #expect(
            world.errors == """
                Error: failed to test connection to Cumulocity cloud.

                Caused by:
                    Device is not connected to Cumulocity cloud

                Hint: Run 'sudo tedge connect c8y' to connect it.

                """)
        #expect(world.broker.connections.isEmpty)
    }

    @Test("a check that fails is an error with its cause")
    func failure() throws {
        let world = try World.ready()
        try world.write("# bridge\n", to: World.bridge)
        world.broker.answerAsCloud(tenant: "other.example.com")
        let report = try run(world)
        #expect(report.status == 1)
        #expect(report.result == .failed)
        #expect(report.reason == "other-tenant")
        #expect(
            world.errors.hasPrefix(
                "Error: failed to test connection to Cumulocity cloud.\n\nCause: Another tenant answered: "))
    }

    @Test("a setting that is missing is told in the words for all commands")
    func missingSetting() throws {
        let world = try World()
        #expect(try run(world).reason == "setting-missing")
        #expect(world.errors.hasPrefix("Error: failed to execute `tedge connect`.\n"))
    }
}
