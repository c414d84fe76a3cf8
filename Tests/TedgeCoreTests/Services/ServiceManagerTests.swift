import Glibc
import Testing

@testable import TedgeCore

@Suite struct ServiceManagerTests {
    let fixture: Fixture

    init() throws { fixture = try Fixture() }

    private var systemd: ServiceManager { ServiceManager(SystemSettings(path: "/system.toml"), in: fixture.context) }

    private func other() throws -> ServiceManager {
        try fixture.useOpenRC()
        return ServiceManager(try SystemSettings.load(from: fixture.context), in: fixture.context)
    }

    @Test("the name of the service replaces the braces")
    func words() throws {
        try systemd.stop(.mapper(.c8y, nil))
        try systemd.start(.mapper(.az, try ProfileName(parsing: "p")))
        try other().restart(.singleMapper)
        try other().enable(.agent)
        #expect(
            fixture.programs.calls == [
                "systemctl stop tedge-mapper-c8y", "systemctl start tedge-mapper-az@p",
                "rc-service tedge-mapper restart", "rc-update add tedge-agent",
            ])
    }

    @Test("systemd does not read all units again to enable and disable one")
    func noReload() throws {
        try systemd.enable(.agent)
        try systemd.disable(.agent)
        #expect(
            fixture.programs.calls == [
                "systemctl --no-reload enable tedge-agent", "systemctl --no-reload disable tedge-agent",
            ])
    }

    @Test("enabling returns whether systemd created a link")
    func enabledBefore() throws {
        #expect(try !systemd.enable(.mosquitto))
        let helper =
            "Synchronizing state of mosquitto.service with SysV service script.\nExecuting: /x enable mosquitto\n"
        fixture.programs.on("systemctl --no-reload enable", .exited(0), error: helper)
        #expect(try !systemd.enable(.mosquitto))
        fixture.programs.on("systemctl --no-reload enable", .exited(0), error: helper + "Created symlink a -> b.\n")
        #expect(try systemd.enable(.mosquitto))
        #expect(try other().enable(.mosquitto))
    }

    @Test("status 5 means that the service does not exist")
    func notFound() throws {
        fixture.programs.on("systemctl restart", .exited(5), error: "Unit mosquitto.service not found.\n")
        let error = try #require(throws: ServiceError.self) { try systemd.restart(.mosquitto) }
        #expect(error == .notFound(.mosquitto))
        #expect(error.id == "mosquitto-not-found")
        #expect(error.causes == ["Service mosquitto not found. Install mosquitto to use this command."])
    }

    @Test("another status is reported with the command and what it said")
    func failed() throws {
        fixture.programs.on("systemctl stop", .exited(4), error: "one\n\ntwo\n")
        let error = try #require(throws: ServiceError.self) { try systemd.stop(.mosquitto) }
        #expect(error.causes == ["Service command <\"systemctl stop mosquitto\"> failed with code: 4.", "one\ntwo"])
        #expect(error.hint == "Run 'tedge doctor' to find out more.")
    }

    @Test("a command that says nothing has one cause")
    func silent() throws {
        fixture.programs.on("systemctl stop", .exited(1))
        let error = try #require(throws: ServiceError.self) { try systemd.stop(.mosquitto) }
        #expect(error.causes == ["Service command <\"systemctl stop mosquitto\"> failed with code: 1."])
    }

    @Test("of a long complaint the last ten lines are reported")
    func longComplaint() throws {
        fixture.programs.on("systemctl stop", .exited(1), error: (1...12).map { "line \($0)\n" }.joined())
        let error = try #require(throws: ServiceError.self) { try systemd.stop(.mosquitto) }
        #expect(error.causes.last == (3...12).map { "line \($0)" }.joined(separator: "\n"))
    }

    @Test("a complaint with carriage returns has plain lines")
    func carriageReturns() throws {
        fixture.programs.on("systemctl stop", .exited(1), error: "one\r\n\r\ntwo\r\n")
        let error = try #require(throws: ServiceError.self) { try systemd.stop(.mosquitto) }
        #expect(error.causes.last == "one\ntwo")
    }

    @Test("a missing permission has a hint", arguments: ["Access denied", "interactive authentication required."])
    func accessDenied(_ complaint: String) throws {
        fixture.programs.on("systemctl stop", .exited(4), error: complaint)
        let error = try #require(throws: ServiceError.self) { try systemd.stop(.mosquitto) }
        #expect(error.hint == "Run the command with sudo.")
    }

    @Test("a signal, a missing program and one that does not start are different errors")
    func notRun() throws {
        let stop = { try systemd.stop(.mosquitto) }
        fixture.programs.on("systemctl stop", .signalled(9))
        #expect(throws: ServiceError.signalled(command: "systemctl stop mosquitto"), performing: stop)
        fixture.programs.on("systemctl stop", .notFound("systemctl"))
        #expect(
            throws: ServiceError.programMissing(command: "systemctl stop mosquitto", path: "/system.toml"),
            performing: stop)
        fixture.programs.on("systemctl stop", .notStarted("/bin/systemctl", SystemError(ENOEXEC)))
        #expect(
            throws: ServiceError.notStarted(command: "systemctl stop mosquitto", SystemError(ENOEXEC)),
            performing: stop)
        fixture.programs.on("systemctl stop", .interrupted(Interrupted(signal: SIGINT)))
        #expect(throws: ServiceError.interrupted(Interrupted(signal: SIGINT)), performing: stop)
    }

    @Test("a command that undoes something is not ended by a signal, and abandoned if it hangs")
    func undoing() throws {
        fixture.signal.send(SIGINT)
        let undoing = systemd.undoing
        #expect(!undoing.interruption.isRequested)
        fixture.programs.on("systemctl stop", .interrupted(Interrupted(signal: SIGALRM)))
        let error = try #require(throws: ServiceError.self) { try undoing.stop(.mosquitto) }
        #expect(error.id == "service-manager-silent")
        #expect(error.causes == ["Service command <\"systemctl stop mosquitto\"> did not end within 30 seconds."])
    }

    @Test("systemd's remark about changed units is not reported")
    func remark() throws {
        let remark =
            "Warning: The unit file, source configuration file or drop-ins of mosquitto.service changed on disk. "
        let helper = "Synchronizing state of x.service with SysV service script.\nExecuting: /lib/helper enable x\n"
        fixture.programs.on("systemctl stop", .exited(1), error: helper + remark + "Run 'systemctl'.\nbroken\n")
        let error = try #require(throws: ServiceError.self) { try systemd.stop(.mosquitto) }
        #expect(error.causes.last == "broken")
    }

    @Test("whether a service runs is answered by the exit status, whether it is enabled by the word")
    func questions() throws {
        #expect(try systemd.isActive(.mosquitto))
        fixture.programs.on("systemctl is-active", .exited(3))
        #expect(try !systemd.isActive(.mosquitto))
        for (word, isEnabled) in [("enabled", true), ("static", true), ("disabled", false), ("enabled-runtime", false)]
        {
            fixture.programs.on("systemctl is-enabled", .exited(isEnabled ? 0 : 1), output: "\(word)\n")
            #expect(try systemd.isEnabled(.mosquitto) == isEnabled, "\(word)")
        }
        #expect(try other().isEnabled(.mosquitto) == nil)
    }

    @Test("a question without an answer is not a no", arguments: ["is-active", "is-enabled", "show"])
    func unanswered(_ verb: String) throws {
        let ask = { (manager: ServiceManager) in
            switch verb {
            case "is-active": _ = try manager.isActive(.mosquitto)
            case "is-enabled": _ = try manager.isEnabled(.mosquitto)
            default: _ = try manager.states(of: [.mosquitto])
            }
        }
        for failure in [
            ProcessError.unanswered(program: "systemctl", seconds: 4), .interrupted(Interrupted(signal: SIGINT)),
            .notFound("systemctl"),
        ] {
            fixture.programs.on("systemctl", failure)
            #expect(throws: ServiceError.self, "\(failure)") { try ask(systemd) }
        }
        fixture.programs.on("systemctl", .signalled(SIGKILL))
        #expect(throws: ServiceError.self) { try ask(systemd) }
        guard verb != "is-active" else { return }
        fixture.programs.on("systemctl", .exited(1), error: "Failed to connect to bus: Connection refused\n")
        let error = try #require(throws: ServiceError.self) { try ask(systemd) }
        #expect(error.causes.last == "Failed to connect to bus: Connection refused")
    }

    @Test("the main process of a service is known, unless it has none or systemd does not answer")
    func mainProcess() {
        fixture.programs.on("systemctl show", .exited(0), output: "LoadState=loaded\nActiveState=active\nMainPID=812\n")
        #expect(systemd.mainProcess(of: .mosquitto) == 812)
        fixture.programs.on("systemctl show", .exited(0), output: "LoadState=loaded\nActiveState=failed\nMainPID=0\n")
        #expect(systemd.mainProcess(of: .mosquitto) == nil)
        fixture.programs.on("systemctl show", .unanswered(program: "systemctl", seconds: 4))
        #expect(systemd.mainProcess(of: .mosquitto) == nil)
    }

    @Test("a program of system.toml that is missing is found before it is needed")
    func missingPrograms() throws {
        let manager = try other()
        fixture.programs.install(["rc-service"])
        #expect(manager.missingPrograms.map(\.key) == ["enable", "disable"])
        let missing = ServiceError.programMissing(
            command: "rc-update add mosquitto", path: fixture.path("system.toml"))
        #expect(throws: missing) { try manager.checkPrograms() }
        fixture.programs.install(["rc-service", "rc-update"])
        try manager.checkPrograms()
        fixture.programs.install([])
        try systemd.checkPrograms()
    }

    @Test("systemd is available if its directory and its command exist")
    func systemdAvailable() throws {
        try systemd.checkAvailability()
        #expect(fixture.programs.calls.isEmpty)
        fixture.programs.install([])
        let unavailable = ServiceError.unavailable(manager: "systemd", command: "systemctl --version")
        #expect(throws: unavailable) { try systemd.checkAvailability() }
        fixture.programs.install(["systemctl"])
        try fixture.files.remove(fixture.directory.file("systemd"))
        #expect(throws: unavailable) { try systemd.checkAvailability() }
    }

    @Test("another service manager is available if its command exits with status 0")
    func otherAvailable() throws {
        let manager = try other()
        try manager.checkAvailability()
        #expect(fixture.programs.calls == ["rc-service -l"])
        let unavailable = ServiceError.unavailable(manager: "OpenRC", command: "rc-service -l")
        fixture.programs.on("rc-service -l", .exited(1))
        #expect(throws: unavailable) { try manager.checkAvailability() }
        fixture.programs.on("rc-service -l", .notFound("rc-service"))
        #expect(throws: unavailable) { try manager.checkAvailability() }
        fixture.programs.on("rc-service -l", .interrupted(Interrupted(signal: SIGTERM)))
        #expect(throws: ServiceError.interrupted(Interrupted(signal: SIGTERM))) { try manager.checkAvailability() }
    }
}
