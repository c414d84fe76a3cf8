import MQTT

/// The broker on the device.
public protocol MQTTConnector: Sendable {
    /// Connects, waiting for a broker that is being started.
    func waitForStart(
        _ options: MQTTOptions, until deadline: ContinuousClock.Instant, interruption: Interruption
    ) throws(MQTTError) -> any BrokerSession

    /// Connects to a broker that runs.
    func connect(
        _ options: MQTTOptions, until deadline: ContinuousClock.Instant, interruption: Interruption
    ) throws(MQTTError) -> any BrokerSession

    /// A client that is not connected yet.
    func client(_ options: MQTTOptions, interruption: Interruption) throws(MQTTError) -> any MessageClient
}

/// A connection to the broker, for one thread.
public protocol BrokerSession {
    /// Subscribes and waits for the broker to say so.
    func subscribe(_ filters: [String], until deadline: ContinuousClock.Instant) throws(MQTTError)
    /// Publishes at QoS 1 or 0.
    func publish(
        topic: String, payload: [UInt8], qos: QoS, until deadline: ContinuousClock.Instant) throws(MQTTError)
    /// Returns when everything published is acknowledged.
    func waitForDelivery(until deadline: ContinuousClock.Instant) throws(MQTTError)
    /// The next message, or nil if none came until the deadline.
    func nextMessage(until deadline: ContinuousClock.Instant) throws(MQTTError) -> MQTTMessage?
    /// Ends the connection.
    func disconnect()
}

/// The real broker, through libmosquitto.
struct MosquittoBrokerAccess: MQTTConnector {
    /// Makes the access; nothing is opened.
    init() {}

    func waitForStart(
        _ options: MQTTOptions, until deadline: ContinuousClock.Instant, interruption: Interruption
    ) throws(MQTTError) -> any BrokerSession {
        Session(
            client: try MQTTClient.waitForBroker(
                options, until: deadline, interrupted: { interruption.isRequested }))
    }

    func connect(
        _ options: MQTTOptions, until deadline: ContinuousClock.Instant, interruption: Interruption
    ) throws(MQTTError) -> any BrokerSession {
        let client = try MQTTClient(options, interrupted: { interruption.isRequested })
        try client.connect(until: deadline)
        return Session(client: client)
    }

    func client(_ options: MQTTOptions, interruption: Interruption) throws(MQTTError) -> any MessageClient {
        try MQTTClient(options, interrupted: { interruption.isRequested })
    }

    private struct Session: BrokerSession {
        let client: MQTTClient

        func subscribe(_ filters: [String], until deadline: ContinuousClock.Instant) throws(MQTTError) {
            try client.subscribe(filters.map { ($0, .atLeastOnce) }, until: deadline)
        }

        func publish(
            topic: String, payload: [UInt8], qos: QoS, until deadline: ContinuousClock.Instant
        ) throws(MQTTError) {
            try client.publish(topic: topic, payload: payload, qos: qos, retain: false, until: deadline)
        }

        func waitForDelivery(until deadline: ContinuousClock.Instant) throws(MQTTError) {
            try client.waitForDelivery(until: deadline)
        }

        func nextMessage(until deadline: ContinuousClock.Instant) throws(MQTTError) -> MQTTMessage? {
            try client.nextMessage(until: deadline)
        }

        func disconnect() { client.disconnect() }
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
