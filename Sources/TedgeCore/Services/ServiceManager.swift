/// Drives services by the commands of `system.toml`.
public struct ServiceManager: Sendable {
    /// The commands.
    public let commands: ServiceCommands
    /// Whether the commands are those for systemd that hold without a `system.toml`.
    public let isDefault: Bool
    private let path: String
    private let processes: any Processes
    private let systemdRuns: Bool
    /// What ends a wait for a command early.
    var interruption: Interruption
    private var isBounded = false
    /// How long a command may take that no signal interrupts, because it puts something back.
    private static let patience = Duration.seconds(30)
    /// How long enabling goes on after a signal.
    private static let grace = Duration.seconds(3)

    /// Takes the commands of `system.toml`. Throws where that is broken.
    public init(_ settings: SystemSettings, in context: Context) {
        commands = settings.commands
        isDefault = settings.commands == .systemd
        path = settings.path
        processes = context.processes
        systemdRuns = context.files.exists(context.systemdDirectory)
        interruption = context.interruption
    }

    /// Finds out whether the service manager runs. Throws `unavailable` and `interrupted`.
    public func checkAvailability() throws(ServiceError) {
        let unavailable = ServiceError.unavailable(
            manager: commands.name, command: commands.isAvailable.joined(separator: " "))
        if isDefault {
            // What sd_booted(3) asks, and whether its command is there.
            guard systemdRuns, processes.isOnPath("systemctl") else { throw unavailable }
            return
        }
        do {
            guard try processes.run(commands.isAvailable, interruption: interruption).succeeded else {
                throw unavailable
            }
        } catch let error as ProcessError {
            if case .interrupted(let interrupted) = error { throw .interrupted(interrupted) }
            throw unavailable
        } catch {
            throw unavailable
        }
    }

    /// Restarts a service. A start limit of systemd that was reached is lifted.
    public func restart(_ service: Service) throws(ServiceError) { try runPastStartLimit(commands.restart, service) }

    /// Starts a service; one that runs goes on running. A start limit of systemd that was reached is lifted.
    public func start(_ service: Service) throws(ServiceError) { try runPastStartLimit(commands.start, service) }

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
    public func stop(_ service: Service) throws(ServiceError) { try run(commands.stop, service) }

    /// Has a service started when the device starts. Returns false where systemd says that this was so already.
    @discardableResult
    public func enable(_ service: Service) throws(ServiceError) -> Bool {
        try changeLinks("enable", commands.enable, service)
    }

    /// No longer has a service started when the device starts. Returns false where systemd says that this was so already.
    @discardableResult
    public func disable(_ service: Service) throws(ServiceError) -> Bool {
        try changeLinks("disable", commands.disable, service)
    }

    /// The same manager for putting something back: no signal ends its commands, and each has its time.
    var undoing: ServiceManager {
        var manager = self
        manager.interruption = .never
        manager.isBounded = true
        return manager
    }

    /// Runs to its end, which is near, when a signal comes: who interrupts it does not know what it has done.
    private func changeLinks(
        _ verb: String, _ command: [String], _ service: Service
    ) throws(ServiceError) -> Bool {
        var manager = self
        manager.interruption = interruption.delayed(by: Self.grace)
        guard isDefault else {
            try manager.run(command, service)
            return true
        }
        // Without the reload, which takes a tenth of a second and changes nothing that systemd needs to know at once.
        // Links that are made or removed are named on stderr.
        return try !manager.run(["systemctl", "--no-reload", verb, "{}"], service).error.isEmpty
    }

    /// Whether the service runs.
    public func isActive(_ service: Service) -> Bool {
        (try? run(commands.isActive, service)) != nil
    }

    /// Whether the service is started when the device starts; nil where the service manager has no command for this.
    public func isEnabled(_ service: Service) -> Bool? {
        isDefault ? (try? run(["systemctl", "is-enabled", "{}"], service)) != nil : nil
    }

    /// What systemd knows of services, in one question; nil where something else manages them.
    func states(of services: [Service]) -> [Service: ServiceState]? {
        guard isDefault else { return nil }
        let words = ["systemctl", "show", "--property=LoadState,ActiveState"] + services.map(\.unit)
        guard let result = try? processes.run(words, interruption: interruption), result.succeeded else { return nil }
        let blocks = result.output.split(separator: "\n\n")
        guard blocks.count == services.count else { return nil }
        var states: [Service: ServiceState] = [:]
        for (service, block) in zip(services, blocks) {
            let lines = block.split(separator: Character("\n"))
            states[service] = ServiceState(
                isInstalled: !lines.contains("LoadState=not-found"),
                isActive: lines.contains("ActiveState=active") || lines.contains("ActiveState=reloading"))
        }
        return states
    }

    /// Whether systemd no longer starts a service because it was started too often.
    func hasReachedStartLimit(_ service: Service) -> Bool {
        guard isDefault else { return false }
        let words = ["systemctl", "show", "--property=Result", service.unit]
        let result = try? processes.run(words, interruption: interruption)
        return result?.output.split(separator: "\n").contains("Result=start-limit-hit") == true
    }

    /// The last lines of a service in systemd's journal, at most three.
    func lastLines(of service: Service) -> [String] {
        guard isDefault else { return [] }
        let words = ["journalctl", "--unit=\(service.unit)", "--lines=3", "--output=cat", "--quiet", "--no-pager"]
        guard let result = try? processes.run(words, interruption: interruption), result.succeeded else { return [] }
        return result.output.split(separator: "\n").map(String.init)
    }

    /// Whether systemd refused to start the service at all, as it does beyond the start limit. The property Result says so
    /// only where the limit was reached by a request, not by a restart of systemd's own.
    private func wasNotStarted(_ service: Service, since begin: UInt64) -> Bool {
        let words = ["systemctl", "show", "--property=Result,ExecMainStartTimestampMonotonic", service.unit]
        guard let lines = try? processes.run(words, interruption: interruption).output.split(separator: "\n") else {
            return false
        }
        if lines.contains("Result=start-limit-hit") { return true }
        let name = "ExecMainStartTimestampMonotonic="
        let start = lines.first { $0.hasPrefix(name) }.flatMap { UInt64($0.dropFirst(name.count)) }
        return start.map { $0 < begin } ?? false
    }

    @discardableResult
    private func run(_ command: [String], _ service: Service) throws(ServiceError) -> ProcessResult {
        let words = ServiceCommands.words(command, for: service.unit)
        let text = words.joined(separator: " ")
        let result: ProcessResult
        do {
            let limited = isBounded ? interruption.bounded(by: .now + Self.patience) : interruption
            result = try processes.run(words, interruption: limited)
        } catch {
            switch error {
            case .interrupted where isBounded:
                throw .silent(command: text, seconds: Int(Self.patience.components.seconds))
            case .notFound: throw .programMissing(command: text, path: path)
            case .notStarted(_, let reason): throw .notStarted(command: text, reason)
            case .interrupted(let interrupted): throw .interrupted(interrupted)
            }
        }
        switch result.ending {
        case .exited(0): return result
        // The status for a program that is not installed (LSB, "Init Script Actions"), which systemctl follows.
        case .exited(5): throw .notFound(service: service.unit)
        case .exited(let status):
            throw .failed(command: text, status: status, detail: Self.trimmed(result.error))
        case .signalled: throw .signalled(command: text)
        }
    }

    private static func trimmed(_ text: String) -> String {
        text.split(whereSeparator: \.isNewline).suffix(10).joined(separator: "\n")
    }
}

/// What is known of a service.
struct ServiceState: Sendable, Equatable {
    var isInstalled: Bool
    var isActive: Bool
}
