import MQTT

/// Proves a connection with a message to the cloud and its answer.
struct ConnectionCheck {
    /// What the check needs to know.
    struct Values: Sendable {
        var cloud: Cloud
        /// The device id and type that message 100 carries.
        var deviceID: String
        var deviceType: String
        /// Whether the device has a certificate, and so gets tokens.
        var usesCertificate = true
        /// What local topics of the cloud begin with.
        var prefix: String
        /// Where mosquitto says whether the bridge is up.
        var healthTopic: String
        /// The hosts that the device is configured for; a token must be issued by one of them.
        var hosts: [String]
        /// How to reach the local broker.
        var broker: MQTTOptions
        /// How long all tries together may take.
        var limit: Duration
    }

    let values: Values
    let context: Context
    private static let tries = 2

    /// Checks the connection that is configured, with the lines of the check. Throws `CheckFailure` and errors of settings.
    ///
    /// - Parameter timeout: How many seconds it may take.
    static func run(_ inputs: ConnectionInputs, timeout: Int, in context: Context) throws {
        context.console.step("Sending packets to check connection. This may take up to \(timeout) seconds.")
        let values = try inputs.checkValues(limit: .seconds(timeout), files: context.files)
        try ConnectionCheck(values: values, context: context).run()
    }

    /// Runs the tries and prints a line for each. Throws `CheckFailure`.
    func run() throws(CheckFailure) {
        let begin = ContinuousClock.now
        var conversation = Conversation(values: values)
        for number in 1...Self.tries {
            context.console.partial("Try \(number) / \(Self.tries): Sending a message to \(values.cloud.displayName). ")
            let deadline = begin + values.limit * number / Self.tries
            do throws(CheckFailure) {
                try conversation.proceed(until: deadline, context)
                context.console.line("Received expected response message, connection check is successful.")
                return
            } catch {
                if case .interrupted = error { throw error }
                guard number < Self.tries else {
                    context.console.line("... No response.")
                    throw error
                }
                context.console.line(
                    "... No response. If the device is new, it's normal to get no response in the first try.")
            }
        }
    }
}

/// The messages of a check, over one connection that all tries share.
private struct Conversation {
    let values: ConnectionCheck.Values
    let exchange: CheckExchange
    private var session: (any BrokerSession)?
    private var health: Bool?
    /// Whether the bridge has gone down after it was up.
    private var isLost = false
    /// How long an answer that names no tenant waits for the one that does.
    private static let timeout = Duration.seconds(1)

    init(values: ConnectionCheck.Values) {
        self.values = values
        exchange = CheckExchange(values, requestID: randomClientID("tedge"))
    }

    /// Asks, and waits for the answer until the deadline.
    mutating func proceed(until deadline: ContinuousClock.Instant, _ context: Context) throws(CheckFailure) {
        var answer: CheckExchange.Answer?
        var refusal: String?
        do throws(MQTTError) {
            let session = try connected(until: deadline, context)
            if health == true { try ask(session, until: deadline) }
            var end = deadline
            // Messages that come without a pause are no reason to go on for longer.
            while ContinuousClock.now < end, let message = try session.nextMessage(until: end) {
                if message.topic == values.healthTopic {
                    let wasUp = health == true
                    health = message.payload == [UInt8(ascii: "1")]
                    if wasUp, health == false { isLost = true }
                    if health == true, !wasUp { try ask(session, until: deadline) }
                } else if let found = exchange.answer(message) {
                    if case .refusal(let status) = found {
                        refusal = status
                        continue
                    }
                    answer = found
                    guard found == .cloudWithMore else { break }
                    end = min(end, ContinuousClock.now + Self.timeout)
                }
            }
        } catch {
            session = nil
            if let signal = context.interruption.signal() { throw .interrupted(Interrupted(signal: signal)) }
            throw .broker(error)
        }
        switch answer {
        case .tenant(let host) where !values.hosts.contains(host):
            throw .otherTenant(expected: values.hosts, answered: host)
        case .some: session?.disconnect()
        case nil:
            if let refusal { throw .refusal(refusal) }
            if isLost { throw .bridgeLost }
            throw health == nil ? .bridgeUnknown : health == false ? .bridgeDown : .silence
        }
    }

    private mutating func connected(
        until deadline: ContinuousClock.Instant, _ context: Context
    ) throws(MQTTError) -> any BrokerSession {
        if let session { return session }
        let new = try context.broker.connect(values.broker, until: deadline, interruption: context.interruption)
        try new.subscribe(exchange.filters + [values.healthTopic], until: deadline)
        session = new
        health = nil
        return new
    }

    private func ask(_ session: any BrokerSession, until deadline: ContinuousClock.Instant) throws(MQTTError) {
        for question in exchange.questions {
            try session.publish(
                topic: question.topic, payload: Array(question.payload.utf8), qos: question.qos, until: deadline)
        }
    }
}
