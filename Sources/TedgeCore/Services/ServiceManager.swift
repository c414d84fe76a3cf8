/// Controls services with the commands of `system.toml`.
struct ServiceManager: Sendable {
    /// The commands.
    let commands: ServiceCommands
    /// Whether the commands are the defaults, those of systemd.
    let isDefault: Bool
    private let path: String
    let processes: any Processes
    private let systemdRuns: Bool
    /// What ends a wait for a command early.
    var interruption: Interruption
    private var isBounded = false
    /// How long a command that undoes something may take. No signal interrupts it.
    static let timeout = Duration.seconds(30)
    /// How long a command may go on after a signal, so that it can finish and its result is known.
    private static let grace = Duration.milliseconds(500)
    /// How often a command that undoes something is run if a signal ends it.
    private static let attempts = 3

    /// Takes the commands of `system.toml`.
    init(_ settings: SystemSettings, in context: Context) {
        commands = settings.commands
        isDefault = settings.commands == .systemd
        path = settings.path
        processes = context.processes
        systemdRuns = context.files.exists(context.systemdDirectory)
        interruption = context.interruption
    }

    /// Finds out whether the service manager runs. Throws `unavailable` and `interrupted`.
    func checkAvailability() throws(ServiceError) {
        let unavailable = ServiceError.unavailable(
            manager: commands.name, command: commands.isAvailable.joined(separator: " "))
        if isDefault {
            // What sd_booted(3) checks, and whether systemctl exists.
            guard systemdRuns, processes.isOnPath("systemctl") else { throw unavailable }
            return
        }
        do throws(ServiceError) {
            guard try ask(commands.isAvailable).succeeded else { throw unavailable }
        } catch {
            switch error {
            case .interrupted, .unanswered: throw error
            default: throw unavailable
            }
        }
    }

    /// Throws `programMissing` if the program of one of the commands does not exist.
    func checkPrograms() throws(ServiceError) {
        guard let missing = missingPrograms.first else { return }
        let words = ServiceCommands.words(missing.words, for: Service.mosquitto.unit)
        throw .programMissing(command: words.joined(separator: " "), path: path)
    }

    /// The commands of `system.toml` whose program does not exist.
    var missingPrograms: [(key: String, words: [String])] {
        isDefault ? [] : commands.driving.filter { !processes.isOnPath($0.words[0]) }
    }

    /// Restarts a service, even if systemd's start limit was reached.
    func restart(_ service: Service) throws(ServiceError) { try runPastStartLimit(commands.restart, service) }

    /// Starts a service that does not run, even if systemd's start limit was reached.
    func start(_ service: Service) throws(ServiceError) { try runPastStartLimit(commands.start, service) }

    private func runPastStartLimit(_ command: [String], _ service: Service) throws(ServiceError) {
        let begin = MonotonicClock.microseconds
        do {
            try run(command, service)
        } catch {
            guard isDefault, case .failed = error, wasNotStarted(service, since: begin) else { throw error }
            try run(["systemctl", "reset-failed", "{}"], service)
            try run(command, service)
        }
    }

    /// Stops a service.
    func stop(_ service: Service) throws(ServiceError) { try run(commands.stop, service) }

    /// Enables a service. Returns false if systemd created no link, because there was one.
    /// `reloadUnits` must follow.
    @discardableResult
    func enable(_ service: Service) throws(ServiceError) -> Bool {
        try changeLinks("enable", commands.enable, service)
    }

    /// Disables a service. Returns false if systemd removed no link, because there was none. `reloadUnits` must follow.
    @discardableResult
    func disable(_ service: Service) throws(ServiceError) -> Bool {
        try changeLinks("disable", commands.disable, service)
    }

    /// The same manager for undoing: no signal ends its commands, and each has a time limit.
    var undoing: ServiceManager {
        var manager = self
        manager.interruption = .never
        manager.isBounded = true
        return manager
    }

    private func changeLinks(
        _ verb: String, _ command: [String], _ service: Service
    ) throws(ServiceError) -> Bool {
        guard isDefault else {
            try run(command, service)
            return true
        }
        // Without the reload, which takes a tenth of a second for each service.
        let said = try run(["systemctl", "--no-reload", verb, "{}"], service).error
        return said.split(whereSeparator: \.isNewline).contains {
            $0.hasPrefix("Created symlink") || $0.hasPrefix("Removed ")
        }
    }

    /// Has systemd read its units again after links were created or removed. Until then `systemctl status` shows the old state
    /// of a service that runs, and systemd 255 and later calls every unit changed on disk.
    ///
    /// systemd does this on SIGHUP without anybody waiting for it (systemd(1)); it answers later questions after the reload.
    func reloadUnits() {
        guard isDefault, !processes.reloadSystemd() else { return }
        _ = try? processes.run(["systemctl", "daemon-reload"], interruption: .never.bounded(by: .now + Self.timeout))
    }

    @discardableResult
    private func run(_ command: [String], _ service: Service) throws(ServiceError) -> ProcessResult {
        let words = ServiceCommands.words(command, for: service.unit)
        let text = words.joined(separator: " ")
        var result: ProcessResult
        do {
            let limited =
                isBounded ? interruption.bounded(by: .now + Self.timeout) : interruption.delayed(by: Self.grace)
            result = try processes.run(words, interruption: limited)
            // A service manager that stops the unit of this command ends its children too.
            for _ in 1..<Self.attempts {
                guard isBounded, case .signalled = result.ending else { break }
                result = try processes.run(words, interruption: limited)
            }
        } catch {
            if isBounded, case .interrupted = error { throw .silent(command: text, seconds: Self.timeout.fullSeconds) }
            throw told(error, text)
        }
        switch result.ending {
        case .exited(0): return result
        // The status for a program that is not installed (LSB, "Init Script Actions"), which systemctl follows.
        case .exited(5): throw .notFound(service)
        case .exited(let status):
            throw .failed(command: text, status: status, detail: Self.complaint(result.error))
        case .signalled: throw .signalled(command: text)
        }
    }

    /// A failure to run a command, as an error of the service manager.
    func told(_ error: ProcessError, _ command: String) -> ServiceError {
        switch error {
        case .notFound: .programMissing(command: command, path: path)
        case .notStarted(_, let reason): .notStarted(command: command, reason)
        case .interrupted(let interrupted): .interrupted(interrupted)
        case .unanswered(let program, let seconds): .unanswered(program: program, seconds: seconds)
        }
    }

    /// The last ten lines of a command's error output, without systemctl's remarks that units have changed and that it calls
    /// the helper for init scripts.
    static func complaint(_ text: String) -> String {
        text.split(whereSeparator: \.isNewline).filter { line in
            if line.hasPrefix("Warning: "), line.contains(" changed on disk. ") { return false }
            return !line.hasPrefix("Synchronizing state of ") && !line.hasPrefix("Executing: /")
        }.suffix(10).joined(separator: "\n")
    }
}
