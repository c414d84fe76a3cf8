/// The programs that packages and the owner of the device want to be part of a bootstrap: the executables in `prepare.d`,
/// `configure.d`, `register.d` and `finalize.d` of the directories of `bootstrap.plugin_paths`.
///
/// All directories are seen as one. A name that several have counts in the first of them; `NAME.ignore` disables the hook
/// `NAME` in its own directory and in those after it. The hooks of a step run in the order of their names.
struct BootstrapHooks {
    /// The steps that have hooks.
    enum Step: String, CaseIterable, Sendable {
        /// Before anything is written.
        case prepare
        /// After the settings are written.
        case configure
        /// Before the device gets, or is expected to have, its certificate or its credentials.
        case register
        /// After the connection is proven.
        case finalize
    }

    let run: BootstrapRun
    /// The directories, the one that counts most first; absolute paths.
    let directories: [String]
    var isOffline = false
    /// The address of a registration with a one-time password that was made here; nil if none is pending.
    var registrationAddress: String?
    /// How long each hook may take.
    var limit = Self.usualLimit
    var context: Context

    /// How long a hook may take, unless something else is said.
    static let usualLimit = Duration.seconds(300)
    private static let notApplicable: Int32 = 2
    private static let marker = ".ignore"

    /// The directories of a bootstrap: the one of the command line instead of those of the settings.
    static func directories(_ typed: String?, _ settings: Settings, in context: Context) throws -> [String] {
        if let typed { return [Path.absolute(typed, relativeTo: context.currentDirectory())] }
        return try settings.list("bootstrap.plugin_paths").map {
            Path.absolute($0, relativeTo: context.configurationDirectory)
        }
    }

    /// Throws if a hook of any step is not to be trusted, so that this is known before the first one runs.
    func check() throws {
        for step in Step.allCases { _ = try hooks(of: step, warns: false) }
    }

    /// Runs the hooks of a step. Returns the names of those that did something. Throws for the first one that fails; the
    /// following ones do not run then. The first step checks the hooks of all.
    @discardableResult
    func run(_ step: Step) throws -> [String] {
        if step == .prepare { try check() }
        var done: [String] = []
        for hook in try hooks(of: step, warns: true) {
            try context.interruption.check()
            if let rehearsal = context.rehearsal {
                let words = [hook.path] + arguments(step)
                rehearsal.mention("The hook '\(words.map(ShellWord.quoted).joined(separator: " "))' would run.")
                continue
            }
            if try run(hook, step) { done.append(hook.name) }
        }
        return done
    }

    // MARK: Which ones

    private struct Hook {
        let name: String
        /// Its directory.
        let directory: String
        var path: String { Path.join(directory, name) }
    }

    private func hooks(of step: Step, warns: Bool) throws -> [Hook] {
        var decided: [String: Hook?] = [:]
        for root in directories {
            let directory = Path.join(root, "\(step.rawValue).d")
            let names = try context.files.list(directory).filter(HookTrust.isHook)
            guard !names.isEmpty else { continue }
            if let problem = HookTrust(context).problem(ofDirectory: directory) {
                throw BootstrapHookError.foreign(path: directory, isDirectory: true, why: problem)
            }
            var layer: [String: Hook?] = [:]
            for name in names where !name.hasSuffix(Self.marker) {
                let hook = Hook(name: name, directory: directory)
                if try isRunnable(hook, warns: warns && decided[name] == nil && !names.contains(name + Self.marker)) {
                    layer[name] = hook
                }
            }
            for name in names where name.hasSuffix(Self.marker) {
                layer.updateValue(nil, forKey: String(name.dropLast(Self.marker.utf8.count)))
            }
            decided.merge(layer) { first, _ in first }
        }
        let hooks = decided.values.compactMap { $0 }.sorted { $0.name < $1.name }
        for hook in hooks { try checkTrust(hook) }
        return hooks
    }

    /// Whether it is an executable file.
    private func isRunnable(_ hook: Hook, warns: Bool) throws -> Bool {
        guard let status = try context.files.status(hook.path, followLinks: true) else { return false }
        guard status.kind == .file else { return false }
        if status.mode & 0o111 != 0 { return true }
        if warns {
            context.console.warning(
                "The hook \(hook.path) was not run: it is not executable.\nHint: Run 'chmod +x "
                    + "\(ShellWord.quoted(hook.path))' if it is to run.")
        }
        return false
    }

