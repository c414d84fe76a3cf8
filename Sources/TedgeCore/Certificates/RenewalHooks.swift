import Foundation

/// The programs that the owner of the device wants to run after a renewed certificate has been taken into use: the
/// executables in `renewal-hooks`, sorted by name.
///
/// A hook gets the path of the certificate and the cloud as arguments, and an environment that holds no secret. One that
/// fails is a warning; the certificate stays in use. Root runs only hooks that nobody else can exchange.
struct RenewalHooks {
    private let inputs: ConnectionInputs
    private let context: Context
    /// How long each hook may take.
    private static let limit = Duration.seconds(60)

    /// The directory of the hooks.
    static func directory(in configurationDirectory: String) -> String { "\(configurationDirectory)/renewal-hooks" }

    /// Makes the hooks for a connection whose certificate has been replaced.
    init(_ inputs: ConnectionInputs, in context: Context) { (self.inputs, self.context) = (inputs, context) }

    private var directory: String { Self.directory(in: context.configurationDirectory) }

    /// Runs all hooks, and prints a warning for each that fails. Returns the member of the JSON object; none without hooks.
    func run() -> [JSONValue.Member] {
        let names: [String]
        do {
            names = try context.files.list(directory).filter(HookTrust.isHook)
        } catch {
            context.console.warning("The renewal hooks were not run: \(CommandReport.sentence(error.causes))")
            return []
        }
        guard !names.isEmpty else { return [] }
        if let problem = trust.problem(ofDirectory: directory) {
            context.console.warning(
                "The renewal hooks were not run: \(directory) \(problem)\nHint: Run 'ls -ld \(ShellWord.quoted(directory))' "
                    + "to look at it.")
            return [.init("hooks", .array(names.map { outcome($0, "not run", problem) }))]
        }
        let held = isExchangeable ? HeldDirectory(directory) : nil
        let outcomes = names.compactMap { run($0, in: held) }
        return outcomes.isEmpty ? [] : [.init("hooks", .array(outcomes))]
    }

    // MARK: Whose they are

    private var trust: HookTrust { HookTrust(context) }

    private var isExchangeable: Bool { trust.isExchangeable(directory) }

    // MARK: One of them

    private func run(_ name: String, in held: HeldDirectory?) -> JSONValue? {
        let path = Path.join(directory, name)
        guard let status = (try? context.files.status(path, followLinks: !context.accounts.isRoot)) ?? nil else {
            return nil
        }
        if status.kind == .link {
            return warned(name, "not run", "was not run: it is a link, and root follows none.")
        }
        guard status.kind == .file, status.mode & 0o111 != 0 else { return nil }
        if let objection = trust.objection(status) {
            let hint = "\nHint: Run 'ls -l \(ShellWord.quoted(path))' to look at it."
            return warned(name, "not run", "was not run: it \(objection)", hint)
        }
        if isExchangeable, held == nil { return warned(name, "not run", "was not run: its directory was exchanged.") }
        if context.interruption.signal() != nil { return warned(name, "not run", "was not run: a signal arrived.") }
        context.console.line("Running the renewal hook \(name).")
        do throws(ProcessError) {
            let file = held.map { Path.join($0.path, name) } ?? path
            let result = try context.processes.ask(
                ["/usr/bin/env", "-i"] + environment(path) + [file] + arguments, within: Self.limit,
                interruption: context.interruption)
            if result.succeeded { return outcome(name, "ok", nil) }
            return warned(name, "failed", "failed \(Self.words(result))")
        } catch {
            return warned(name, "failed", Self.words(error))
        }
    }

    private var arguments: [String] {
        [(try? inputs.builder.settings.path("device.cert_path")) ?? "", target]
    }

    /// The cloud as `c8y` or `c8y.NAME`.
    private var target: String { inputs.cloud.name.rawValue + (inputs.profile.map { ".\($0)" } ?? "") }

    /// The whole environment of a hook.
    private func environment(_ path: String) -> [String] {
        let cloud = inputs.builder.settings
        var variables = [
            ("PATH", "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"),
            ("TEDGE_CONFIG_DIR", context.configurationDirectory), ("RENEWAL_HOOK", path),
            ("RENEWED_CERT_PATH", arguments[0]), ("RENEWED_CLOUD", inputs.cloud.name.rawValue),
            ("RENEWED_PROFILE", inputs.profile?.text ?? ""),
        ]
        if let key = try? cloud.path("device.key_path") { variables.append(("RENEWED_KEY_PATH", key)) }
        if let id = try? inputs.builder.deviceID() { variables.append(("RENEWED_DEVICE_ID", id)) }
        if let language = context.environment["LANG"] { variables.append(("LANG", language)) }
        return variables.map { "\($0)=\($1)" }
    }

    // MARK: What is said

    private static func words(_ result: ProcessResult) -> String {
        let lines = (result.error.isEmpty ? result.output : result.error).split(whereSeparator: \.isNewline)
        let last = lines.last.map { ": \(String($0.prefix(300)))" } ?? "."
        return switch result.ending {
        case .exited(let status): "with status \(status)\(last)"
        case .signalled(let signal): "by signal \(signal)\(last)"
        }
    }

    private static func words(_ error: ProcessError) -> String {
        switch error {
        case .notFound(let program): "could not be started: there is no \(program)."
        case .notStarted(_, let reason): "could not be started: \(reason)"
        case .interrupted: "was ended, because a signal arrived."
        case .unanswered(_, let seconds): "did not end within \(seconds) seconds, and was ended."
        }
    }

    private func warned(_ name: String, _ result: String, _ words: String, _ hint: String = "") -> JSONValue {
        context.console.warning("The renewal hook \(name) \(words)\(hint)")
        return outcome(name, result, words)
    }

    private func outcome(_ name: String, _ result: String, _ message: String?) -> JSONValue {
        .object([
            .init("name", .string(name)), .init("result", .string(result)), .init("message", .optional(message)),
        ])
    }
}
