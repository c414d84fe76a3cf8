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

/// The files that secure a connection. The broker's certificate must be trusted and carry the name that is connected to.
public struct MQTTTLS: Sendable, Equatable {
    /// PEM certificates of the authorities that are trusted.
    public var caFile: String?
    /// A directory of such certificates, named by `openssl rehash`.
    public var caDirectory: String?
    /// The client's own PEM certificate; needs `keyFile`.
    public var certificateFile: String?
    /// The PEM private key of `certificateFile`, without a passphrase.
    public var keyFile: String?

    /// Without `caFile` and `caDirectory` the authorities in `/etc/ssl/certs` are trusted.
    public init(
        caFile: String? = nil, caDirectory: String? = nil, certificateFile: String? = nil, keyFile: String? = nil
    ) {
        self.caFile = caFile
        self.caDirectory = caDirectory
        self.certificateFile = certificateFile
        self.keyFile = keyFile
    }
}

/// Where and as whom to connect.
public struct MQTTOptions: Sendable, Equatable {
    /// A name or an address. Of several addresses the first that accepts is used.
    public var host: String
    /// The TCP port.
    public var port: UInt16
    /// Unique among the broker's clients: a second client with the same one ends the connection of the first.
    public var clientID: String
    /// Nil connects anonymously.
    public var username: String?
    /// Any bytes but null; needs `username` (MQTT 3.1.1 §3.1.2.9).
    public var password: [UInt8]?
    /// The seconds of silence after which the connection is probed; 5…65535.
    public var keepAlive: Int
    /// Whether the broker forgets subscriptions and waiting messages of earlier connections.
    public var cleanSession: Bool
    /// Nil connects in the clear.
    public var tls: MQTTTLS?
    /// How many messages above QoS 0 may wait for their acknowledgement before `publish` waits.
    ///
    /// mosquitto closes the connection of a client that has more QoS 2 messages under way than its
    /// `max_inflight_messages`, 20 by default.
    public var inFlightWindow: Int

    /// Whether messages are gathered and written together. A message is then written at the latest by the next call that waits.
    public var gathersMessages = false
    /// The longest message that is taken from the broker, in bytes; 1024 at least. Messages that wait to be asked for, or for
    /// the broker to release them, may have twice as many together; a broker that sends more ends the connection.
    public var packetLimit = 8 << 20

    /// Anonymous and in the clear unless said otherwise.
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
