/// Why a host cannot be reached; all kinds of connections share these errors.
public enum SocketError: Error, Sendable, Equatable {
    /// The host's name has no address; `reason` is the text of the resolver.
    case nameNotResolved(host: String, reason: String)
    /// The name servers do not answer in time.
    case nameServerSilent(host: String)
    /// The TCP connection is refused, or there is no route to the host.
    case cannotConnect(host: String, port: UInt16, errno: Int32)
    /// The host does not answer the TCP connection in time.
    case noAnswer(host: String, port: UInt16)
    /// The caller interrupted the wait.
    case interrupted
}

extension SocketError: CustomStringConvertible {
    /// The error as a sentence without a full stop.
    public var description: String {
        switch self {
        case .nameNotResolved(let host, let reason): "the name \(host) cannot be resolved: \(reason)"
        case .nameServerSilent(let host):
            "the name \(host) cannot be resolved: no answer from the name server in time"
        case .cannotConnect(let host, let port, let code):
            "cannot connect to \(host):\(port): \(SystemErrorText.text(code))"
        case .noAnswer(let host, let port): "no answer from \(host):\(port)"
        case .interrupted: "interrupted"
        }
    }
}

/// The error type of a module that uses sockets. Its case `socket` wraps socket errors.
public protocol SocketFailure: Error {
    /// Wraps a socket error.
    static func socket(_ error: SocketError) -> Self
}

extension SocketError: SocketFailure {
    /// Returns the error itself.
    public static func socket(_ error: SocketError) -> SocketError { error }
}
