extension MQTTClient {
    /// The most bytes that fit after the fixed header of a packet (MQTT 3.1.1 §2.2.3).
    static let packetLimit = 268_435_455

    /// Subscribes to all filters and returns when the broker has confirmed each of them.
    ///
    /// Messages that arrive in the meantime, for example retained ones, are kept for `receive` and `nextMessage`; too
    /// many of them end the connection. Throws `invalidTopic` before anything is sent, `subscriptionRefused` for the
    /// first refused filter, `timedOut`, the error that ended the connection (for example `flooded`), or `interrupted`.
    public func subscribe(_ topics: [(filter: String, qos: QoS)], until deadline: ContinuousClock.Instant)
        throws(MQTTError)
    {
        try subscribe(topics, until: deadline) { false }
    }

    private func subscribe(
        _ topics: [(filter: String, qos: QoS)], until deadline: ContinuousClock.Instant, unless isStopped: () -> Bool
    ) throws(MQTTError) {
        for topic in topics {
            if let problem = TopicFilter.problem(in: topic.filter) { throw .invalidTopic(topic.filter, problem) }
        }
        let session = try active()
        let packets = try topics.map { topic throws(MQTTError) in try session.subscribe(topic.filter, topic.qos) }
        for (topic, packet) in zip(topics, packets) {
            let isAnswered = try run(session, until: deadline) { isStopped() || session.inbox.grants[packet] != nil }
            if isStopped() { return }
            guard isAnswered, let granted = session.inbox.grants.removeValue(forKey: packet) else {
                throw .timedOut(.subscription(filter: topic.filter))
            }
            if granted > QoS.exactlyOnce.rawValue { throw .subscriptionRefused(filter: topic.filter) }
        }
    }

    /// Subscribes as `subscribe` does, but passes the messages that arrive in the meantime to `handler`, as `receive`
    /// does. If the handler returns false, returns early, even if the broker has not confirmed the subscriptions.
    public func subscribe(
        _ topics: [(filter: String, qos: QoS)], until deadline: ContinuousClock.Instant,
        handler: @escaping (_ topic: RawSpan, _ payload: RawSpan, _ delivery: MQTTDelivery) -> Bool
    ) throws(MQTTError) {
        let inbox = try active().inbox
        var isStopped = false
        inbox.sink = { topic, payload, delivery in
            if !handler(topic, payload, delivery) { isStopped = true }
            return !isStopped
        }
        defer { inbox.sink = nil }
        try subscribe(topics, until: deadline) { isStopped }
    }

    /// Publishes a message: passes it to libmosquitto and, unless the options gather messages, writes it at once. Returns
    /// its packet id.
    ///
    /// Waits only if the socket accepts no more bytes, or if `inFlightWindow` messages are not acknowledged yet; without
    /// a deadline it waits as long as that takes. Use `waitForDelivery` to check that the message has arrived. Throws
    /// `invalidTopic`, `payloadTooLarge`, `timedOut`, the error that ended the connection, or `interrupted`.
    @discardableResult
    public func publish(
        topic: String, payload: RawSpan, qos: QoS = .atMostOnce, retain: Bool = false,
        until deadline: ContinuousClock.Instant? = nil
    ) throws(MQTTError) -> Int {
        if topic != checkedTopic {
            if let problem = TopicName.problem(in: topic) { throw .invalidTopic(topic, problem) }
            checkedTopic = topic
        }
        let limit = MQTTClient.packetLimit - 2 - topic.utf8.count - (qos == .atMostOnce ? 0 : 2)
        if payload.byteCount > limit { throw .payloadTooLarge(bytes: payload.byteCount, limit: limit) }
        let session = try active()
        try waiter.check()
        let inbox = session.inbox
        if inbox.outstanding >= options.inFlightWindow {
            // Wait for half a window, so that acknowledgements are read in batches.
            let room = options.inFlightWindow / 2
            guard try run(session, until: deadline, { inbox.outstanding <= room }) else {
                throw .timedOut(.delivery(messages: inbox.outstanding))
            }
        }
        let packet = try session.publish(topic, payload, qos, retain)
        if !options.gathersMessages { try session.push() }
        if session.wantsToWrite, try !run(session, until: deadline, { !session.wantsToWrite }) {
            throw .timedOut(.delivery(messages: inbox.outstanding))
        }
        return packet
    }

    /// Publishes the bytes of an array, as `publish` of a span does.
    @discardableResult
    public func publish(
        topic: String, payload: [UInt8], qos: QoS = .atMostOnce, retain: Bool = false,
        until deadline: ContinuousClock.Instant? = nil
    ) throws(MQTTError) -> Int {
        try publish(topic: topic, payload: payload.span.bytes, qos: qos, retain: retain, until: deadline)
    }

    /// Returns when every published message is done: written at QoS 0, acknowledged at QoS 1, completed at QoS 2.
    ///
    /// Throws `timedOut` with the number of unfinished messages, the error that ended the connection, or `interrupted`.
    public func waitForDelivery(until deadline: ContinuousClock.Instant) throws(MQTTError) {
        let session = try active()
        let inbox = session.inbox
        let isDone = try run(session, until: deadline) { inbox.outstanding == 0 && !session.wantsToWrite }
        if !isDone { throw .timedOut(.delivery(messages: inbox.outstanding)) }
    }

    /// Returns the next message, or nil at the deadline; without a deadline it keeps waiting.
    ///
    /// Returns all messages that arrived before the connection ended, and then throws the error that ended it. Throws
    /// `interrupted` after an interruption.
    public func nextMessage(until deadline: ContinuousClock.Instant?) throws(MQTTError) -> MQTTMessage? {
        guard let session else { throw .notConnected }
        try waiter.check()
        if let message = session.inbox.next() { return message }
        _ = try run(session, until: deadline) { !session.inbox.isEmpty }
        return session.inbox.next()
    }

    /// Passes messages to `handler` as they arrive, without a copy, until it returns false. Returns true if the handler
    /// stopped, false at the deadline.
    ///
    /// - Parameters:
    ///   - deadline: When to stop waiting; nil keeps waiting.
    ///   - idle: Called before each wait, after all messages that have arrived were handled: use it to flush an output
    ///     buffer.
    ///   - handler: Receives the bytes of the topic and the payload, valid during the call. It must not call the client.
    ///
    /// Throws the error that ended the connection, after all earlier messages, or `interrupted`.
    @discardableResult
    public func receive(
        until deadline: ContinuousClock.Instant?, idle: () -> Void = {},
        handler: @escaping (_ topic: RawSpan, _ payload: RawSpan, _ delivery: MQTTDelivery) -> Bool
    ) throws(MQTTError) -> Bool {
        guard let session else { throw .notConnected }
        let inbox = session.inbox
        while let message = inbox.next() {
            let topic = Array(message.topic.utf8)
            let delivery = MQTTDelivery(qos: message.qos, isRetained: message.isRetained)
            if !handler(topic.span.bytes, message.payload.span.bytes, delivery) { return true }
        }
        inbox.sink = handler
        defer { inbox.sink = nil }
        return try run(session, until: deadline, gathering: true, idle: idle) { inbox.sink == nil }
    }
}
