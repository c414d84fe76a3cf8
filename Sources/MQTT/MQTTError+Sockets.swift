import Glibc
import Sockets
import TLS

/// A wait of this module: an interruption and an unknown host are errors of MQTT here.
typealias Waiter = Sockets.Waiter<MQTTError>

extension MQTTError: ConnectFailure {
    /// The TCP connection cannot be made.
    public static func cannotConnect(host: String, port: UInt16, errno: Int32) -> MQTTError {
        .cannotConnect(Endpoint(host: host, port: port), errno: errno)
    }

    /// Nothing answered the TCP connection in time.
    public static func noAnswer(host: String, port: UInt16) -> MQTTError {
        .noRoute(Endpoint(host: host, port: port))
    }
}

extension MQTTError {
    /// What an end before CONNECT is answered means: only what was accepted can be reset.
    ///
    /// In TLS 1.3 the client's handshake is over before the broker looks at the client certificate (RFC 8446, appendix
    /// E.1), and the reset that follows a refusal can overtake the alert that says so.
    static func beforeAnswer(_ endpoint: Endpoint, _ stop: Relay.Stop, _ hasHeard: Bool) -> MQTTError {
        let closed: MQTTError =
            hasHeard
            ? .tls(endpoint, reason: "the broker ended the connection during or after the handshake")
            : .closedBeforeAnswer(endpoint)
        switch stop {
        case .end(.closed), .end(.code(ECONNRESET)), .end(.code(EPIPE)), .end(.tls(.closed)): return closed
        case .end(.code(let code)), .end(.tls(.lost(let code))): return .cannotConnect(endpoint, errno: code)
        case .end(.tls(.interrupted)): return .interrupted
        case .end(.tls(.silent)): return .silent(endpoint)
        case .end(.tls(let error)): return .tls(endpoint, reason: "\(error)")
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
