import Foundation

/// An error for users: it says what happened, where, and what to do next.
public protocol ExplainedError: Error, Sendable {
    /// The id for programs.
    var id: ReasonID { get }
    /// The causes, from the outermost to the innermost. A cause can have several lines.
    var causes: [String] { get }
    /// How to fix it; nil if there is no advice or the causes contain it.
    var hint: String? { get }
    /// The last line of the causes, if it says what to type; else nil.
    var advice: String? { get }
    /// The file or directory that the caller has no permission for; nil if permissions are not the cause.
    var forbiddenPath: String? { get }
    /// Whether a signal or lost output ended the command.
    var isInterruption: Bool { get }
}

extension ExplainedError {
    /// No hint.
    public var hint: String? { nil }

    /// None.
    public var advice: String? { nil }
    /// Permissions are not the cause.
    public var forbiddenPath: String? { nil }
    /// Not an interruption.
    public var isInterruption: Bool { false }
}

/// Hints that several errors use.
enum ErrorAdvice {
    static let useSudo = "Run the command with sudo."

    /// The hint if something other than a file is at the path of a file.
    static func putFile(_ path: String) -> String {
        "Run 'ls -l \(ShellWord.quoted(path))' to look at it, and put a file there or name another one."
    }
}

extension SettingsError: ExplainedError {}

extension FileError: ExplainedError {
    /// The reason for a full or read-only disk, else the reason for the operation.
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

    /// The operation and the file, and then the reason.
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

    /// The file if the caller has no permission for it, else nil.
    public var forbiddenPath: String? { reason.isPermission ? path : nil }

    /// How to free space or get the permission.
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
