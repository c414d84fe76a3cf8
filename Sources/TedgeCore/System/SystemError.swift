import Foundation

/// An error number of the operating system, in the words of libc.
public struct SystemError: Error, Sendable, Equatable, CustomStringConvertible {
    /// The value of `errno`.
    public let code: Int32
    /// The link that was not followed, if that is what happened.
    public let link: UntrustedLink?

    /// Wraps an error number.
    public init(_ code: Int32) { self.init(code, nil) }

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
        case .notPlain: return "It is not a plain file."
        case .notOurs: return "It was not made by tedge, or it was exchanged meanwhile."
        case .secondName: return "The file has a second name in another directory, so root does not touch it."
        case .notRequest: return "It holds something else than a certificate request, so it is not replaced by one."
        case .setUserID: return "It has the set-user-id or set-group-id bit, so it is not given to somebody else."
        default: break
        }
        return "\(unsafe String(cString: strerror(code))) (os error \(code))"
    }

    /// How to look at what has a name, and how to get it out of the way. Nothing is destroyed.
    static func lookHint(_ path: String) -> String {
        let place = ShellWord.quoted(path)
        return "Run 'ls -ld \(place)' to see what it is. If nobody needs it, run "
            + "'sudo mv -n \(place) \(ShellWord.quoted(path + ".untrusted"))' and try again."
    }

    /// True for the two codes that say that the caller has not the right to do this.
    public var isPermission: Bool {
        code == EACCES || code == EPERM
    }
}
