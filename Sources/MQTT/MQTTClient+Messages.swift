extension MQTTClient {
    /// The most bytes that fit behind the fixed header of a packet (MQTT 3.1.1 §2.2.3).
    static let packetLimit = 268_435_455

    /// Subscribes to all filters, and returns when the broker has confirmed each.
    ///
    /// Messages that come meanwhile, retained ones for example, are kept for `receive` and `nextMessage`; the connection
    /// ends if they are too many. Throws `invalidTopic` before anything is sent, `subscriptionRefused` for the first refused
    /// filter, `timedOut`, what ended the connection, `flooded` among it, or `interrupted`.
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

    /// Subscribes as `subscribe` does, and hands the messages that come meanwhile to `handler`, as `receive` does. Returns
    /// early, although the broker has not confirmed, if the handler returns false.
    public func subscribe(
        _ topics: [(filter: String, qos: QoS)], until deadline: ContinuousClock.Instant,
        handler: (_ topic: RawSpan, _ payload: RawSpan, _ delivery: MQTTDelivery) -> Bool
    ) throws(MQTTError) {
        let inbox = try active().inbox
        let result = withoutActuallyEscaping(handler) { handler in
            var isStopped = false
            inbox.sink = { topic, payload, delivery in
                if !handler(topic, payload, delivery) { isStopped = true }
                return !isStopped
            }
            defer { inbox.sink = nil }
            return Result { () throws(MQTTError) in try subscribe(topics, until: deadline) { isStopped } }
        }
        try result.get()
    }

    /// Publishes a message: hands it over and, unless the options say otherwise, writes it at once. Returns its packet id.
    ///
    /// Waits only where the socket takes no more bytes, or `inFlightWindow` messages are not acknowledged yet; without a
    /// deadline as long as that takes. That it has arrived is known after `waitForDelivery`. Throws `invalidTopic`,
    /// `payloadTooLarge`, `timedOut`, what ended the connection, or `interrupted`.
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
            // Half a window at a time, so that acknowledgements are read in batches.
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
    /// Throws `timedOut` with the number of messages that are not, what ended the connection, or `interrupted`.
    public func waitForDelivery(until deadline: ContinuousClock.Instant) throws(MQTTError) {
        let session = try active()
        let inbox = session.inbox
        let isDone = try run(session, until: deadline) { inbox.outstanding == 0 && !session.wantsToWrite }
        if !isDone { throw .timedOut(.delivery(messages: inbox.outstanding)) }
    }

    /// Returns the next message, nil at the deadline; without a deadline it waits on.
    ///
    /// What had arrived before the connection ended is returned first; then what ended it is thrown. Throws
    /// `interrupted`, too.
    public func nextMessage(until deadline: ContinuousClock.Instant?) throws(MQTTError) -> MQTTMessage? {
        guard let session else { throw .notConnected }
        try waiter.check()
        if let message = session.inbox.next() { return message }
        _ = try run(session, until: deadline) { !session.inbox.isEmpty }
        return session.inbox.next()
    }

    /// Hands messages to `handler` as they come, without a copy, until it returns false. Returns whether it did; false
    /// at the deadline.
    ///
    /// - Parameters:
    ///   - deadline: Nil waits on.
    ///   - idle: Called before each wait, when all that has come is handled: the moment to flush an output buffer.
    ///   - handler: Gets the topic's and the payload's bytes, valid during the call. It must not call the client.
    ///
    /// Throws what ended the connection, after all that came before, or `interrupted`.
    @discardableResult
    public func receive(
        until deadline: ContinuousClock.Instant?, idle: () -> Void = {},
        handler: (_ topic: RawSpan, _ payload: RawSpan, _ delivery: MQTTDelivery) -> Bool
    ) throws(MQTTError) -> Bool {
        guard let session else { throw .notConnected }
        let inbox = session.inbox
        while let message = inbox.next() {
            let topic = Array(message.topic.utf8)
            let delivery = MQTTDelivery(qos: message.qos, isRetained: message.isRetained)
            if !handler(topic.span.bytes, message.payload.span.bytes, delivery) { return true }
        }
        let result = withoutActuallyEscaping(handler) { handler in
            inbox.sink = handler
            defer { inbox.sink = nil }
            return Result { () throws(MQTTError) in
                try run(session, until: deadline, gathering: true, idle: idle) { inbox.sink == nil }
            }
        }
        return try result.get()
    }
}
