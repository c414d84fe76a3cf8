import Sockets
import TLS

/// Why something with the broker failed. The texts are in `MQTTError+Description.swift`.
public enum MQTTError: Error, Equatable, Sendable {
    /// A broker's place; `endpoint.description` is `host:port`.
    public struct Endpoint: Hashable, Sendable, CustomStringConvertible {
        /// The name or address as it was configured.
        public let host: String
        /// The TCP port.
        public let port: UInt16

        /// Names a place.
        public init(host: String, port: UInt16) {
            self.host = host
            self.port = port
        }

        /// `host:port`, an IPv6 address in brackets.
        public var description: String { host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)" }
    }

    /// The return codes of CONNACK that refuse (MQTT 3.1.1 §3.2.2.3).
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

    /// What was being waited for when the time was over.
    public enum Wait: Hashable, Sendable {
        /// The answer to SUBSCRIBE.
        case subscription(filter: String)
        /// Acknowledgements of this many messages, or room for their bytes.
        case delivery(messages: Int)
    }

    /// libmosquitto cannot be opened; `reason` is the dynamic linker's.
    case libraryMissing(reason: String)
    /// An option that libmosquitto or the protocol does not take.
    case invalidOption(name: String, reason: String)
    /// A file or directory of `MQTTTLS` that cannot be read.
    case unreadable(path: String, errno: Int32)
    /// A file of `MQTTTLS` that cannot be read to its end: a pipe, a device, or one that is too large.
    case unusable(path: String, reason: String)
    /// The broker's host cannot be reached, or `interrupted` said so.
    case socket(SocketError)
    /// The TCP connection was accepted, but CONNECT, or the TLS handshake before it, was not answered in time.
    case silent(Endpoint)
    /// The connection was closed before CONNECT was answered.
    case closedBeforeAnswer(Endpoint)
    /// CONNECT was answered with a refusal.
    case refused(Endpoint, Refusal)
    /// The TLS handshake failed, or the certificate, key or authorities cannot be used; nil if the broker ended the connection
    /// without a reason during the handshake or right after it.
    case tls(Endpoint, TLSError?)
    /// What came is not MQTT 3.1.1.
    case protocolViolation(Endpoint)
    /// The broker sends a message that is longer than this client takes, in bytes.
    case messageTooLarge(Endpoint, bytes: Int, limit: Int)
    /// The broker sends more messages than this client keeps, in bytes, before they are asked for or released.
    case flooded(Endpoint, limit: Int)
    /// An established connection is lost; `errno` is 0 when the broker closed it.
    case disconnected(Endpoint, errno: Int32)
    /// There was no answer to a PINGREQ within the keep-alive time.
    case keepAliveExpired(Endpoint)
    /// `connect` has not succeeded, or `disconnect` was called.
    case notConnected
    /// The broker refuses the subscription (SUBACK 0x80, MQTT 3.1.1 §3.9.3).
    case subscriptionRefused(filter: String)
    /// The payload is longer than a packet can be.
    case payloadTooLarge(bytes: Int, limit: Int)
    /// A topic name or filter that breaks the rules.
    case invalidTopic(String, TopicProblem)
    /// The deadline has passed.
    case timedOut(Wait)
    /// An unexpected result of libmosquitto, with its words.
    case library(code: Int32, reason: String)
}
