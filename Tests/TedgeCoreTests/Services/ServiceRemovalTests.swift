import Testing

@testable import TedgeCore

/// What disconnect does to services, and that undoing leaves them as before.
@Suite struct ServiceRemovalTests {
    let fixture: Fixture

    init() throws { fixture = try Fixture() }

    private func removal() throws -> ServiceRemoval {
        let manager = ServiceManager(try SystemSettings.load(from: fixture.context), in: fixture.context)
        let removal = try ServiceRemoval(manager, cloud: .c8y, profile: nil)
        fixture.programs.forget()
        return removal
    }

    /// Has the states of mosquitto, of the cloud's mapper and of the single one be these.
    private func states(_ states: String...) {
        let blocks = states.map { state in
            state == "missing"
                ? "LoadState=not-found\nActiveState=inactive\n" : "LoadState=loaded\nActiveState=\(state)\n"
        }
        fixture.programs.on("systemctl show", .exited(0), output: blocks.joined(separator: "\n"))
    }

    @Test("mosquitto is restarted where it runs")
    func mosquitto() throws {
        states("active", "active", "missing")
        let removal = try removal()
        #expect(try removal.restartMosquitto())
        #expect(removal.mosquittoRunsAgain)
        #expect(fixture.programs.calls == ["systemctl restart mosquitto"])
    }

    @Test("mosquitto that does not run is left alone, also when undoing")
    func mosquittoIsDown() throws {
        states("inactive", "missing", "missing")
        let removal = try removal()
        #expect(try !removal.restartMosquitto())
        #expect(removal.undo().isEmpty)
        #expect(fixture.programs.calls.isEmpty)
    }

    @Test("without states mosquitto is asked itself whether it runs")
    func otherManager() throws {
        try fixture.useOpenRC()
        fixture.programs.on("rc-service mosquitto status", .exited(3))
        #expect(try !removal().restartMosquitto())
    }

    @Test("where systemd does not answer nothing is done, and where nobody says whether mosquitto runs, too")
    func unknown() throws {
        fixture.programs.on("systemctl show", .unanswered(program: "systemctl", seconds: 30))
        #expect(throws: ServiceError.unanswered(program: "systemctl", seconds: 30)) { try removal() }
        try fixture.useOpenRC()
        fixture.programs.on("rc-service mosquitto status", .signalled(9))
        #expect(throws: ServiceError.signalled(command: "rc-service mosquitto status")) { try removal() }
    }

    @Test("a mosquitto that runs and is masked could not be started again, and is not stopped")
    func masked() throws {
        let block = "LoadState=masked\nActiveState=active\nUnitFileState=masked-runtime\n"
        let missing = "LoadState=not-found\nActiveState=inactive\n"
        fixture.programs.on("systemctl show", .exited(0), output: [block, missing, missing].joined(separator: "\n"))
        let error = try #require(throws: ServiceError.self) { try removal() }
        #expect(error == .masked(.mosquitto, isRuntime: true))
        #expect(error.hint == "Run 'sudo systemctl unmask --runtime mosquitto'.")
        #expect(fixture.programs.changes == [])
    }

    @Test("a disable that was cut off is undone if systemd says that it did its work, and only then")
    func cutOff() throws {
        let block = { (state: String) in "LoadState=loaded\nActiveState=inactive\nUnitFileState=\(state)\n" }
        for (before, now, isUndone) in [
            ("enabled", "disabled", true), ("enabled", "enabled", false), ("disabled", "disabled", false),
            ("", "disabled", false),
        ] {
            fixture.programs.on(
                "systemctl show", .exited(0), output: [block(""), block(before), block("")].joined(separator: "\n"))
            fixture.programs.on("systemctl --no-reload disable", .interrupted(Interrupted(signal: 2)))
            fixture.programs.on("systemctl is-enabled", .exited(now == "enabled" ? 0 : 1), output: "\(now)\n")
            let removal = try removal()
            #expect(throws: ServiceError.self) { try removal.disableMapper() }
            fixture.programs.forget()
            #expect(removal.undo().isEmpty)
            let undone = ["systemctl --no-reload enable tedge-mapper-c8y", "reload systemd"]
            #expect(fixture.programs.changes == (isUndone ? undone : []))
        }
        fixture.programs.on("systemctl is-enabled", .unanswered(program: "systemctl", seconds: 30))
        let removal = try removal()
        #expect(throws: ServiceError.self) { try removal.disableMapper() }
        #expect(!fixture.programs.calls.contains { $0.contains(" enable ") })
    }

