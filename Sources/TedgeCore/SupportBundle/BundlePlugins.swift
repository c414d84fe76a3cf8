import Synchronization

/// The programs of packages and of the owner of the device that tell more for a support bundle: the executables in the
/// directories of `diag.plugin_paths`.
///
/// Each is called as `PLUGIN collect --output-dir DIR --config-dir DIR`, as thin-edge.io calls it. What it prints is kept in
/// `output.log` of its output directory. Status 2 means that it has nothing to say on this device.
struct BundlePlugins {
    /// What became of a plugin.
    struct Outcome: Sendable, Equatable {
        enum Result: String, Sendable, CaseIterable {
            case ok, skipped, failed
            case notRun = "not-run"
        }

        let path: String
        let result: Result
        /// Why it is neither `ok` nor `skipped`.
        var message: String?

        /// For the JSON object.
        var json: JSONValue {
            .object([
                .init("path", .string(path)), .init("result", .string(result.rawValue)),
                .init("message", .optional(message)),
            ])
        }
    }

    /// The directories, absolute paths.
    let directories: [String]
    /// How long each plugin may take, and how long it may go on after it was told to end.
    let limit, grace: Duration
    /// When all must have ended.
    let deadline: ContinuousClock.Instant
    let context: Context
    /// The directory of packages, which need not exist.
    static let usualDirectory = "/usr/share/tedge/diag-plugins"
    private static let notApplicable: Int32 = 2
    private static let marker = ".ignore"

    /// The plugins, sorted by directory and name, and what is in the directories and is none.
    func find() -> (plugins: [String], ignored: [Outcome]) {
        var plugins: [String] = []
        var ignored: [Outcome] = []
        for directory in Set(directories).sorted() {
            if directory != Self.usualDirectory, !context.files.isDirectory(directory) {
                ignored.append(.init(path: directory, result: .notRun, message: "There is no such directory."))
                continue
            }
            let names: [String]
            do throws(FileError) {
                names = try context.files.list(directory).filter(HookTrust.isHook)
            } catch {
                ignored.append(.init(path: directory, result: .notRun, message: CommandReport.sentence(error.causes)))
                continue
            }
            let trust = HookTrust(context)
            var problem = names.isEmpty ? nil : trust.problem(ofDirectory: directory)
            if !names.isEmpty, problem == nil, trust.isExchangeable(directory) {
                problem = "can be exchanged by another user."
            }
            if let problem {
                ignored.append(.init(path: directory, result: .notRun, message: "The directory \(problem)"))
                continue
            }
            for name in names where !name.hasSuffix(Self.marker) {
                let path = Path.join(directory, name)
                guard let status = (try? context.files.status(path, followLinks: !context.accounts.isRoot)) ?? nil,
                    status.kind != .directory
                else { continue }
                if let why = objection(status, trust) {
                    ignored.append(.init(path: path, result: .notRun, message: why))
                } else {
                    plugins.append(path)
                }
            }
        }
        return (plugins, ignored)
    }

    private func objection(_ status: FileStatus, _ trust: HookTrust) -> String? {
        if status.kind == .link { return "It is a link, and root follows none." }
        guard status.kind == .file else { return "It is not a file." }
        if status.mode & 0o111 == 0 { return "It is not executable." }
        return trust.objection(status, isRootAlso: !context.accounts.isRoot).map { "It \($0)" }
    }

    /// Runs a plugin, and keeps what it says in the bundle. Throws if the bundle cannot be written, or if a signal arrived.
    ///
    /// - Parameter missed: Gets what the plugin has written and cannot be kept.
    func run(_ path: String, _ bundle: inout BundleDirectory, missed: inout [String]) throws -> Outcome {
        let rest = ContinuousClock.now.duration(to: deadline)
        guard rest > .seconds(1) else {
            return .init(path: path, result: .notRun, message: "There was no time left for it.")
        }
        let file = Path.name(of: path)
        let stem = file.split(separator: ".", omittingEmptySubsequences: false).dropLast().joined(separator: ".")
        let directory = try bundle.makeDirectory(like: stem.isEmpty ? file : stem)
        let words = [path, "collect", "--output-dir", directory, "--config-dir", context.configurationDirectory]
        let watch = SizeWatch(directory, context)
        var log = "$ \(words.map(ShellWord.quoted).joined(separator: " "))\n"
        let outcome: Outcome
        do throws(ProcessError) {
            let result = try context.processes.report(
                words, with: ["TEDGE_CONFIG_DIR": context.configurationDirectory], within: min(limit, rest),
                grace: grace, interruption: watch.interruption)
            log += Self.log(result)
            outcome = Self.outcome(path, result)
        } catch {
            if case .interrupted(let interrupted) = error, !watch.isFull { throw interrupted }
            let why =
                watch.isFull
                ? "It wrote more than \(BundleDirectory.pluginLimit >> 20) MiB, and was ended." : Self.why(error)
            log += "\(why)\n"
            outcome = .init(path: path, result: .failed, message: why)
        }
        missed += try bundle.clean(directory)
        try bundle.write(.init(name: Path.name(of: directory) + "/output.log", contents: Array(log.utf8)))
        return outcome
    }

    private static func outcome(_ path: String, _ result: ProcessResult) -> Outcome {
        switch result.ending {
        case .exited(0): .init(path: path, result: .ok)
        case .exited(notApplicable): .init(path: path, result: .skipped)
        case .exited(let status): .init(path: path, result: .failed, message: "It failed with status \(status).")
        case .signalled(let signal): .init(path: path, result: .failed, message: "It was ended by signal \(signal).")
        }
    }

    private static func log(_ result: ProcessResult) -> String {
        let ending =
            switch result.ending {
            case .exited(let status): "exit status: \(status)"
            case .signalled(let signal): "killed by signal: \(signal)"
            }
        return "\(ending)\n"
            + [("stderr", result.error), ("stdout", result.output)].map { name, text in
                let isCut = text.utf8.count >= SystemProcesses.outputLimit
                return "\n\(name) <<EOF\n\(text)\(text.isEmpty || text.hasSuffix("\n") ? "" : "\n")EOF\n"
                    + (isCut ? "(only the first \(SystemProcesses.outputLimit / 1024) KiB are kept)\n" : "")
            }.joined()
    }

    private static func why(_ error: ProcessError) -> String {
        switch error {
        case .notFound: "It could not be started: it is gone, or it is not executable."
        case .notStarted(_, let reason): "It could not be started: \(reason)."
        case .interrupted: "It was ended, because a signal arrived."
        case .unanswered(_, let seconds): "It did not end within \(seconds) seconds, and was ended."
        }
    }
}

/// Watches how much a plugin writes.
private final class SizeWatch: Sendable {
    private let directory: String
    private let context: Context
    private let state = Mutex<(next: ContinuousClock.Instant, isFull: Bool)>((.now, false))

    init(_ directory: String, _ context: Context) { (self.directory, self.context) = (directory, context) }

    /// Whether it was too much.
    var isFull: Bool { state.withLock { $0.isFull } }

    /// The interruption of the context, and one, like a SIGXFSZ, when it is too much.
    var interruption: Interruption {
        Interruption { self.context.interruption.signal() ?? (self.hasFilled() ? 25 : nil) }
    }

    private func hasFilled() -> Bool {
        let isDue = state.withLock { state in
            guard !state.isFull, state.next <= .now else { return false }
            state.next = .now + .milliseconds(500)
            return true
        }
        guard isDue, BundleDirectory.size(of: directory, context.files) > BundleDirectory.pluginLimit else {
            return isFull
        }
        state.withLock { $0.isFull = true }
        return true
    }
}
