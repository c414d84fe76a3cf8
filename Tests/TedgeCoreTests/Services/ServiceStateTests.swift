import Testing

@testable import TedgeCore

/// What systemd says of services, and its limit of starts.
@Suite struct ServiceStateTests {
    let fixture: Fixture

    init() throws { fixture = try Fixture() }

    private var manager: ServiceManager { ServiceManager(SystemSettings(path: "/system.toml"), in: fixture.context) }

    @Test("the states of several services are read from one answer, in their order")
    func states() throws {
        let answer = """
            LoadState=loaded
            ActiveState=active

            ActiveState=failed
            LoadState=loaded

            LoadState=not-found
            ActiveState=inactive

            LoadState=masked
            ActiveState=reloading
            UnitFileState=masked
            MainPID=7
            SourcePath=/etc/init.d/mosquitto

            """
        fixture.programs.on("systemctl show", .exited(0), output: answer)
        let services: [Service] = [.mosquitto, .agent, .singleMapper, .mapper(.c8y, nil)]
        #expect(
            try manager.states(of: services) == [
                .mosquitto: ServiceState(isInstalled: true, isActive: true),
                .agent: ServiceState(isInstalled: true, isActive: false),
                .singleMapper: ServiceState(isInstalled: false, isActive: false),
                .mapper(.c8y, nil): ServiceState(
                    isInstalled: true, isActive: true, isEnabled: false, isMasked: true, mainProcess: 7,
                    script: "/etc/init.d/mosquitto"),
            ])
        #expect(
            fixture.programs.calls == [
                "systemctl show --property=\(ServiceState.properties) mosquitto tedge-agent tedge-mapper tedge-mapper-c8y"
            ])
    }

    @Test("an answer that does not fit the question is an error")
    func misfit() throws {
        let complete = "LoadState=loaded\nActiveState=active\n"
        fixture.programs.on("systemctl show", .exited(0), output: complete)
        #expect(try manager.states(of: [.mosquitto]) != nil)
        #expect(throws: ServiceError.self) { try manager.states(of: [.mosquitto, .agent]) }
        fixture.programs.on("systemctl show", .exited(1), output: complete)
        #expect(throws: ServiceError.self) { try manager.states(of: [.mosquitto]) }
        fixture.programs.on("systemctl show", .notFound("systemctl"))
        #expect(throws: ServiceError.self) { try manager.states(of: [.mosquitto]) }
    }

    @Test("another service manager is not asked")
    func otherManager() throws {
        var settings = SystemSettings(path: "/system.toml")
        settings.commands.name = "other"
        let manager = ServiceManager(settings, in: fixture.context)
        #expect(try manager.states(of: [.mosquitto]) == nil)
        #expect(fixture.programs.calls.isEmpty)
    }

    static let refusals = ["Result=start-limit-hit\n", "Result=success\nExecMainStartTimestampMonotonic=0\n"]

    @Test("a service that systemd refused to start is started once more without the limit", arguments: refusals)
    func startLimit(_ answer: String) throws {
        fixture.programs.on("systemctl restart", inTurn: .exited(1), .exited(0))
        fixture.programs.on("systemctl show", .exited(0), output: answer)
        try manager.restart(.mosquitto)
        #expect(
            fixture.programs.calls == [
                "systemctl restart mosquitto",
                "systemctl show --property=Result,ExecMainStartTimestampMonotonic mosquitto",
                "systemctl reset-failed mosquitto", "systemctl restart mosquitto",
            ])
    }

    @Test("a service that was started and failed by itself is not started again")
    func realFailure() {
        let later = "Result=exit-code\nExecMainStartTimestampMonotonic=\(UInt64.max)\n"
        fixture.programs.on("systemctl start", .exited(1))
        fixture.programs.on("systemctl show", .exited(0), output: later)
        #expect(throws: ServiceError.failed(command: "systemctl start tedge-agent", status: 1, detail: "")) {
            try manager.start(.agent)
        }
        #expect(!fixture.programs.calls.contains("systemctl reset-failed tedge-agent"))
    }

    @Test("a second failure is reported, and the limit is not lifted again")
    func failsTwice() {
        fixture.programs.on("systemctl start", .exited(1), error: "broken\n")
        fixture.programs.on("systemctl show", .exited(0), output: Self.refusals[0])
        #expect(throws: ServiceError.failed(command: "systemctl start tedge-agent", status: 1, detail: "broken")) {
            try manager.start(.agent)
        }
        #expect(fixture.programs.calls.filter { $0.hasPrefix("systemctl start") }.count == 2)
    }

    @Test("another service manager knows no limit")
    func noLimit() throws {
        try fixture.useOpenRC()
        fixture.programs.on("rc-service mosquitto restart", .exited(1))
        let manager = ServiceManager(try SystemSettings.load(from: fixture.context), in: fixture.context)
        #expect(throws: ServiceError.self) { try manager.restart(.mosquitto) }
        #expect(fixture.programs.calls == ["rc-service mosquitto restart"])
    }
}
