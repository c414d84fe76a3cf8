/// How often a message may arrive (MQTT 3.1.1 §4.3).
public enum QoS: UInt8, Sendable, Comparable, CaseIterable {
    /// Not acknowledged: at most once.
    case atMostOnce = 0
    /// Acknowledged: at least once.
    case atLeastOnce = 1
    /// Acknowledged in two steps: exactly once.
    case exactlyOnce = 2

    /// Orders by the strength of the guarantee.
    public static func < (left: QoS, right: QoS) -> Bool { left.rawValue < right.rawValue }
}

/// The files that secure a connection. The broker's certificate must be trusted and carry the host's name.
public struct MQTTTLS: Sendable, Equatable {
    /// PEM certificates of trusted authorities.
    public var caFile: String?
    /// A directory of such certificates, with file names made by `openssl rehash`.
    public var caDirectory: String?
    /// The client's own PEM certificate; needs `keyFile`.
    public var certificateFile: String?
    /// The PEM private key of `certificateFile`, without a passphrase.
    public var keyFile: String?
    /// The application protocol that the client names (ALPN); nil for none.
    public var alpn: String?

    /// Without `caFile` and `caDirectory` the client trusts the authorities in `/etc/ssl/certs`.
    public init(
        caFile: String? = nil, caDirectory: String? = nil, certificateFile: String? = nil, keyFile: String? = nil,
        alpn: String? = nil
    ) {
        self.caFile = caFile
        self.caDirectory = caDirectory
        self.certificateFile = certificateFile
        self.keyFile = keyFile
        self.alpn = alpn
    }
}

/// The broker's address and the client's identity.
public struct MQTTOptions: Sendable, Equatable {
    /// A name or an address. If the name has several addresses, the first one that accepts is used.
    public var host: String
    /// The TCP port.
    public var port: UInt16
    /// Unique among the broker's clients: the broker disconnects a client when a second one connects with the same id.
    public var clientID: String
    /// The user name; nil connects anonymously.
    public var username: String?
    /// The password: any bytes except null; needs `username` (MQTT 3.1.1 §3.1.2.9).
    public var password: [UInt8]?
    /// The seconds of silence after which the client probes the connection; 5…65535.
    public var keepAlive: Int
    /// Whether the broker discards subscriptions and queued messages of earlier connections.
    public var cleanSession: Bool
    /// The TLS files; nil connects without TLS.
    public var tls: MQTTTLS?
    /// How many messages above QoS 0 may wait for their acknowledgement before `publish` waits.
    ///
    /// mosquitto disconnects a client that has more unfinished QoS 2 messages than its `max_inflight_messages`, 20 by
    /// default.
    public var inFlightWindow: Int

    /// Whether to gather messages and write them together. The next call that waits writes gathered messages at the
    /// latest.
    public var gathersMessages = false
    /// The longest message that is accepted from the broker, in bytes; at least 1024. Messages that the caller has not
    /// read, or that the broker has not released, may have twice as many bytes together; if the broker sends more, the
    /// connection ends.
    public var packetLimit = 8 << 20

    /// By default connects anonymously and without TLS.
    public init(
        host: String, port: UInt16, clientID: String, username: String? = nil, password: [UInt8]? = nil,
        keepAlive: Int = 60, cleanSession: Bool = true, tls: MQTTTLS? = nil, inFlightWindow: Int = 20
    ) {
        self.host = host
        self.port = port
        self.clientID = clientID
        self.username = username
        self.password = password
        self.keepAlive = keepAlive
        self.cleanSession = cleanSession
        self.tls = tls
        self.inFlightWindow = inFlightWindow
    }
}
