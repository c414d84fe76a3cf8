import Foundation

/// An error that a person can meet: every one says what happened, where, and what to do next.
public protocol ExplainedError: Error, Sendable {
    /// The word for programs.
    var id: ReasonID { get }
    /// What happened, from the outermost cause to the innermost. A cause can have several lines.
    var causes: [String] { get }
    /// What to do about it, or nil if the causes say it.
    var hint: String? { get }
    /// The last line of the causes, if it says what to type.
    var advice: String? { get }
    /// The file or directory that the caller has no permission for; nil if that is not what happened.
    var forbiddenPath: String? { get }
    /// Whether a signal, or lost output, ended the command.
    var isInterruption: Bool { get }
}

extension ExplainedError {
    /// No hint.
    public var hint: String? { nil }

    /// None.
    public var advice: String? { nil }
    /// Not a matter of permissions.
    public var forbiddenPath: String? { nil }
    /// Not an interruption.
    public var isInterruption: Bool { false }
}

/// Hints that several errors give.
enum ErrorAdvice {
    static let useSudo = "Run the command with sudo."

    /// The hint for something that is not a file where a file belongs.
    static func putFile(_ path: String) -> String {
        "Run 'ls -l \(ShellWord.quoted(path))' to look at it, and put a file there or name another one."
    }
}

extension SettingsError: ExplainedError {}

extension FileError: ExplainedError {
    /// The reason for a disk that is full or read-only, else one for each operation.
    public var id: ReasonID {
        switch reason.code {
        case ENOSPC, EDQUOT: return .diskFull
        case EROFS: return .readOnlyFileSystem
        default: break
        }
        if reason.link != nil { return .untrustedLink }
        if reason.isNotPlain { return .fileNotPlain }
        if reason == .notRequest { return .requestPathInvalid }
        if [.notOurs, .exchanged, .secondName, .setUserID].contains(reason) { return .fileForeign }
        return switch operation {
        case .read, .list: .fileUnreadable
        case .write, .create, .remove, .makeDirectory, .changeMode, .changeOwner: .fileNotWritable
        }
    }

    /// The operation with the file, then the reason.
    public var causes: [String] {
        let what =
            switch operation {
            case .read: "Cannot read \(path)"
            case .write: "Cannot write \(path)"
            case .create: "Cannot create \(path)"
            case .remove: "Cannot remove \(path)"
            case .makeDirectory: "Cannot make the directory \(path)"
            case .changeMode: "Cannot change the permissions of \(path)"
            case .changeOwner: "Cannot change the owner of \(path)"
            case .list: "Cannot list the directory \(path)"
            }
        return [what, reason.description]
    }

    /// The file, if the caller has no permission.
    public var forbiddenPath: String? { reason.isPermission ? path : nil }

    /// How to make room, or to get the permission.
    public var hint: String? {
        if let link = reason.link { return link.hint }
        if reason == .notRequest { return CertificateError.requestInPlace(path: path).hint }
        if reason == .exchanged { return "Run the command again." }
        if [.notOurs, .setUserID].contains(reason) { return SystemError.lookHint(path) }
        if reason == .secondName || reason.code == EMLINK {
            return "Run 'sudo find / -xdev -samefile \(ShellWord.quoted(path))' to see its names."
        }
        return switch reason.code {
        case EACCES, EPERM: ErrorAdvice.useSudo
        case ENOSPC, EDQUOT: "Run 'df \(Path.directory(of: path))', and remove what is not needed."
        case EBUSY where operation != .read && operation != .list:
            "If \(path) is a mount of its own, as in a container, mount its directory instead: only that lets files be replaced."
        case EROFS: "Run 'sudo mount -o remount,rw <directory>' for the file system of \(path)."
        default: reason.isNotPlain ? ErrorAdvice.putFile(path) : nil
        }
    }
}
