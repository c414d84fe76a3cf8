import Glibc
import Testing

@testable import TedgeCore

/// What disconnect does to services.
extension DeviceServicesTests {
    /// A change after a look at what runs, as disconnect does it.
    private func disconnecting() throws -> ConnectionChange {
        let change = try change()
        try change.services.look()
        try change.services.requireMosquittoIfActive()
        fixture.programs.forget()
        return change
    }

    /// Has the states of mosquitto, of the cloud's mapper and of the single one be these.
    private func states(_ states: String...) {
        // No agent is installed.
        let blocks = (states + ["missing"]).map { state in
            state == "missing"
                ? "LoadState=not-found\nActiveState=inactive\n" : "LoadState=loaded\nActiveState=\(state)\n"
        }
        fixture.programs.on("systemctl show", .exited(0), output: blocks.joined(separator: "\n"))
    }

    @Test("if systemd does not answer, or it is unknown whether mosquitto runs, disconnect does nothing")
    func unknownToDisconnect() throws {
        fixture.programs.on("systemctl show", .unanswered(program: "systemctl", seconds: 30))
        #expect(throws: ServiceError.unanswered(program: "systemctl", seconds: 30)) { try disconnecting() }
        try fixture.useOpenRC()
        fixture.programs.on("rc-service mosquitto status", .signalled(9))
        #expect(throws: ServiceError.signalled(command: "rc-service mosquitto status")) { try disconnecting() }
    }

    @Test("a running mosquitto that is masked is not stopped, because it could not be started again")
    func maskedWhileActive() throws {
        let block = "LoadState=masked\nActiveState=active\nUnitFileState=masked-runtime\n"
        let missing = "LoadState=not-found\nActiveState=inactive\n"
        fixture.programs.on(
            "systemctl show", .exited(0), output: [block, missing, missing, missing].joined(separator: "\n"))
        let error = try #require(throws: ServiceError.self) { try disconnecting() }
        #expect(error == .masked(.mosquitto, isRuntime: true))
        #expect(error.hint == "Run 'sudo systemctl unmask --runtime mosquitto'.")
        #expect(fixture.programs.changes == [])
    }

    @Test("an interrupted disable is undone only if systemd says that the service is disabled")
    func cutOffDisabling() throws {
        let block = { (state: String) in "LoadState=loaded\nActiveState=inactive\nUnitFileState=\(state)\n" }
        for (before, now, isUndone) in [
            ("enabled", "disabled", true), ("enabled", "enabled", false), ("disabled", "disabled", false),
            ("", "disabled", false),
        ] {
            fixture.programs.on(
                "systemctl show", .exited(0),
                output: [block(""), block(before), block(""), block("")].joined(separator: "\n"))
            fixture.programs.on("systemctl --no-reload disable", .interrupted(Interrupted(signal: 2)))
            fixture.programs.on("systemctl is-enabled", .exited(now == "enabled" ? 0 : 1), output: "\(now)\n")
            let change = try disconnecting()
            #expect(throws: ServiceError.self) { try change.services.disableMapper() }
            #expect(undo(change) == "")
            let undone = ["systemctl --no-reload enable tedge-mapper-c8y", "reload systemd"]
            #expect(fixture.programs.changes == (isUndone ? undone : []))
        }
        fixture.programs.on("systemctl is-enabled", .unanswered(program: "systemctl", seconds: 30))
        let change = try disconnecting()
        #expect(throws: ServiceError.self) { try change.services.disableMapper() }
        #expect(undo(change) == "")
        #expect(!fixture.programs.calls.contains { $0.contains(" enable ") })
    }

    @Test("systemd reads its units again only if a link was removed")
    func finish() throws {
        states("active", "active", "missing")
        let plain = try disconnecting()
        try plain.services.disableMapper()
        plain.services.finish()
        plain.transaction.commit()
        #expect(!fixture.programs.calls.contains("reload systemd"))
        fixture.programs.on("systemctl --no-reload disable", .exited(0), error: "Removed /etc/systemd/system/x.\n")
        let changed = try disconnecting()
        try changed.services.disableMapper()
        changed.services.finish()
        #expect(fixture.programs.calls.last == "reload systemd")
        changed.transaction.commit()
    }

    @Test("the undo restarts mosquitto first, then the mapper that ran")
    func undoStop() throws {
        states("active", "active", "missing")
        let change = try disconnecting()
        try change.broker.restart()
        try change.services.stopMapper()
        #expect(undo(change) == "")
        #expect(fixture.programs.calls == ["systemctl restart mosquitto", "systemctl start tedge-mapper-c8y"])
    }

    @Test("a mapper that did not run is not started")
    func mapperDidNotRun() throws {
        states("active", "inactive", "missing")
        let change = try disconnecting()
        try change.services.stopMapper()
        #expect(undo(change) == "")
        #expect(fixture.programs.calls.isEmpty)
    }

    @Test("the single mapper of older installations is stopped if that of the cloud is not installed")
    func singleMapperStopped() throws {
        states("active", "missing", "active")
        let change = try disconnecting()
        try change.services.stopMapper()
        try change.services.disableMapper()
        #expect(
            fixture.programs.calls == ["systemctl stop tedge-mapper", "systemctl --no-reload disable tedge-mapper"])
        change.transaction.commit()
    }

    @Test("a mapper without a service is not stopped")
    func noMapper() throws {
        states("active", "missing", "missing")
        fixture.programs.on("systemctl stop", .exited(5))
        let change = try disconnecting()
        try change.services.stopMapper()
        try change.services.disableMapper()
        #expect(fixture.programs.calls == ["systemctl stop tedge-mapper-c8y"])
        #expect(undo(change) == "")
    }

    @Test("a mapper that cannot be stopped or disabled is an error")
    func failedStop() throws {
        states("active", "active", "missing")
        let change = try disconnecting()
        fixture.programs.on("systemctl stop", .exited(1))
        fixture.programs.on("systemctl --no-reload disable", .exited(1))
        #expect(throws: ServiceError.self) { try change.services.stopMapper() }
        #expect(throws: ServiceError.self) { try change.services.disableMapper() }
        #expect(undo(change) == "")
        // It may have ended all the same.
        #expect(fixture.programs.calls == ["systemctl start tedge-mapper-c8y"])
    }

    @Test("a mapper that another service manager disabled is enabled again, and a failure is reported")
    func undoOfOtherManager() throws {
        try fixture.useOpenRC()
        let change = try disconnecting()
        try change.services.stopMapper()
        try change.services.disableMapper()
        fixture.programs.on("rc-update add", .exited(1))
        #expect(undo(change).contains("<\"rc-update add tedge-mapper-c8y\"> failed with code: 1."))
        #expect(fixture.programs.calls == ["rc-update add tedge-mapper-c8y", "rc-service tedge-mapper-c8y restart"])
    }
}