    private func checkTrust(_ hook: Hook) throws {
        guard let status = try context.files.status(hook.path, followLinks: !context.accounts.isRoot) else { return }
        if status.kind == .link {
            throw BootstrapHookError.foreign(
                path: hook.path, isDirectory: false, why: "is a link, and root follows none.")
        }
        if let why = HookTrust(context).objection(status, isRootAlso: !context.accounts.isRoot) {
            throw BootstrapHookError.foreign(path: hook.path, isDirectory: false, why: why)
        }
    }

    // MARK: One of them

    /// Runs a hook. Returns whether it did something.
    private func run(_ hook: Hook, _ step: Step) throws -> Bool {
        var file = hook.path
        var held: HeldDirectory?
        if HookTrust(context).isExchangeable(hook.directory) {
            held = HeldDirectory(hook.directory)
            guard let held else {
                throw BootstrapHookError.foreign(
                    path: hook.directory, isDirectory: true, why: "was replaced while its hooks ran.")
            }
            file = Path.join(held.path, hook.name)
        }
        defer { withExtendedLifetime(held) {} }
        let result: ProcessResult
        do throws(ProcessError) {
            result = try context.processes.run(
                [file] + arguments(step), with: variables, within: limit, interruption: context.interruption)
        } catch {
            if case .interrupted(let interrupted) = error { throw interrupted }
            throw BootstrapHookError.failed(path: hook.path, how: Self.words(error), said: [])
        }
        for line in Self.lines(result.output) { context.console.line("    \(line)") }
        let said = Self.lines(result.error)
        for line in said { context.console.log(.info, "\(hook.name): \(line)") }
        switch result.ending {
        case .exited(0): return true
        case .exited(Self.notApplicable): return false
        case .exited(let status):
            throw BootstrapHookError.failed(path: hook.path, how: "failed with status \(status).", said: said)
        case .signalled(let signal):
            throw BootstrapHookError.failed(path: hook.path, how: "was ended by signal \(signal).", said: said)
        }
    }

    private func arguments(_ step: Step) -> [String] {
        var words = [step.rawValue, "--cloud", run.cloud.rawValue]
        if let url = run.url { words += ["--url", url] }
        if run.registersAgain || run.isClean { words.append("--re-register") }
        if run.isClean { words.append("--clean") }
        if isOffline { words.append("--offline") }
        if step == .register, let method = run.method { words += ["--register-method", method.rawValue] }
        return words
    }

    private var variables: [String: String] {
        var variables = ["TEDGE_CONFIG_DIR": context.configurationDirectory]
        if let profile = run.profile { variables["TEDGE_CLOUD_PROFILE"] = profile.text }
        if let id = run.deviceID { variables["TEDGE_DEVICE_ID"] = id }
        if let registrationAddress { variables["C8Y_REGISTRATION_URL"] = registrationAddress }
        return variables
    }

    private static func lines(_ text: String) -> [String] {
        var lines = text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).map(String.init)
        while lines.last?.isEmpty == true { lines.removeLast() }
        return lines
    }

    private static func words(_ error: ProcessError) -> String {
        switch error {
        case .notFound: "could not be started: it is gone."
        case .notStarted(_, let reason): "could not be started: \(reason)."
        case .interrupted: "was ended, because a signal arrived."
        case .unanswered(_, let seconds): "did not end within \(seconds) seconds, and was ended."
        }
    }
}

/// Why a bootstrap is stopped by a hook.
enum BootstrapHookError: ExplainedError, Equatable {
    /// It failed, and the last lines that it wrote to stderr.
    case failed(path: String, how: String, said: [String])
    /// Somebody else can replace it.
    case foreign(path: String, isDirectory: Bool, why: String)

    private static let shownLines = 20

    var id: ReasonID {
        switch self {
        case .failed: .bootstrapHookFailed
        case .foreign: .bootstrapHookForeign
        }
    }

    var causes: [String] {
        switch self {
        case .failed(let path, let how, let said):
            ["The hook \(path) \(how)"]
                + (said.isEmpty ? [] : [said.suffix(Self.shownLines).joined(separator: "\n")])
        case .foreign(let path, let isDirectory, let why):
            [
                "The \(isDirectory ? "directory" : "hook") \(path) \(why)",
                "Root runs no program that somebody else can replace.",
            ]
        }
    }

    var hint: String? {
        switch self {
        case .failed(let path, _, _):
            "If the device does not need this hook, run 'sudo touch \(ShellWord.quoted(path + ".ignore"))' to disable it."
        case .foreign(let path, let isDirectory, _):
            "Run 'ls -l\(isDirectory ? "d" : "") \(ShellWord.quoted(path))' to look at it."
        }
    }
}
