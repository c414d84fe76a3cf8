import MQTT

/// The broker, with each connection and message told to the log. A topic is said, a payload only as its size: the cloud
/// answers with tokens.
struct LoggedConnector: MQTTConnector {
    let base: any MQTTConnector
    let log: EventLog

    func waitForStart(
        _ options: MQTTOptions, until deadline: ContinuousClock.Instant, interruption: Interruption
    ) throws(MQTTError) -> any BrokerSession {
        let session = try log.record(.debug, "wait for the broker at \(Self.place(options))") {
            () throws(MQTTError) in
            try base.waitForStart(options, until: deadline, interruption: interruption)
        }
        return LoggedSession(base: session, log: log)
    }

    func connect(
        _ options: MQTTOptions, until deadline: ContinuousClock.Instant, interruption: Interruption
    ) throws(MQTTError) -> any BrokerSession {
        let session = try log.record(.debug, "connect to the broker at \(Self.place(options))") {
            () throws(MQTTError) in
            try base.connect(options, until: deadline, interruption: interruption)
        }
        return LoggedSession(base: session, log: log)
    }

    func client(_ options: MQTTOptions, interruption: Interruption) throws(MQTTError) -> any MessageClient {
        LoggedClient(
            base: try base.client(options, interruption: interruption), place: Self.place(options), log: log)
    }

    private static func place(_ options: MQTTOptions) -> String {
        "\(options.host):\(options.port) as \(options.clientID)" + (options.tls == nil ? "" : ", over TLS")
    }
}

private struct LoggedSession: BrokerSession {
    let base: any BrokerSession
    let log: EventLog

    func subscribe(_ filters: [String], until deadline: ContinuousClock.Instant) throws(MQTTError) {
        try log.record(.debug, "subscribe to \(filters.joined(separator: ", "))") { () throws(MQTTError) in
            try base.subscribe(filters, until: deadline)
        }
    }

    func publish(
        topic: String, payload: [UInt8], qos: QoS, until deadline: ContinuousClock.Instant
    ) throws(MQTTError) {
        try log.record(.debug, "publish \(payload.count) bytes to \(topic)") { () throws(MQTTError) in
            try base.publish(topic: topic, payload: payload, qos: qos, until: deadline)
        }
    }

    func waitForDelivery(until deadline: ContinuousClock.Instant) throws(MQTTError) {
        try log.record(.debug, "wait for the acknowledgement") { () throws(MQTTError) in
            try base.waitForDelivery(until: deadline)
        }
    }

    func nextMessage(until deadline: ContinuousClock.Instant) throws(MQTTError) -> MQTTMessage? {
        try log.record(
            .debug, "wait for a message",
            outcome: { message in
                guard let message else { return "none" }
                return "\(message.payload.count) bytes from \(message.topic)\(message.isRetained ? ", retained" : "")"
            }
        ) { () throws(MQTTError) in
            try base.nextMessage(until: deadline)
        }
    }

    func disconnect() {
        log.say(.debug, "disconnect from the broker")
        base.disconnect()
    }
}
