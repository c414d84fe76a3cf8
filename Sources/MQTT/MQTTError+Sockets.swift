import Glibc
import Sockets
import TLS

/// A waiter that throws the errors of this module.
typealias Waiter = Sockets.Waiter<MQTTError>

extension MQTTError: SocketFailure {
    /// `interrupted` returned true.
    public static var interrupted: MQTTError { .socket(.interrupted) }
}

extension MQTTError {
    /// The error for an end before the broker answers CONNECT: only an accepted connection can be reset.
    ///
    /// In TLS 1.3 the client finishes its handshake before the broker checks the client certificate (RFC 8446, appendix
    /// E.1), and the reset after a refusal can arrive before the alert with the reason.
    static func beforeAnswer(_ endpoint: Endpoint, _ stop: Relay.Stop, _ hasReceived: Bool) -> MQTTError {
        let closed: MQTTError =
            hasReceived
            ? .tls(endpoint, nil)
            : .closedBeforeAnswer(endpoint)
        switch stop {
        case .end(.closed), .end(.code(ECONNRESET)), .end(.code(EPIPE)), .end(.tls(.closed)): return closed
        case .end(.code(let code)), .end(.tls(.lost(let code))):
            return .socket(.cannotConnect(host: endpoint.host, port: endpoint.port, errno: code))
        case .end(.tls(.socket(let error))): return .socket(error)
        case .end(.tls(.silent)): return .silent(endpoint)
        case .end(.tls(let error)): return .tls(endpoint, error)
        case .gate(let problem): return violation(endpoint, problem)
        }
    }

    /// The error for an end after the broker accepted CONNECT.
    static func loss(_ endpoint: Endpoint, _ stop: Relay.Stop) -> MQTTError {
        switch stop {
        case .end(.closed): return .disconnected(endpoint, errno: 0)
        case .end(.code(let code)), .end(.tls(.lost(let code))): return .disconnected(endpoint, errno: code)
        case .end(.tls(.flooded)): return beforeAnswer(endpoint, stop, true)
        case .end(.tls): return .disconnected(endpoint, errno: 0)
        case .gate(let problem): return violation(endpoint, problem)
        }
    }

    private static func violation(_ endpoint: Endpoint, _ problem: PacketGate.Problem) -> MQTTError {
        switch problem {
        case .tooLarge(let bytes, let limit): .messageTooLarge(endpoint, bytes: bytes, limit: limit)
        case .tooManyUnfinished(let limit): .flooded(endpoint, limit: limit)
        case .malformed: .protocolViolation(endpoint)
        }
    }
}