    @Test("systemd reads its units again where a link was removed, and only there")
    func finish() throws {
        states("active", "active", "missing")
        let plain = try removal()
        try plain.disableMapper()
        plain.finish()
        #expect(!fixture.programs.calls.contains("reload systemd"))
        fixture.programs.on("systemctl --no-reload disable", .exited(0), error: "Removed /etc/systemd/system/x.\n")
        let changed = try removal()
        try changed.disableMapper()
        changed.finish()
        #expect(fixture.programs.calls.last == "reload systemd")
    }

    @Test("what was done is undone: mosquitto first, then the mapper that ran")
    func undo() throws {
        states("active", "active", "missing")
        let removal = try removal()
        _ = try removal.restartMosquitto()
        try removal.stopMapper()
        fixture.programs.forget()
        #expect(removal.undo().isEmpty)
        #expect(fixture.programs.calls == ["systemctl restart mosquitto", "systemctl start tedge-mapper-c8y"])
    }

    @Test("a mapper that did not run is not started")
    func mapperDidNotRun() throws {
        states("active", "inactive", "missing")
        let removal = try removal()
        try removal.stopMapper()
        fixture.programs.forget()
        #expect(removal.undo().isEmpty)
        #expect(fixture.programs.calls.isEmpty)
    }

    @Test("the one mapper of older installations is stopped where that of the cloud is not installed")
    func singleMapper() throws {
        states("active", "missing", "active")
        let removal = try removal()
        try removal.stopMapper()
        try removal.disableMapper()
        #expect(
            fixture.programs.calls == ["systemctl stop tedge-mapper", "systemctl --no-reload disable tedge-mapper"])
    }

    @Test("a mapper that is no service needs neither")
    func noMapper() throws {
        states("active", "missing", "missing")
        fixture.programs.on("systemctl stop", .exited(5))
        let removal = try removal()
        try removal.stopMapper()
        try removal.disableMapper()
        #expect(fixture.programs.calls == ["systemctl stop tedge-mapper-c8y"])
        #expect(removal.undo().isEmpty)
    }

    @Test("a mapper that cannot be stopped or disabled is an error")
    func failures() throws {
        states("active", "active", "missing")
        let removal = try removal()
        fixture.programs.on("systemctl stop", .exited(1))
        fixture.programs.on("systemctl --no-reload disable", .exited(1))
        #expect(throws: ServiceError.self) { try removal.stopMapper() }
        #expect(throws: ServiceError.self) { try removal.disableMapper() }
        fixture.programs.forget()
        #expect(removal.undo().isEmpty)
        // It may have ended all the same.
        #expect(fixture.programs.calls == ["systemctl start tedge-mapper-c8y"])
    }

    @Test("what another service manager disabled is enabled again, and what cannot be undone is told")
    func undoOfOtherManager() throws {
        try fixture.useOpenRC()
        let removal = try removal()
        try removal.stopMapper()
        try removal.disableMapper()
        fixture.programs.on("rc-update add", .exited(1))
        fixture.programs.forget()
        #expect(
            removal.undo() == [.failed(command: "rc-update add tedge-mapper-c8y", status: 1, detail: "")])
        #expect(fixture.programs.calls == ["rc-update add tedge-mapper-c8y", "rc-service tedge-mapper-c8y restart"])
    }
}
