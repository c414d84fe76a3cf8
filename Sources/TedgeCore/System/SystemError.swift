import Foundation

/// An error number of the operating system, in the words of libc.
public struct SystemError: Error, Sendable, Equatable, CustomStringConvertible {
    /// The value of `errno`.
    let code: Int32
    /// The link that was not followed, if that is what happened.
    let link: UntrustedLink?

    /// Wraps an error number.
    init(_ code: Int32) { self.init(code, nil) }

    private init(_ code: Int32, _ link: UntrustedLink?) { (self.code, self.link) = (code, link) }

    /// Root did not follow a link that somebody else can lead somewhere else.
    static func untrusted(_ link: UntrustedLink) -> SystemError { SystemError(-1, link) }

    /// The error of the C call that has just failed.
    static var last: SystemError {
        SystemError(errno)
    }

    /// For example `Permission denied (os error 13)`.
    public var description: String {
        if let link { return link.description }
        switch self {
        case .notOurs: return "It was not made by tedge, or it was exchanged meanwhile."
        case .exchanged: return "Somebody else has changed it since it was read."
        case .secondName: return "The file has a second name in another directory, so root does not touch it."
        case .notRequest: return "It holds something else than a certificate request, so it is not replaced by one."
        case .setUserID: return "It has the set-user-id or set-group-id bit, so it is not given to somebody else."
        default: break
        }
        if let kind { return "it is \(kind), not a file" }
        return "\(unsafe String(cString: strerror(code))) (os error \(code))"
    }

    /// How to look at what has a name, and how to get it out of the way. Nothing is destroyed.
    static func lookHint(_ path: String) -> String {
        let place = ShellWord.quoted(path)
        return "Run 'ls -ld \(place)' to see what it is. If nobody needs it, run "
            + "'sudo mv -n \(place) \(ShellWord.quoted(path + ".untrusted"))' and try again."
    }

    /// True for the two codes that say that the caller has not the right to do this.
    var isPermission: Bool {
        code == EACCES || code == EPERM
    }
}

extension SystemError {
    /// What has a name and is read neither as a file nor as a directory: the error codes beyond those of the system, with
    /// what it is in words.
    private static let kinds: [(type: mode_t, code: Int32, name: String)] = [
        (S_IFIFO, -2, "a FIFO"), (S_IFSOCK, -7, "a socket"), (S_IFCHR, -8, "a device"), (S_IFBLK, -8, "a device"),
    ]

    /// A directory, where a file is wanted.
    static let isDirectory = SystemError(EISDIR)

    /// Whether a file has more bytes than are read of it.
    var isTooLarge: Bool { code == EFBIG }

    /// A pipe, where a plain file is wanted; to read it may never end.
    static let notPlain = SystemError(-2)

    /// What it is that is no plain file, in words; nil for an error of the system.
    private var kind: String? { Self.kinds.first { $0.code == code }?.name }

    /// Whether it is about something that is neither a file nor a directory.
    var isNotPlain: Bool { kind != nil }

    /// Why something cannot be read as a file; nil if it can. `/dev/null` can: it stands for an empty file.
    static func notPlain(_ information: stat) -> SystemError? {
        // The numbers of /dev/null are the same on every Linux (null(4)).
        if information.isFile || (information.kind == S_IFCHR && information.st_rdev == 0x103) { return nil }
        if information.isDirectory { return .isDirectory }
        return SystemError(kinds.first { $0.type == information.kind }?.code ?? -2)
    }
}
