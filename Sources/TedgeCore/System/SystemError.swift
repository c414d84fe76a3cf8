import Foundation
import Sockets

/// An error number of the operating system, with the message of libc.
public struct SystemError: Error, Sendable, Equatable, CustomStringConvertible {
    /// The value of `errno`.
    let code: Int32
    /// The link that was not followed, if that is what happened.
    let link: UntrustedLink?

    /// Wraps an error number.
    init(_ code: Int32) { self.init(code, nil) }

    private init(_ code: Int32, _ link: UntrustedLink?) { (self.code, self.link) = (code, link) }

    /// Root did not follow a link that another user can change.
    static func untrusted(_ link: UntrustedLink) -> SystemError { SystemError(-1, link) }

    /// The error of the C call that has just failed.
    static var last: SystemError {
        SystemError(errno)
    }

    /// For example `Permission denied (os error 13)`.
    public var description: String {
        if let link { return link.description }
        switch self {
        case .notOurs: return "It was not created by tedge, or it was replaced meanwhile."
        case .exchanged: return "Somebody else has changed it since it was read."
        case .secondName: return "The file has a second name in another directory, so root does not touch it."
        case .notRequest: return "It is not a certificate request, so it is not replaced by one."
        case .setUserID: return "It has the set-user-id or set-group-id bit, so it is not given to somebody else."
        default: break
        }
        if let kind { return "it is \(kind), not a file" }
        return SystemErrorText.text(code)
    }

    /// How to look at a file, and how to rename it. Nothing is destroyed.
    static func lookHint(_ path: String) -> String {
        let file = ShellWord.quoted(path)
        return "Run 'ls -ld \(file)' to see what it is. If nobody needs it, run "
            + "'sudo mv -n \(file) \(ShellWord.quoted(path + ".untrusted"))' and try again."
    }

    /// Whether the caller lacks the permission.
    var isPermission: Bool {
        code == EACCES || code == EPERM
    }
}

extension SystemError {
    /// The kinds of files that are neither regular files nor directories, with error codes that the system does not use and
    /// with their names.
    private static let kinds: [(type: mode_t, code: Int32, name: String)] = [
        (S_IFIFO, -2, "a FIFO"), (S_IFSOCK, -7, "a socket"), (S_IFCHR, -8, "a device"), (S_IFBLK, -8, "a device"),
    ]

    /// There is a directory instead of a file.
    static let isDirectory = SystemError(EISDIR)

    /// Whether a file is larger than the limit.
    var isTooLarge: Bool { code == EFBIG }

    /// There is a pipe instead of a regular file; reading it may never end.
    static let notPlain = SystemError(-2)

    /// The name of what is not a regular file; nil for other errors.
    private var kind: String? { Self.kinds.first { $0.code == code }?.name }

    /// Whether the error is about something that is neither a regular file nor a directory.
    var isNotPlain: Bool { kind != nil }

    /// Why something cannot be read as a regular file; nil if it can. `/dev/null` counts as an empty file.
    static func notPlain(_ information: stat) -> SystemError? {
        // The numbers of /dev/null are the same on every Linux (null(4)).
        if information.isFile || (information.kind == S_IFCHR && information.st_rdev == 0x103) { return nil }
        if information.isDirectory { return .isDirectory }
        return SystemError(kinds.first { $0.type == information.kind }?.code ?? -2)
    }
}
