import Foundation

/// An error number of the operating system, in the words of libc.
public struct SystemError: Error, Sendable, Equatable, CustomStringConvertible {
    /// The value of `errno`.
    public let code: Int32

    /// Wraps an error number.
    public init(_ code: Int32) {
        self.code = code
    }

    /// The error of the C call that has just failed.
    static var last: SystemError {
        SystemError(errno)
    }

    /// For example `Permission denied (os error 13)`.
    public var description: String {
        if self == .untrustedLink {
            return "a symbolic link on the way belongs to somebody who does not own what it leads to, so root does not "
                + "follow it"
        }
        if self == .notPlain { return "it is not a plain file" }
        return "\(unsafe String(cString: strerror(code))) (os error \(code))"
    }

    /// True for the two codes that say that the caller has not the right to do this.
    public var isPermission: Bool {
        code == EACCES || code == EPERM
    }
}
