import Sockets
import TLS

/// Why an operation with the broker failed. The texts are in `MQTTError+Description.swift`.
public enum MQTTError: Error, Equatable, Sendable {
    /// The address of a broker; `description` is `host:port`.
    public struct Endpoint: Hashable, Sendable, CustomStringConvertible {
        /// The configured name or address.
        public let host: String
        /// The TCP port.
        public let port: UInt16

        /// Creates an address.
        public init(host: String, port: UInt16) {
            self.host = host
            self.port = port
        }

        /// `host:port`, with an IPv6 address in brackets.
        public var description: String { host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)" }
    }

    /// The return codes of CONNACK for a refusal (MQTT 3.1.1 §3.2.2.3).
    public enum Refusal: Hashable, Sendable {
        /// 1
        case protocolVersion
        /// 2
        case clientID
        /// 3
        case serverUnavailable
        /// 4
        case badUserNameOrPassword
        /// 5
        case notAuthorised
        /// 6…255, not assigned.
        case other(UInt8)
    }

    /// What the client was waiting for at the deadline.
    public enum Wait: Hashable, Sendable {
        /// The answer to SUBSCRIBE.
        case subscription(filter: String)
        /// Acknowledgements of this many messages, or room for their bytes.
        case delivery(messages: Int)
    }

    /// libmosquitto cannot be opened; `reason` is the text of the dynamic linker.
    case libraryMissing(reason: String)
    /// libmosquitto or the protocol does not accept an option.
    case invalidOption(name: String, reason: String)
    /// A file or directory of `MQTTTLS` cannot be read.
    case unreadable(path: String, errno: Int32)
    /// A file of `MQTTTLS` cannot be read to its end: it is a pipe, a device, or too large.
    case unusable(path: String, reason: String)
    /// The broker's host cannot be reached, or `interrupted` returned true.
    case socket(SocketError)
    /// The broker accepted the TCP connection but did not answer CONNECT, or the TLS handshake before it, in time.
    case silent(Endpoint)
    /// The connection was closed before the broker answered CONNECT.
    case closedBeforeAnswer(Endpoint)
    /// The broker answered CONNECT with a refusal.
    case refused(Endpoint, Refusal)
    /// The TLS handshake failed, or the certificate, key or authorities cannot be used; nil if the broker ended the
    /// connection without a reason during the handshake or right after it.
    case tls(Endpoint, TLSError?)
    /// The received bytes are not MQTT 3.1.1.
    case protocolViolation(Endpoint)
    /// The broker sends a message that is longer than this client accepts, in bytes.
    case messageTooLarge(Endpoint, bytes: Int, limit: Int)
    /// The broker sends more messages, in bytes, than this client keeps before the caller reads them or the broker
    /// releases them.
    case flooded(Endpoint, limit: Int)
    /// An established connection was lost; `errno` is 0 if the broker closed it.
    case disconnected(Endpoint, errno: Int32)
    /// The broker did not answer a PINGREQ within the keep-alive time.
    case keepAliveExpired(Endpoint)
    /// `connect` has not succeeded, or `disconnect` was called.
    case notConnected
    /// The broker refuses the subscription (SUBACK 0x80, MQTT 3.1.1 §3.9.3).
    case subscriptionRefused(filter: String)
    /// The payload is longer than the longest packet.
    case payloadTooLarge(bytes: Int, limit: Int)
    /// A topic name or filter breaks the rules.
    case invalidTopic(String, TopicProblem)
    /// The deadline has passed.
    case timedOut(Wait)
    /// An unexpected result of libmosquitto, with its text.
    case library(code: Int32, reason: String)
}
