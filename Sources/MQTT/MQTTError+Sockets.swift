import Glibc
import Sockets
import TLS

/// A wait of this module.
typealias Waiter = Sockets.Waiter<MQTTError>

extension MQTTError: SocketFailure {
    /// `interrupted` said so.
    public static var interrupted: MQTTError { .socket(.interrupted) }
}

extension MQTTError {
    /// What an end before CONNECT is answered means: only what was accepted can be reset.
    ///
    /// In TLS 1.3 the client's handshake is over before the broker looks at the client certificate (RFC 8446, appendix
    /// E.1), and the reset that follows a refusal can overtake the alert that says so.
    static func beforeAnswer(_ endpoint: Endpoint, _ stop: Relay.Stop, _ hasHeard: Bool) -> MQTTError {
        let closed: MQTTError =
            hasHeard
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

    /// What an end means after CONNECT was accepted.
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
