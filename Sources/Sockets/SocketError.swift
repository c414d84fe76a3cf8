/// Why a host cannot be reached: the failures that all connections have in common.
public enum SocketError: Error, Sendable, Equatable {
    /// The host's name has no address; `reason` is the resolver's.
    case nameNotResolved(host: String, reason: String)
    /// The name servers do not answer in time.
    case nameServerSilent(host: String)
    /// The TCP connection is refused, or there is no way to the host.
    case cannotConnect(host: String, port: UInt16, errno: Int32)
    /// Nothing answers the TCP connection in time.
    case noAnswer(host: String, port: UInt16)
    /// The wait was ended from outside.
    case interrupted
}

extension SocketError: CustomStringConvertible {
    /// The error in a sentence without a full stop.
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

/// An error of a module that uses sockets. Its one case for them is `socket`.
public protocol SocketFailure: Error {
    /// A failure of the socket.
    static func socket(_ error: SocketError) -> Self
}

extension SocketError: SocketFailure {
    /// The failure itself.
    public static func socket(_ error: SocketError) -> SocketError { error }
}
