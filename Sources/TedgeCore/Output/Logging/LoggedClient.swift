import MQTT

/// A client of the broker, with each step and message told to the log; a payload only as its size.
struct LoggedClient: MessageClient {
    let base: any MessageClient
    let place: String
    let log: EventLog

    var delivered: Int { base.delivered }

    func connect(until deadline: ContinuousClock.Instant) throws(MQTTError) {
        try log.record(.debug, "connect to the broker at \(place)") { () throws(MQTTError) in
            try base.connect(until: deadline)
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
        handler: (_ topic: RawSpan, _ payload: RawSpan, _ delivery: MQTTDelivery) -> Bool
    ) throws(MQTTError) {
        try log.record(.debug, "subscribe to \(topics.map(\.filter).joined(separator: ", "))") {
            () throws(MQTTError) in
            try base.subscribe(topics, until: deadline) { told(handler, $0, $1, $2) }
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

    func receive(
        until deadline: ContinuousClock.Instant?, idle: () -> Void,
        handler: (_ topic: RawSpan, _ payload: RawSpan, _ delivery: MQTTDelivery) -> Bool
    ) throws(MQTTError) -> Bool {
        try base.receive(until: deadline, idle: idle) { told(handler, $0, $1, $2) }
    }

    private func told(
        _ handler: (_ topic: RawSpan, _ payload: RawSpan, _ delivery: MQTTDelivery) -> Bool,
        _ topic: RawSpan, _ payload: RawSpan, _ delivery: MQTTDelivery
    ) -> Bool {
        let name = MessageFormat.text(topic)
        let mark = delivery.isRetained ? ", retained" : ""
        log.say(.debug, "message of \(payload.byteCount) bytes from \(name)\(mark)")
        return handler(topic, payload, delivery)
    }

    func disconnect() {
        log.say(.debug, "disconnect from the broker")
        base.disconnect()
    }
}
