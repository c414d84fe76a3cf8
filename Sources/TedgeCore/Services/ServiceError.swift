/// Why a service could not be driven.
public enum ServiceError: ExplainedError, Equatable {
    /// There is no such service.
    case notFound(service: String)
    /// A command of the service manager failed; what it said is the detail.
    case failed(command: String, status: Int32, detail: String)
    /// A command of the service manager was ended by a signal.
    case signalled(command: String)
    /// The program of a command is missing.
    case programMissing(command: String, path: String)
    /// The program of a command cannot be started.
    case notStarted(command: String, SystemError)
    /// The service manager is not there.
    case unavailable(manager: String, command: String)
    /// `system.toml` is broken.
    case brokenSystemFile(path: String, reason: String)
    /// A command in `system.toml` cannot be used.
    case brokenCommand(path: String, key: String, reason: String)
    /// A command of the service manager did not come to its end.
    case silent(command: String, seconds: Int)
    /// A signal came.
    case interrupted(Interrupted)

    /// One word for each case.
    public var id: String {
        switch self {
        case .notFound(let service): "\(service)-not-found"
        case .failed: "service-command-failed"
        case .signalled: "service-command-signalled"
        case .programMissing, .notStarted: "service-command-missing"
        case .unavailable: "service-manager-unavailable"
        case .brokenSystemFile, .brokenCommand: "system-file-broken"
        case .silent: "service-manager-silent"
        case .interrupted(let interrupted): interrupted.id
        }
    }

    /// What happened.
    public var causes: [String] {
        switch self {
        case .notFound(let service): ["Service \(service) not found. Install \(service) to use this command."]
        case .failed(let command, let status, let detail):
            ["Service command <\"\(command)\"> failed with code: \(status)."] + (detail.isEmpty ? [] : [detail])
        case .signalled(let command): ["Service command <\"\(command)\"> terminated by a signal."]
        case .programMissing(let command, let path):
            ["Service command <\"\(command)\"> not found.\nCheck '\(path)' file."]
        case .notStarted(let command, let reason):
            ["Service command <\"\(command)\"> cannot be started.", reason.description]
        case .unavailable(let manager, let command):
            [
                "Failed to execute '\(command)' to check the service manager availability.\n"
                    + "Service manager '\(manager)' is not available on the system or elevated permissions have not been "
                    + "granted."
            ]
        case .brokenSystemFile(let path, let reason):
            ["Toml syntax error in the system config file '\(path)': \(reason)"]
        case .brokenCommand(let path, let key, let reason):
            ["Syntax error in the system config file for '\(key)': \(reason)\nCheck '\(path)' file."]
        case .silent(let command, let seconds):
            ["Service command <\"\(command)\"> did not end within \(seconds) seconds."]
        case .interrupted(let interrupted): interrupted.causes
        }
    }

    /// Whether a signal came.
    public var isInterruption: Bool { if case .interrupted = self { true } else { false } }

    /// What to do about it.
    public var hint: String? {
        switch self {
        case .failed(_, _, let detail) where detail.contains("Access denied") || detail.contains("authentication"):
            ErrorAdvice.useSudo
        case .failed, .signalled: "Run 'tedge doctor' to find out more."
        case .brokenSystemFile(let path, _): "Correct \(path). Nothing has been changed."
        case .interrupted(let interrupted): interrupted.hint
        default: nil
        }
    }
}
