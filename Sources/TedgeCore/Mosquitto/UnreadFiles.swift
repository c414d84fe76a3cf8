/// Whether the running mosquitto has read its files in their present form.
///
/// mosquitto reads bridges only when it starts. A mark is written before files change and removed after the restart. A mark
/// that a killed run left is compared with the start of the running mosquitto; both are times since the boot, so that setting
/// the clock does not matter. A reload by SIGHUP does not count, because mosquitto reads no bridges then.
final class UnreadFiles {
    /// What is known.
    enum Answer: Equatable {
        /// mosquitto started after the last change, or does not run.
        case read
        /// mosquitto started before the last change.
        case unread
        /// There was a change, and it is unknown when mosquitto started.
        case unknown
    }

    private let path: String
    private let context: Context
    private let manager: ServiceManager
    private let port: UInt16
    private var before: Answer?
    /// When the first change began, microseconds since the boot.
    private var begun: UInt64?

    /// Observes the files of a configuration directory.
    ///
    /// - Parameter port: The port of mosquitto, to find one that systemd did not start.
    init(in context: Context, _ manager: ServiceManager, port: UInt16?) {
        path = Self.path(in: context.configurationDirectory)
        (self.context, self.manager) = (context, manager)
        self.port = port ?? 1883
    }

    /// The path of the mark. mosquitto reads no file of this name.
    static func path(in directory: String) -> String {
        "\(BridgePaths.directory(in: directory))/tedge-mosquitto.conf.unread"
    }

    /// Whether mosquitto has read the files. Without a mark nothing is asked.
    func answer() -> Answer {
        guard let bytes = try? context.files.readIfPresent(path) else { return .read }
        let words = String(decoding: bytes, as: UTF8.self).split(whereSeparator: { $0 == " " || $0.isNewline })
        // A mark of another boot, or one that a power cut left empty, is older than everything that runs.
        guard words.count == 2, let time = UInt64(words[1]), words[0] == boot else { return .read }
        switch process() {
        case .none: return .read
        case .some(nil): return .unknown
        case .some(let process?):
            guard let start = ProcessStart.microseconds(process, proc: context.processDirectory) else {
                return .unknown
            }
            return start < time ? .unread : .read
        }
    }

    /// The same for a command that holds the lock of the configuration: an outdated mark is removed.
    func answerRemovingOutdatedMark() -> Answer {
        let answer = answer()
        if answer == .read, context.files.exists(path) { end() }
        return answer
    }

    /// Marks that files are about to change. If nothing can be written, the change itself fails and says so.
    func begin() {
        if before == nil { (before, begun) = (answer(), MonotonicClock.bootMicroseconds) }
        write()
    }

    /// Marks that the files are complete, and that mosquitto was not restarted.
    func leave() { write() }

    /// Removes the mark: mosquitto has read the files, or does not run.
    func end() {
        context.files.discard(path)
        before = nil
    }

    /// Removes the mark if mosquitto had read the files before: they are as before, and mosquitto was not restarted.
    func endAfterRollBack() {
        if before == .read { end() }
    }

    /// Removes the mark if the running mosquitto is that from before the change: the files are as before, and mosquitto could
    /// not be restarted.
    func endAfterRollBackUnlessRestarted() {
        guard before == .read, let begun, case .some(let process?) = process(),
            let start = ProcessStart.microseconds(process, proc: context.processDirectory), start < begun
        else { return }
        end()
    }

    /// Warns if the running mosquitto has not read the files.
    ///
    /// - Parameter hint: The command to run; nil for a restart of mosquitto.
    static func warn(in context: Context, hint: String? = nil) {
        guard context.files.exists(path(in: context.configurationDirectory)),
            let system = try? SystemSettings.load(from: context),
            let settings = try? Settings.load(from: context.settingsSource)
        else { return }
        let manager = ServiceManager(system, in: context)
        let port = (try? ListenerConfiguration.from(settings))?.port
        guard UnreadFiles(in: context, manager, port: port).answer() == .unread else { return }
        let restart = ServiceCommands.words(system.commands.restart, for: Service.mosquitto.unit)
        context.console.warning(
            "mosquitto runs with older files than those in \(BridgePaths.directory(in: context.configurationDirectory)). Run "
                + "'\(hint ?? "sudo " + restart.joined(separator: " "))'.")
    }

    private func write() {
        guard let boot else { return }
        let contents = Array("\(boot) \(MonotonicClock.bootMicroseconds)\n".utf8)
        _ = try? context.files.replace(path, with: contents, mode: 0o644, owner: nil)
    }

    private lazy var boot: Substring? = {
        let path = "\(context.processDirectory)/sys/kernel/random/boot_id"
        guard let bytes = try? context.files.read(path) else { return nil }
        let text = Substring(decoding: bytes, as: UTF8.self).prefix { !$0.isWhitespace }
        return text.isEmpty ? nil : text
    }()

    /// The process of mosquitto; nil if it does not run. The inner nil is a process that is unknown.
    private func process() -> Int32?? {
        if manager.isDefault, (try? manager.checkAvailability()) != nil {
            guard let states = try? manager.states(of: [.mosquitto]), let state = states[.mosquitto] else {
                return .some(nil)
            }
            if let process = state.mainProcess { return .some(process) }
            if !state.isActive { return .none }
        }
        guard let holder = ListeningProcess.of(port, proc: context.processDirectory) else { return .none }
        return holder.program == "mosquitto" ? .some(holder.process) : .some(nil)
    }
}

/// When a process started, proc(5).
enum ProcessStart {
    /// Microseconds since the boot, rounded down to the 10 ms of the kernel's ticks; nil if there is no such process.
    static func microseconds(_ process: Int32, proc: String) -> UInt64? {
        guard let bytes = try? SystemFiles().read("\(proc)/\(process)/stat") else { return nil }
        // The name of the program, in parentheses, may have blanks and parentheses itself. The start is field 22.
        let text = String(decoding: bytes, as: UTF8.self)
        guard let end = text.lastIndex(of: ")") else { return nil }
        let fields = text[text.index(after: end)...].split(separator: " ")
        guard fields.count > 19, let ticks = UInt64(fields[19]) else { return nil }
        return ticks * (1_000_000 / MonotonicClock.ticksPerSecond)
    }
}
