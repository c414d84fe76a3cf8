import MQTT

/// Creates connections that log each step and message. The log has the topic but only the size of the payload, because
/// the cloud answers with tokens.
struct LoggedConnector: MQTTConnector {
    let base: any MQTTConnector
    let log: EventLog

    func connection(_ options: MQTTOptions, interruption: Interruption) throws(MQTTError) -> any MQTTConnection {
        let place = "\(options.host):\(options.port) as \(options.clientID)" + (options.tls == nil ? "" : ", over TLS")
        return LoggedConnection(
            base: try base.connection(options, interruption: interruption), place: place, log: log)
    }
}

private struct LoggedConnection: MQTTConnection {
    let base: any MQTTConnection
    let place: String
    let log: EventLog

    var delivered: Int { base.delivered }

    func connect(until deadline: ContinuousClock.Instant) throws(MQTTError) {
        try log.record(.debug, "connect to the broker at \(place)") { () throws(MQTTError) in
            try base.connect(until: deadline)
        }
    }

    func waitForBroker(until deadline: ContinuousClock.Instant) throws(MQTTError) {
        try log.record(.debug, "wait for the broker at \(place)") { () throws(MQTTError) in
            try base.waitForBroker(until: deadline)
        }
    }

    func reconnect(until deadline: ContinuousClock.Instant?) throws(MQTTError) {
        try log.record(.debug, "connect again to the broker at \(place)") { () throws(MQTTError) in
            try base.reconnect(until: deadline)
        }
    }

    func subscribe(_ topics: [(filter: String, qos: QoS)], until deadline: ContinuousClock.Instant) throws(MQTTError) {
        try log.record(.debug, "subscribe to \(topics.map(\.filter).joined(separator: ", "))") {
            () throws(MQTTError) in
            try base.subscribe(topics, until: deadline)
        }
    }

    func subscribe(
        _ topics: [(filter: String, qos: QoS)], until deadline: ContinuousClock.Instant,
        handler: @escaping (_ topic: RawSpan, _ payload: RawSpan, _ delivery: MQTTDelivery) -> Bool
    ) throws(MQTTError) {
        try log.record(.debug, "subscribe to \(topics.map(\.filter).joined(separator: ", "))") {
            () throws(MQTTError) in
            try base.subscribe(topics, until: deadline) { logged(handler, $0, $1, $2) }
        }
    }

    func publish(
        topic: String, payload: [UInt8], qos: QoS, retain: Bool, until deadline: ContinuousClock.Instant?
    ) throws(MQTTError) -> Int {
        try log.record(.debug, "publish \(payload.count) bytes to \(topic)") { () throws(MQTTError) in
            try base.publish(topic: topic, payload: payload, qos: qos, retain: retain, until: deadline)
        }
    }

    func waitForDelivery(until deadline: ContinuousClock.Instant) throws(MQTTError) {
        try log.record(.debug, "wait for the delivery") { () throws(MQTTError) in
            try base.waitForDelivery(until: deadline)
        }
    }

    func nextMessage(until deadline: ContinuousClock.Instant?) throws(MQTTError) -> MQTTMessage? {
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

    func receive(
        until deadline: ContinuousClock.Instant?, idle: () -> Void,
        handler: @escaping (_ topic: RawSpan, _ payload: RawSpan, _ delivery: MQTTDelivery) -> Bool
    ) throws(MQTTError) -> Bool {
        try base.receive(until: deadline, idle: idle) { logged(handler, $0, $1, $2) }
    }

    private func logged(
        _ handler: @escaping (_ topic: RawSpan, _ payload: RawSpan, _ delivery: MQTTDelivery) -> Bool,
        _ topic: RawSpan, _ payload: RawSpan, _ delivery: MQTTDelivery
    ) -> Bool {
        let name = MessageFormat.text(topic)
        let mark = delivery.isRetained ? ", retained" : ""
        log.write(.debug, "message of \(payload.byteCount) bytes from \(name)\(mark)")
        return handler(topic, payload, delivery)
    }

    func disconnect() {
        log.write(.debug, "disconnect from the broker")
        base.disconnect()
    }
}
