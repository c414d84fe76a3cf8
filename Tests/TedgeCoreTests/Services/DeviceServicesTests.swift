import Glibc
import Testing

@testable import TedgeCore

/// What connect and disconnect do to services, and that undoing leaves them as before.
@Suite struct DeviceServicesTests {
    let fixture: Fixture

    init() throws { fixture = try Fixture() }

    /// A change before its first step.
    func change(profile: ProfileName? = nil) throws -> ConnectionChange {
        ConnectionChange(
            of: .c8y, profile, try Settings.load(from: fixture.context.settingsSource),
            try SystemSettings.load(from: fixture.context), in: fixture.context)
    }

    /// A change after a look at what runs, as connect does it.
    private func connecting(profile: ProfileName? = nil) throws -> ConnectionChange {
        let change = try change(profile: profile)
        try change.services.look()
        try change.services.requireMosquitto()
        fixture.programs.forget()
        return change
    }

    /// Undoes all steps, and returns what was said of those that could not be undone.
    func undo(_ change: ConnectionChange) -> String {
        fixture.printed.forget()
        fixture.programs.forget()
        change.transaction.undo()
        return fixture.errors
    }

    /// Has another service manager than systemd run.
    private func useOther() throws {
        try fixture.useOpenRC()
    }

    @Test("started and enabled services are disabled and stopped in reverse order")
    func undoStarts() throws {
        fixture.programs.states(mapper: "inactive")
        fixture.programs.on("systemctl --no-reload enable", .exited(0), error: "Created symlink.\n")
        let change = try connecting()
        try change.services.startMapper()
        try change.services.enableMapper()
        #expect(
            fixture.programs.calls == [
                "systemctl start tedge-mapper-c8y", "systemctl --no-reload enable tedge-mapper-c8y",
            ])
        #expect(undo(change) == "")
        #expect(
            fixture.programs.calls == [
                "systemctl --no-reload disable tedge-mapper-c8y", "systemctl stop tedge-mapper-c8y", "reload systemd",
            ])
    }

    @Test("if systemd does not say what runs, nothing is touched")
    func unknown() throws {
        fixture.programs.on("systemctl show", .unanswered(program: "systemctl", seconds: 30))
        let error = try #require(throws: ServiceError.self) { try connecting() }
        #expect(error == .unanswered(program: "systemctl", seconds: 30) && error.id == "service-manager-silent")
        try useOther()
        fixture.programs.on("rc-service mosquitto status", .notFound("rc-service"))
        #expect(throws: ServiceError.self) { try connecting() }
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
        let error = try #require(throws: ServiceError.self) { try connecting() }
        #expect(error.id == "mosquitto-masked" && error.hint == "Run 'sudo systemctl unmask mosquitto'.")
        blocks(mosquitto: "bad-setting")
        let broken = try #require(throws: ServiceError.self) { try connecting() }
        #expect(broken == .unitBroken(.mosquitto) && broken.id == "mosquitto-unit-broken")
        blocks(mapper: "masked")
        let mapper = try #require(throws: ServiceError.self) { try connecting().services.requireMapper() }
        #expect(mapper.id == "mapper-masked" && mapper.hint == "Run 'sudo systemctl unmask tedge-mapper-c8y'.")
        blocks(agent: "masked")
        let others = try connecting()
        try others.services.requireMapper()
        #expect(throws: ServiceError.masked(.agent, isRuntime: false)) { try others.services.startAgent() }
        #expect(fixture.programs.calls.isEmpty)
    }

    @Test("a mosquitto that is a snap is an error, and a missing one is found when it is started")
    func snap() throws {
        blocks(mosquitto: "not-found")
        let ask = "systemctl show --property=\(ServiceState.properties) snap.mosquitto.mosquitto.service"
        fixture.programs.on(ask, .exited(0), output: "LoadState=not-found\nActiveState=inactive\n")
        _ = try connecting()
        fixture.programs.on(ask, .exited(0), output: "LoadState=loaded\nActiveState=active\n")
        let error = try #require(throws: ServiceError.self) { try connecting() }
        #expect(error == .confined(unit: "snap.mosquitto.mosquitto.service"))
    }

    @Test("an interrupted enable is undone only if systemd says that the service is enabled")
    func cutOff() throws {
        for (now, isUndone) in [("enabled", true), ("disabled", false)] {
            blocks()
            fixture.programs.on("systemctl --no-reload enable", .interrupted(Interrupted(signal: 2)))
            fixture.programs.on("systemctl is-enabled", .exited(0), output: "\(now)\n")
            let change = try connecting()
            try change.services.startMapper()
            #expect(throws: ServiceError.self) { try change.services.enableMapper() }
            #expect(undo(change) == "")
            let stop = ["systemctl stop tedge-mapper-c8y"]
            let undone = ["systemctl --no-reload disable tedge-mapper-c8y"] + stop + ["reload systemd"]
            #expect(fixture.programs.changes == (isUndone ? undone : stop))
        }
    }

    @Test("if systemd does not say whether an interrupted enable was done, that is reported")
    func cutOffUnknown() throws {
        blocks()
        fixture.programs.on("systemctl --no-reload enable", .signalled(9))
        fixture.programs.on("systemctl is-enabled", .signalled(9))
        let change = try connecting()
        try change.services.startMapper()
        #expect(throws: ServiceError.self) { try change.services.enableMapper() }
        #expect(undo(change).contains("terminated by a signal"))
        #expect(fixture.programs.changes == ["systemctl stop tedge-mapper-c8y"])
    }

    @Test("an enable of mosquitto that was killed when it was done is undone")
    func endedEnabling() throws {
        fixture.programs.states(mosquitto: true)
        fixture.programs.on("systemctl is-enabled", .exited(1), output: "disabled\n")
        fixture.programs.on("systemctl --no-reload enable", .signalled(9))
        let change = try connecting()
        try change.broker.restart()
        #expect(throws: ServiceError.self) { try change.services.enableMosquitto() }
        fixture.programs.on("systemctl is-enabled", .exited(0), output: "enabled\n")
        #expect(undo(change) == "")
        #expect(
            fixture.programs.changes == [
                "systemctl --no-reload disable mosquitto", "systemctl restart mosquitto", "reload systemd",
            ])
    }

    @Test("a command that undoes something and is killed is run again")
    func endedUndo() throws {
        fixture.programs.states(mosquitto: true)
        let change = try connecting()
        try change.broker.restart()
        fixture.programs.on("systemctl restart", inTurn: .signalled(15), .exited(0))
        #expect(undo(change) == "")
        #expect(fixture.programs.calls == ["systemctl restart mosquitto", "systemctl restart mosquitto"])
    }

    @Test("after an interrupted question the undo disables nothing")
    func unknownEnablement() throws {
        fixture.programs.states(mosquitto: true)
        fixture.programs.on("systemctl is-enabled", .interrupted(Interrupted(signal: 2)))
        let change = try connecting()
        try change.broker.restart()
        #expect(throws: ServiceError.interrupted(Interrupted(signal: 2))) { try change.services.enableMosquitto() }
        _ = undo(change)
        #expect(fixture.programs.changes == ["systemctl restart mosquitto"])
    }

    @Test("a mosquitto that cannot be restarted is disabled all the same if connect enabled it")
    func failedRestart() throws {
        fixture.programs.states(mosquitto: true)
        fixture.programs.on("systemctl is-enabled", .exited(1), output: "disabled\n")
        let change = try connecting()
        try change.broker.restart()
        try change.services.enableMosquitto()
        fixture.programs.on("systemctl restart", .exited(1))
        fixture.programs.forget()
        #expect(
            undo(change)
                == "Warning: Could not restore services: Service command <\"systemctl restart mosquitto\"> failed "
                + "with code: 1.\n")
        #expect(
            fixture.programs.changes == [
                "systemctl --no-reload disable mosquitto", "systemctl restart mosquitto", "reload systemd",
            ])
    }

    @Test("a mapper that ran and was enabled goes on running")
    func nothingToUndo() throws {
        fixture.programs.states(mapper: "active")
        let change = try connecting()
        try change.services.startMapper()
        try change.services.enableMapper()
        #expect(undo(change) == "")
        #expect(fixture.programs.calls.isEmpty)
    }

    @Test("a mapper that failed to start is stopped, because systemd may start it again and again")
    func failedStart() throws {
        fixture.programs.states(mapper: "inactive")
        fixture.programs.on("systemctl start", .exited(1))
        let change = try connecting()
        #expect(throws: ServiceError.self) { try change.services.startMapper() }
        #expect(undo(change) == "")
        #expect(fixture.programs.calls == ["systemctl stop tedge-mapper-c8y"])
    }

    @Test("undoing twice undoes once")
    func undoTwice() throws {
        fixture.programs.states(mapper: "inactive")
        let change = try connecting()
        try change.services.startMapper()
        _ = undo(change)
        #expect(undo(change) == "")
        #expect(fixture.programs.calls.isEmpty)
    }

    @Test("what cannot be undone is reported, and the rest is undone")
    func undoFails() throws {
        fixture.programs.states(mapper: "inactive")
        fixture.programs.on("systemctl --no-reload enable", .exited(0), error: "Created symlink.\n")
        let change = try connecting()
        try change.services.startMapper()
        try change.services.enableMapper()
        fixture.programs.on("systemctl --no-reload disable", .exited(1))
        #expect(undo(change).contains("<\"systemctl --no-reload disable tedge-mapper-c8y\"> failed with code: 1."))
        #expect(fixture.programs.changes.suffix(2) == ["systemctl stop tedge-mapper-c8y", "reload systemd"])
    }

    @Test("the single mapper of older installations is started if that of the cloud is not installed")
    func singleMapper() throws {
        let blocks = ["loaded", "not-found", "loaded", "not-found"].map { "LoadState=\($0)\nActiveState=inactive\n" }
        fixture.programs.on("systemctl show", .exited(0), output: blocks.joined(separator: "\n"))
        let change = try connecting()
        try change.services.startMapper()
        #expect(fixture.programs.calls == ["systemctl start tedge-mapper"])
        change.transaction.commit()
    }

    @Test("without states the mapper of the cloud is tried first")
    func withoutStates() throws {
        try useOther()
        fixture.programs.on("rc-service tedge-mapper-c8y restart", .exited(5))
        fixture.programs.on("rc-service tedge-mapper-c8y status", .exited(3))
        let change = try connecting()
        try change.services.startMapper()
        try change.services.enableMapper()
        #expect(
            fixture.programs.changes == [
                "rc-service tedge-mapper-c8y status", "rc-service tedge-mapper-c8y restart",
                "rc-service tedge-mapper status", "rc-service tedge-mapper restart", "rc-update add tedge-mapper",
            ])
        #expect(undo(change) == "")
        #expect(fixture.programs.calls.isEmpty)
    }

    @Test("without states a mapper that did not run counts as disabled")
    func otherManagerUndo() throws {
        try useOther()
        fixture.programs.on("rc-service tedge-mapper-c8y status", .exited(3))
        let change = try connecting()
        try change.services.startMapper()
        try change.services.enableMapper()
        #expect(undo(change) == "")
        #expect(
            fixture.programs.calls == ["rc-update delete tedge-mapper-c8y", "rc-service tedge-mapper-c8y stop"])
    }

    @Test("a profile has its own mapper, and no other replaces it")
    func profile() throws {
        try useOther()
        fixture.programs.on("rc-service tedge-mapper-c8y@p restart", .exited(5))
        let change = try connecting(profile: try ProfileName(parsing: "p"))
        #expect(throws: ServiceError.notFound(.mapper(.c8y, try ProfileName(parsing: "p")))) {
            try change.services.startMapper()
        }
        #expect(!fixture.programs.calls.contains { $0.contains("tedge-mapper ") })
        change.transaction.commit()
    }

    @Test("an agent without a service is not started")
    func noAgent() throws {
        fixture.programs.states(agent: "not-found")
        let change = try connecting()
        #expect(throws: ServiceError.notFound(.agent)) { try change.services.startAgent() }
        #expect(fixture.programs.calls.isEmpty)
    }

    @Test("mosquitto that ran is restarted once with the files as before, however often it was restarted")
    func mosquittoRan() throws {
        fixture.programs.states(mosquitto: true)
        let change = try connecting()
        try change.broker.restart()
        try change.broker.restart()
        #expect(undo(change) == "")
        #expect(fixture.programs.calls == ["systemctl restart mosquitto"])
        #expect(fixture.broker.waits.count == 1)
    }

    @Test("mosquitto that did not run and was not enabled is stopped and disabled")
    func mosquittoDidNotRun() throws {
        fixture.programs.states(mosquitto: false)
        fixture.programs.on("systemctl is-enabled", .exited(1), output: "disabled\n")
        let change = try connecting()
        try change.broker.restart()
        try change.services.enableMosquitto()
        #expect(undo(change) == "")
        #expect(
            fixture.programs.calls == [
                "systemctl --no-reload disable mosquitto", "systemctl stop mosquitto", "reload systemd",
            ])
    }

    @Test("a mosquitto that is not installed needs no undoing; another failure is reported")
    func mosquittoUndoFails() throws {
        fixture.programs.states(mosquitto: false)
        fixture.programs.on("systemctl restart", .exited(5))
        fixture.programs.on("systemctl stop", .exited(5))
        let change = try connecting()
        #expect(throws: ServiceError.notFound(.mosquitto)) { try change.broker.restart() }
        #expect(undo(change) == "")
        let other = try connecting()
        #expect(throws: ServiceError.notFound(.mosquitto)) { try other.broker.restart() }
        fixture.programs.on("systemctl stop", .exited(1))
        #expect(undo(other).contains("<\"systemctl stop mosquitto\"> failed with code: 1."))
    }

    @Test("a signal does not stop the undo")
    func signal() throws {
        let interruption = fixture.signal.interruption
        fixture.programs.on("systemctl stop") { () throws(ProcessError) in
            if let signal = interruption.signal() { throw .interrupted(Interrupted(signal: signal)) }
            return ProcessResult(.exited(0))
        }
        fixture.programs.states(mapper: "inactive")
        let change = try connecting()
        try change.services.startMapper()
        fixture.signal.send(SIGINT)
        _ = undo(change)
        #expect(fixture.programs.calls.last == "systemctl stop tedge-mapper-c8y")
    }
}
