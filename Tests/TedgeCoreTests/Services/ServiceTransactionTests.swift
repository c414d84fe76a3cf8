import Glibc
import Testing

@testable import TedgeCore

/// What connect does to services, and that undoing leaves them as before.
@Suite struct ServiceTransactionTests {
    let fixture: Fixture

    init() throws { fixture = try Fixture() }

    private func services(profile: ProfileName? = nil) throws -> ServiceTransaction {
        let manager = ServiceManager(try SystemSettings.load(from: fixture.context), in: fixture.context)
        let services = ServiceTransaction(manager, cloud: .c8y, profile: profile)
        try services.remember()
        fixture.programs.forget()
        return services
    }

    /// Has another service manager than systemd run.
    private func useOther() throws {
        try fixture.useOpenRC()
    }

    @Test("what was started and enabled is disabled and stopped, the last first")
    func undoStarts() throws {
        fixture.programs.states(mapper: "inactive")
        fixture.programs.on("systemctl --no-reload enable", .exited(0), error: "Created symlink.\n")
        let services = try services()
        try services.startMapper()
        try services.enableMapper()
        #expect(services.undoStarts().isEmpty)
        #expect(
            fixture.programs.calls == [
                "systemctl start tedge-mapper-c8y", "systemctl --no-reload enable tedge-mapper-c8y",
                "systemctl --no-reload disable tedge-mapper-c8y", "systemctl stop tedge-mapper-c8y",
            ])
        services.finish()
        #expect(fixture.programs.calls.last == "reload systemd")
    }

    @Test("where systemd does not say what runs, nothing is touched")
    func unknown() throws {
        fixture.programs.on("systemctl show", .unanswered(program: "systemctl", seconds: 30))
        let error = try #require(throws: ServiceError.self) { try services() }
        #expect(error == .unanswered(program: "systemctl", seconds: 30) && error.id == "service-manager-silent")
        try useOther()
        fixture.programs.on("rc-service mosquitto status", .notFound("rc-service"))
        #expect(throws: ServiceError.self) { try services() }
    }

    /// The states of mosquitto, of the mapper of the cloud, of the single one and of the agent.
    private func blocks(mosquitto: String = "loaded", mapper: String = "loaded", agent: String = "loaded") {
        let states = [mosquitto, mapper, "not-found", agent]
        let lines = states.map {
            "LoadState=\($0)\nActiveState=inactive\nUnitFileState=\($0 == "loaded" ? "disabled" : $0)\n"
        }
        fixture.programs.on("systemctl show", .exited(0), output: lines.joined(separator: "\n"))
    }

    @Test("a masked mosquitto or mapper is refused before anything is done, a masked agent when its turn comes")
    func masked() throws {
        blocks(mosquitto: "masked")
        let error = try #require(throws: ServiceError.self) { try services() }
        #expect(error.id == "mosquitto-masked" && error.hint == "Run 'sudo systemctl unmask mosquitto'.")
        blocks(mosquitto: "bad-setting")
        let broken = try #require(throws: ServiceError.self) { try services() }
        #expect(broken == .unitBroken(.mosquitto) && broken.id == "mosquitto-unit-broken")
        blocks(mapper: "masked")
        let mapper = try #require(throws: ServiceError.self) { try services().refuseMapper() }
        #expect(mapper.id == "mapper-masked" && mapper.hint == "Run 'sudo systemctl unmask tedge-mapper-c8y'.")
        blocks(agent: "masked")
        let others = try services()
        try others.refuseMapper()
        #expect(throws: ServiceError.masked(.agent, isRuntime: false)) { try others.startAgent() }
        #expect(fixture.programs.calls.isEmpty)
    }

    @Test("a mosquitto that is a snap is told as that, and one that is not installed is found out when it is started")
    func snap() throws {
        blocks(mosquitto: "not-found")
        let ask = "systemctl show --property=\(ServiceState.properties) snap.mosquitto.mosquitto.service"
        fixture.programs.on(ask, .exited(0), output: "LoadState=not-found\nActiveState=inactive\n")
        _ = try services()
        fixture.programs.on(ask, .exited(0), output: "LoadState=loaded\nActiveState=active\n")
        let error = try #require(throws: ServiceError.self) { try services() }
        #expect(error == .confined(unit: "snap.mosquitto.mosquitto.service"))
    }

    @Test("an enable that was cut off is undone if systemd says that it did its work, and only then")
    func cutOff() throws {
        for (now, isUndone) in [("enabled", true), ("disabled", false)] {
            blocks()
            fixture.programs.on("systemctl --no-reload enable", .interrupted(Interrupted(signal: 2)))
            fixture.programs.on("systemctl is-enabled", .exited(0), output: "\(now)\n")
            let services = try services()
            try services.startMapper()
            #expect(throws: ServiceError.self) { try services.enableMapper() }
            fixture.programs.forget()
            #expect(services.undoStarts().isEmpty)
            let stop = ["systemctl stop tedge-mapper-c8y"]
            #expect(
                fixture.programs.changes == (isUndone ? ["systemctl --no-reload disable tedge-mapper-c8y"] : []) + stop)
        }
    }

    @Test("where systemd does not say whether a command that was cut off did its work, that is told")
    func cutOffUnknown() throws {
        blocks()
        fixture.programs.on("systemctl --no-reload enable", .signalled(9))
        fixture.programs.on("systemctl is-enabled", .signalled(9))
        let services = try services()
        try services.startMapper()
        #expect(throws: ServiceError.self) { try services.enableMapper() }
        fixture.programs.forget()
        #expect(services.undoStarts().map(\.id) == ["service-command-signalled"])
        #expect(fixture.programs.changes == ["systemctl stop tedge-mapper-c8y"])
    }

    @Test("enabling mosquitto that was ended after it did its work is undone")
    func endedEnabling() throws {
        fixture.programs.states(mosquitto: true)
        fixture.programs.on("systemctl is-enabled", .exited(1), output: "disabled\n")
        fixture.programs.on("systemctl --no-reload enable", .signalled(9))
        let services = try services()
        try services.restartMosquitto()
        #expect(throws: ServiceError.self) { try services.enableMosquitto() }
        fixture.programs.on("systemctl is-enabled", .exited(0), output: "enabled\n")
        fixture.programs.forget()
        #expect(services.undoMosquitto().isEmpty)
        #expect(fixture.programs.changes.suffix(2) == ["systemctl --no-reload disable mosquitto", "reload systemd"])
    }

    @Test("a command that puts something back and is ended by somebody is run again")
    func endedUndo() throws {
        fixture.programs.states(mosquitto: true)
        let services = try services()
        try services.restartMosquitto()
        fixture.programs.on("systemctl restart", inTurn: .signalled(15), .exited(0))
        fixture.programs.forget()
        #expect(services.undoMosquitto().isEmpty)
        #expect(fixture.programs.calls == ["systemctl restart mosquitto", "systemctl restart mosquitto"])
    }

    @Test("a question that was cut off makes no undo disable anything")
    func unknownEnablement() throws {
        fixture.programs.states(mosquitto: true)
        fixture.programs.on("systemctl is-enabled", .interrupted(Interrupted(signal: 2)))
        let services = try services()
        try services.restartMosquitto()
        #expect(throws: ServiceError.interrupted(Interrupted(signal: 2))) { try services.enableMosquitto() }
        _ = services.undoMosquitto()
        #expect(fixture.programs.changes == ["systemctl restart mosquitto", "systemctl restart mosquitto"])
    }

    @Test("mosquitto that cannot be restarted is disabled all the same, where connect enabled it")
    func failedRestart() throws {
        fixture.programs.states(mosquitto: true)
        fixture.programs.on("systemctl is-enabled", .exited(1), output: "disabled\n")
        let services = try services()
        try services.restartMosquitto()
        try services.enableMosquitto()
        fixture.programs.on("systemctl restart", .exited(1))
        fixture.programs.forget()
        #expect(services.undoMosquitto().map(\.id) == ["service-command-failed"])
        #expect(fixture.programs.calls.suffix(2) == ["systemctl --no-reload disable mosquitto", "reload systemd"])
    }

    @Test("a mapper that ran and was enabled goes on running")
    func nothingToUndo() throws {
        fixture.programs.states(mapper: "active")
        let services = try services()
        try services.startMapper()
        try services.enableMapper()
        fixture.programs.forget()
        #expect(services.undoStarts().isEmpty)
        #expect(fixture.programs.calls.isEmpty)
    }

    @Test("a mapper that failed to start is stopped, for systemd may try it again and again")
    func failedStart() throws {
        fixture.programs.states(mapper: "inactive")
        fixture.programs.on("systemctl start", .exited(1))
        let services = try services()
        #expect(throws: ServiceError.self) { try services.startMapper() }
        fixture.programs.forget()
        #expect(services.undoStarts().isEmpty)
        #expect(fixture.programs.calls == ["systemctl stop tedge-mapper-c8y"])
    }

    @Test("undoing twice undoes once")
    func undoTwice() throws {
        fixture.programs.states(mapper: "inactive")
        let services = try services()
        try services.startMapper()
        _ = services.undoStarts()
        fixture.programs.forget()
        #expect(services.undoStarts().isEmpty)
        #expect(fixture.programs.calls.isEmpty)
    }

    @Test("what cannot be undone is told, and the rest is undone")
    func undoFails() throws {
        fixture.programs.states(mapper: "inactive")
        fixture.programs.on("systemctl --no-reload enable", .exited(0), error: "Created symlink.\n")
        let services = try services()
        try services.startMapper()
        try services.enableMapper()
        fixture.programs.on("systemctl --no-reload disable", .exited(1))
        #expect(
            services.undoStarts() == [
                .failed(command: "systemctl --no-reload disable tedge-mapper-c8y", status: 1, detail: "")
            ])
        #expect(fixture.programs.calls.last == "systemctl stop tedge-mapper-c8y")
    }

    @Test("the one mapper of older installations is started where that of the cloud is not installed")
    func singleMapper() throws {
        let blocks = ["loaded", "not-found", "loaded", "not-found"].map { "LoadState=\($0)\nActiveState=inactive\n" }
        fixture.programs.on("systemctl show", .exited(0), output: blocks.joined(separator: "\n"))
        let services = try services()
        try services.startMapper()
        #expect(fixture.programs.calls == ["systemctl start tedge-mapper"])
    }

    @Test("without states the mapper of the cloud is tried first")
    func withoutStates() throws {
        try useOther()
        fixture.programs.on("rc-service tedge-mapper-c8y restart", .exited(5))
        fixture.programs.on("rc-service tedge-mapper-c8y status", .exited(3))
        let services = try services()
        try services.startMapper()
        try services.enableMapper()
        #expect(
            fixture.programs.changes == [
                "rc-service tedge-mapper-c8y status", "rc-service tedge-mapper-c8y restart",
                "rc-service tedge-mapper status", "rc-service tedge-mapper restart", "rc-update add tedge-mapper",
            ])
        fixture.programs.forget()
        #expect(services.undoStarts().isEmpty)
        #expect(fixture.programs.calls.isEmpty)
    }

    @Test("without states one that did not run is taken for disabled")
    func otherManagerUndo() throws {
        try useOther()
        fixture.programs.on("rc-service tedge-mapper-c8y status", .exited(3))
        let services = try services()
        try services.startMapper()
        try services.enableMapper()
        fixture.programs.forget()
        #expect(services.undoStarts().isEmpty)
        #expect(
            fixture.programs.calls == ["rc-update delete tedge-mapper-c8y", "rc-service tedge-mapper-c8y stop"])
    }

    @Test("a profile has a mapper of its own, and no other stands in")
    func profile() throws {
        try useOther()
        fixture.programs.on("rc-service tedge-mapper-c8y@p restart", .exited(5))
        let services = try services(profile: try ProfileName(parsing: "p"))
        #expect(throws: ServiceError.notFound(service: "tedge-mapper-c8y@p")) { try services.startMapper() }
        #expect(!fixture.programs.calls.contains { $0.contains("tedge-mapper ") })
    }

    @Test("an agent that is no service is not started")
    func noAgent() throws {
        fixture.programs.states(agent: "not-found")
        let services = try services()
        #expect(throws: ServiceError.notFound(service: "tedge-agent")) { try services.startAgent() }
        #expect(fixture.programs.calls.isEmpty)
    }

    @Test("mosquitto that ran is restarted with the files as before")
    func mosquittoRan() throws {
        fixture.programs.states(mosquitto: true)
        let services = try services()
        #expect(services.undoMosquitto().isEmpty)
        #expect(fixture.programs.calls.isEmpty)
        try services.restartMosquitto()
        #expect(services.mosquittoRunsAgain)
        #expect(services.undoMosquitto().isEmpty)
        #expect(fixture.programs.calls == ["systemctl restart mosquitto", "systemctl restart mosquitto"])
    }

    @Test("mosquitto that did not run and was not enabled is stopped and disabled")
    func mosquittoDidNotRun() throws {
        fixture.programs.states(mosquitto: false)
        fixture.programs.on("systemctl is-enabled", .exited(1), output: "disabled\n")
        let services = try services()
        try services.restartMosquitto()
        try services.enableMosquitto()
        fixture.programs.forget()
        #expect(!services.mosquittoRunsAgain)
        #expect(services.undoMosquitto().isEmpty)
        #expect(
            fixture.programs.calls == [
                "systemctl stop mosquitto", "systemctl --no-reload disable mosquitto", "reload systemd",
            ])
    }

    @Test("mosquitto that is not installed needs no undoing; another failure is told")
    func mosquittoUndoFails() throws {
        fixture.programs.states(mosquitto: false)
        fixture.programs.on("systemctl restart", .exited(5))
        fixture.programs.on("systemctl stop", .exited(5))
        let services = try services()
        #expect(throws: ServiceError.notFound(service: "mosquitto")) { try services.restartMosquitto() }
        #expect(services.undoMosquitto().isEmpty)
        fixture.programs.on("systemctl stop", .exited(1))
        #expect(
            services.undoMosquitto() == [.failed(command: "systemctl stop mosquitto", status: 1, detail: "")])
    }

    @Test("a signal does not keep anything from being undone")
    func signal() throws {
        let interruption = fixture.signal.interruption
        fixture.programs.on("systemctl stop") { () throws(ProcessError) in
            if let signal = interruption.signal() { throw .interrupted(Interrupted(signal: signal)) }
            return ProcessResult(.exited(0))
        }
        fixture.programs.states(mapper: "inactive")
        let services = try services()
        try services.startMapper()
        fixture.signal.send(SIGINT)
        _ = services.undoStarts()
        #expect(fixture.programs.calls.last == "systemctl stop tedge-mapper-c8y")
    }
}
