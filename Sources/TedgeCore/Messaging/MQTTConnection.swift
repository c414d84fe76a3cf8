import MQTT

/// Makes connections to MQTT brokers: the one on the device, and that of a cloud.
public protocol MQTTConnector: Sendable {
    /// A connection that is not open yet.
    func connection(_ options: MQTTOptions, interruption: Interruption) throws(MQTTError) -> any MQTTConnection
}

extension MQTTConnector {
    /// Connects to a broker that runs.
    func connect(
        _ options: MQTTOptions, until deadline: ContinuousClock.Instant, interruption: Interruption
    ) throws(MQTTError) -> any MQTTConnection {
        let connection = try connection(options, interruption: interruption)
        try connection.connect(until: deadline)
        return connection
    }
}

/// A connection to a broker, for one thread. `MQTTClient` says what each call guarantees.
public protocol MQTTConnection {
    /// How many published messages are done.
    var delivered: Int { get }

    /// Connects.
    func connect(until deadline: ContinuousClock.Instant) throws(MQTTError)
    /// Connects to a broker that is being started.
    func waitForBroker(until deadline: ContinuousClock.Instant) throws(MQTTError)
    /// Connects again after a loss, as often as it takes.
    func reconnect(until deadline: ContinuousClock.Instant?) throws(MQTTError)
    /// Subscribes and waits for the broker to confirm it.
    func subscribe(_ topics: [(filter: String, qos: QoS)], until deadline: ContinuousClock.Instant) throws(MQTTError)
    /// Subscribes, and hands on the messages that come before the broker confirms it. Returns early if the handler returns
    /// false.
    func subscribe(
        _ topics: [(filter: String, qos: QoS)], until deadline: ContinuousClock.Instant,
        handler: (_ topic: RawSpan, _ payload: RawSpan, _ delivery: MQTTDelivery) -> Bool
    ) throws(MQTTError)
    /// Hands a message over and returns its packet id.
    func publish(
        topic: String, payload: [UInt8], qos: QoS, retain: Bool, until deadline: ContinuousClock.Instant?
    ) throws(MQTTError) -> Int
    /// Returns when every published message is done.
    func waitForDelivery(until deadline: ContinuousClock.Instant) throws(MQTTError)
    /// Returns the next message, or nil if none comes until the deadline.
    func nextMessage(until deadline: ContinuousClock.Instant?) throws(MQTTError) -> MQTTMessage?
    /// Hands messages on as they come, until the handler returns false; false at the deadline.
    func receive(
        until deadline: ContinuousClock.Instant?, idle: () -> Void,
        handler: (_ topic: RawSpan, _ payload: RawSpan, _ delivery: MQTTDelivery) -> Bool
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
    /// How this device's own programs reach its broker.
    static func local(_ settings: Settings, clientID: String, files: any Files) throws -> MQTTOptions {
        var options = MQTTOptions(
            host: try settings.required("mqtt.client.host"), port: try settings.port("mqtt.client.port"),
            clientID: clientID, keepAlive: 10)
        // A cloud's answers are much shorter.
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

/// A client id that no other client has: the prefix, a hyphen and ten random lower-case letters.
func randomClientID(_ prefix: String) -> String {
    prefix + "-" + String((0..<10).map { _ in "abcdefghijklmnopqrstuvwxyz".randomElement() ?? "x" })
}
