/// Why a service could not be controlled.
public enum ServiceError: ExplainedError, Equatable {
    /// The service does not exist.
    case notFound(Service)
    /// A command of the service manager failed; what it said is the detail.
    case failed(command: String, status: Int32, detail: String)
    /// A command of the service manager was ended by a signal.
    case signalled(command: String)
    /// The program of a command is missing.
    case programMissing(command: String, path: String)
    /// The program of a command cannot be started.
    case notStarted(command: String, SystemError)
    /// The service manager does not run.
    case unavailable(manager: String, command: String)
    /// `system.toml` cannot be read.
    case unreadableSystemFile(path: String, SystemError)
    /// `system.toml` is broken.
    case brokenSystemFile(path: String, reason: String)
    /// A command in `system.toml` cannot be used.
    case brokenCommand(path: String, key: String, reason: String)
    /// A command of the service manager did not finish.
    case silent(command: String, seconds: Int)
    /// A question to the service manager was not answered.
    case unanswered(program: String, seconds: Int)
    /// A service is masked; until the next boot if `isRuntime`.
    case masked(Service, isRuntime: Bool)
    /// systemd cannot read the unit of a service.
    case unitBroken(Service)
    /// mosquitto is a snap, which cannot read our files.
    case confined(unit: String)
    /// A signal came.
    case interrupted(Interrupted)

    /// One word for each case.
    public var id: ReasonID {
        switch self {
        case .notFound(let service): service.reason(.absent)
        case .failed: .serviceCommandFailed
        case .signalled: .serviceCommandSignalled
        case .programMissing, .notStarted: .serviceCommandMissing
        case .unavailable: .serviceManagerUnavailable
        case .unreadableSystemFile, .brokenSystemFile, .brokenCommand: .systemFileBroken
        case .silent, .unanswered: .serviceManagerSilent
        case .masked(let service, _): service.reason(.masked)
        case .unitBroken(let service): service.reason(.unitBroken)
        case .confined: .mosquittoIsSnap
        case .interrupted(let interrupted): interrupted.id
        }
    }

    /// What happened.
    public var causes: [String] {
        switch self {
        case .notFound(.mosquitto): ["Service mosquitto not found. Install mosquitto to use this command."]
        case .notFound(let service): ["There is no service \(service.unit), although its program is installed."]
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
        case .unreadableSystemFile(let path, let reason):
            ["Cannot read the system config file '\(path)': \(reason)"]
        case .brokenSystemFile(let path, let reason):
            ["Toml syntax error in the system config file '\(path)': \(reason)"]
        case .brokenCommand(let path, let key, let reason):
            ["Syntax error in the system config file for '\(key)': \(reason)\nCheck '\(path)' file."]
        case .silent(let command, let seconds):
            ["Service command <\"\(command)\"> did not end within \(seconds) seconds."]
        case .unanswered(let program, let seconds): ["\(program) did not answer within \(seconds) s."]
        case .masked(let service, _):
            ["The service \(service.unit) is masked: systemd is told never to start it."]
        case .unitBroken(let service):
            ["systemd cannot read the unit of \(service.unit), and so it cannot start the service again."]
        case .confined(let unit):
            ["mosquitto is installed as a snap (\(unit)), which cannot read the files of tedge."]
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
        case .failed(_, _, let detail) where detail.contains("Read-only file system"):
            "Make the file system that is named writable, for example with 'sudo mount -o remount,rw /'."
        case .failed, .signalled: "Run 'tedge doctor' to find out more."
        case .notFound(let service) where service != .mosquitto:
            "Install the service, for example with 'sudo apt install --reinstall \(service.name)'."
        case .unanswered(let program, _):
            "Run '\(program)' yourself to see whether it answers; if it does not, restart the device."
        case .masked(let service, let isRuntime):
            "Run 'sudo systemctl unmask \(isRuntime ? "--runtime " : "")\(service.unit)'."
        case .unitBroken(let service):
            "Run 'systemd-analyze verify \(service.unit).service' to see what is wrong, correct it, then run "
                + "'sudo systemctl daemon-reload'."
        case .confined:
            "Run 'sudo snap stop --disable mosquitto && sudo apt install mosquitto', then run the command again."
        case .unreadableSystemFile(let path, let reason) where reason.isNotPlain: ErrorAdvice.putFile(path)
        case .unreadableSystemFile(let path, _), .brokenSystemFile(let path, _):
            "Correct \(path). Nothing has been changed."
        case .interrupted(let interrupted): interrupted.hint
        default: nil
        }
    }
}
