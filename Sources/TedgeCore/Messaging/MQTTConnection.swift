import MQTT

/// Creates connections to MQTT brokers: the broker on the device, and the broker of a cloud.
public protocol MQTTConnector: Sendable {
    /// Creates a connection that is not open yet.
    func connection(_ options: MQTTOptions, interruption: Interruption) throws(MQTTError) -> any MQTTConnection
}

extension MQTTConnector {
    /// Connects to a running broker.
    func connect(
        _ options: MQTTOptions, until deadline: ContinuousClock.Instant, interruption: Interruption
    ) throws(MQTTError) -> any MQTTConnection {
        let connection = try connection(options, interruption: interruption)
        try connection.connect(until: deadline)
        return connection
    }
}

/// A connection to a broker, for one thread. `MQTTClient` documents the guarantees of each call.
public protocol MQTTConnection {
    /// How many published messages are done.
    var delivered: Int { get }

    /// Connects.
    func connect(until deadline: ContinuousClock.Instant) throws(MQTTError)
    /// Connects to a broker that is starting.
    func waitForBroker(until deadline: ContinuousClock.Instant) throws(MQTTError)
    /// Connects again after a lost connection, as often as needed.
    func reconnect(until deadline: ContinuousClock.Instant?) throws(MQTTError)
    /// Subscribes and waits for the broker to confirm it.
    func subscribe(_ topics: [(filter: String, qos: QoS)], until deadline: ContinuousClock.Instant) throws(MQTTError)
    /// Subscribes, and passes the messages that arrive before the broker confirms to the handler. Returns early if the
    /// handler returns false.
    func subscribe(
        _ topics: [(filter: String, qos: QoS)], until deadline: ContinuousClock.Instant,
        handler: @escaping (_ topic: RawSpan, _ payload: RawSpan, _ delivery: MQTTDelivery) -> Bool
    ) throws(MQTTError)
    /// Publishes a message and returns its packet id.
    func publish(
        topic: String, payload: [UInt8], qos: QoS, retain: Bool, until deadline: ContinuousClock.Instant?
    ) throws(MQTTError) -> Int
    /// Returns when every published message is done.
    func waitForDelivery(until deadline: ContinuousClock.Instant) throws(MQTTError)
    /// Returns the next message, or nil if none arrives before the deadline.
    func nextMessage(until deadline: ContinuousClock.Instant?) throws(MQTTError) -> MQTTMessage?
    /// Passes messages to the handler as they arrive, until it returns false. Returns false at the deadline.
    func receive(
        until deadline: ContinuousClock.Instant?, idle: () -> Void,
        handler: @escaping (_ topic: RawSpan, _ payload: RawSpan, _ delivery: MQTTDelivery) -> Bool
    ) throws(MQTTError) -> Bool
    /// Ends the connection.
    func disconnect()
}

extension MQTTConnection {
    /// Subscribes at QoS 1 and waits for the broker to confirm it.
    func subscribe(_ filters: [String], until deadline: ContinuousClock.Instant) throws(MQTTError) {
        try subscribe(filters.map { ($0, .atLeastOnce) }, until: deadline)
    }
}

extension MQTTClient: MQTTConnection {}

/// Connects through libmosquitto.
struct LibmosquittoConnector: MQTTConnector {
    func connection(_ options: MQTTOptions, interruption: Interruption) throws(MQTTError) -> any MQTTConnection {
        try MQTTClient(options, interrupted: { interruption.isRequested })
    }
}

extension MQTTOptions {
    /// How the programs of this device connect to its broker.
    static func local(_ settings: Settings, clientID: String, files: any Files) throws -> MQTTOptions {
        var options = MQTTOptions(
            host: try settings.required("mqtt.client.host"), port: try settings.port("mqtt.client.port"),
            clientID: clientID, keepAlive: 10)
        // The answers of a cloud are much shorter.
        options.packetLimit = 1 << 20
        options.username = try settings.string("mqtt.client.auth.username")
        if let path = try settings.string("mqtt.client.auth.password_file") {
            options.password = Array(
                try files.read(path).prefix { $0 != UInt8(ascii: "\n") && $0 != UInt8(ascii: "\r") })
        }
        let caFile = try settings.string("mqtt.client.auth.ca_file")
        let caDirectory = try settings.string("mqtt.client.auth.ca_dir")
        let pair = try settings.allOrNone(["mqtt.client.auth.cert_file", "mqtt.client.auth.key_file"])
        if caFile != nil || caDirectory != nil || pair != nil {
            options.tls = MQTTTLS(
                caFile: caFile, caDirectory: caDirectory, certificateFile: pair?[0], keyFile: pair?[1])
        }
        return options
    }
}

/// A unique client id: the prefix, a hyphen and ten random lower-case letters.
func randomClientID(_ prefix: String) -> String {
    prefix + "-" + String((0..<10).map { _ in "abcdefghijklmnopqrstuvwxyz".randomElement() ?? "x" })
}
