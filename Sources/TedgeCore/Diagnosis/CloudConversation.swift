import MQTT

/// What a conversation with a cloud needs to know.
struct CheckValues: Sendable {
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

/// One connection to the local broker over which a cloud is asked something through the bridge, for the check of connect and
/// for the doctor.
final class CloudConversation {
    /// What mosquitto says about the bridge; nil if it says nothing.
    private(set) var isBridgeUp: Bool?
    /// Whether the bridge has gone down after it was up.
    private(set) var isBridgeLost = false

    private let values: CheckValues
    private let exchange: CheckExchange
    private let isReadOnly: Bool
    private let context: Context
    private var connection: (any MQTTConnection)?
    /// How long an answer that names no tenant waits for the one that does.
    private static let tenantTimeout = Duration.seconds(1)

    /// Prepares the questions.
    ///
    /// - Parameters:
    ///   - name: What the random id of the request begins with.
    ///   - isReadOnly: Whether only questions are asked that change nothing in the cloud, and only of a bridge that is up.
    init(_ values: CheckValues, named name: String, isReadOnly: Bool = false, in context: Context) {
        (self.values, self.isReadOnly, self.context) = (values, isReadOnly, context)
        exchange = CheckExchange(values, requestID: randomClientID(name))
    }

    /// Connects and subscribes, unless that is done.
    func connect(until deadline: ContinuousClock.Instant) throws(MQTTError) {
        guard connection == nil else { return }
        let new = try context.broker.connect(values.broker, until: deadline, interruption: context.interruption)
        try new.subscribe(exchange.filters + [values.healthTopic], until: deadline)
        connection = new
        isBridgeUp = nil
    }

    /// Reads whether the bridge is up. A broker answers in order: what it keeps for the first subscription has arrived when it
    /// confirms a second one.
    func readHealth(until deadline: ContinuousClock.Instant) throws(MQTTError) {
        guard let connection else { return }
        try connection.subscribe([values.healthTopic], until: deadline)
        while let message = try connection.nextMessage(until: .now) {
            if message.topic == values.healthTopic { note(message) }
        }
    }

    /// Asks as soon as the bridge is up, and waits for the answer. Nil if none arrives; a refusal counts if nothing else does.
    func answer(until deadline: ContinuousClock.Instant) throws(MQTTError) -> CheckExchange.Answer? {
        try connect(until: deadline)
        guard let connection else { return nil }
        if isBridgeUp == true { try ask(connection, until: deadline) }
        var answer: CheckExchange.Answer?
        var end = deadline
        // Messages that arrive without a pause are no reason to go on for longer.
        while ContinuousClock.now < end, let message = try connection.nextMessage(until: end) {
            if message.topic == values.healthTopic {
                let wasUp = isBridgeUp == true
                note(message)
                if isBridgeUp == true, !wasUp { try ask(connection, until: deadline) }
                if isReadOnly, isBridgeUp == false { return answer }
            } else if let found = exchange.answer(message) {
                switch found {
                case .refusal: if answer != .cloudWithMore { answer = found }
                case .cloudWithMore:
                    answer = found
                    if !isReadOnly { end = min(end, ContinuousClock.now + Self.tenantTimeout) }
                case .cloud, .tenant: return found
                }
            }
        }
        return answer
    }

    /// Ends the connection.
    func disconnect() {
        connection?.disconnect()
        connection = nil
    }

    /// Forgets a connection that has failed.
    func drop() { connection = nil }

    private func note(_ message: MQTTMessage) {
        let wasUp = isBridgeUp == true
        isBridgeUp = message.payload == [UInt8(ascii: "1")]
        if wasUp, isBridgeUp == false { isBridgeLost = true }
    }

    private func ask(_ connection: any MQTTConnection, until deadline: ContinuousClock.Instant) throws(MQTTError) {
        for question in exchange.questions where question.isHarmless || !isReadOnly {
            _ = try connection.publish(
                topic: question.topic, payload: Array(question.payload.utf8), qos: question.qos, retain: false,
                until: deadline)
        }
    }
}
