import MQTT

/// The inputs of a conversation with a cloud.
struct CheckValues: Sendable {
    var cloud: Cloud
    /// The device id and type in message 100.
    var deviceID: String
    var deviceType: String
    /// Whether the device has a certificate, and therefore gets tokens.
    var usesCertificate = true
    /// The prefix of the cloud's local topics.
    var prefix: String
    /// The topic on which mosquitto reports whether the bridge is up.
    var healthTopic: String
    /// The configured hosts of the device; one of them must have issued a token.
    var hosts: [String]
    /// How to reach the local broker.
    var broker: MQTTOptions
    /// The time limit for all attempts together.
    var limit: Duration
}

/// A connection to the local broker that sends questions to a cloud through the bridge, for the check of connect and for
/// the doctor.
final class CloudConversation {
    /// What the conversation is for.
    enum Purpose: Sendable {
        /// A new connection: a device that the cloud does not know is created there.
        case connection
        /// A test of a connection, which changes nothing in the cloud.
        case test
        /// The doctor's examination, which changes nothing in the cloud, and ends as soon as the bridge is down.
        case examination
    }

    /// Whether mosquitto reports the bridge as up; nil if it reports nothing.
    private(set) var isBridgeUp: Bool?
    /// Whether the bridge was up and has gone down.
    private(set) var isBridgeLost = false

    private let values: CheckValues
    private let exchange: CheckExchange
    private let purpose: Purpose
    private let context: Context
    private var connection: (any MQTTConnection)?
    /// How long to wait for the answer that names the tenant after one that does not.
    private static let tenantTimeout = Duration.seconds(1)

    /// Prepares the questions.
    ///
    /// - Parameter name: The prefix of the random id of the request.
    init(_ values: CheckValues, named name: String, for purpose: Purpose, in context: Context) {
        (self.values, self.purpose, self.context) = (values, purpose, context)
        exchange = CheckExchange(values, requestID: randomClientID(name))
    }

    /// Connects and subscribes, unless already connected.
    func connect(until deadline: ContinuousClock.Instant) throws(MQTTError) {
        guard connection == nil else { return }
        let new = try context.broker.connect(values.broker, until: deadline, interruption: context.interruption)
        try new.subscribe(exchange.filters + [values.healthTopic], until: deadline)
        connection = new
        isBridgeUp = nil
    }

    /// Reads whether the bridge is up. A broker answers in order: when it confirms a second subscription, the retained
    /// messages for the first one have arrived.
    func readHealth(until deadline: ContinuousClock.Instant) throws(MQTTError) {
        guard let connection else { return }
        try connection.subscribe([values.healthTopic], until: deadline)
        while let message = try connection.nextMessage(until: .now) {
            if message.topic == values.healthTopic { note(message) }
        }
    }

    /// Sends the questions as soon as the bridge is up, and waits for the answer. Returns a refusal only if no other
    /// answer arrives, and nil if there is no answer.
    func answer(until deadline: ContinuousClock.Instant) throws(MQTTError) -> CheckExchange.Answer? {
        try connect(until: deadline)
        guard let connection else { return nil }
        if isBridgeUp == true { try ask(connection, until: deadline) }
        var answer: CheckExchange.Answer?
        var end = deadline
        // Messages that arrive without a pause do not extend the deadline.
        while ContinuousClock.now < end, let message = try connection.nextMessage(until: end) {
            if message.topic == values.healthTopic {
                let wasUp = isBridgeUp == true
                note(message)
                if isBridgeUp == true, !wasUp { try ask(connection, until: deadline) }
                if purpose == .examination, isBridgeUp == false { return answer }
            } else if let found = exchange.answer(message) {
                switch found {
                case .refusal: if answer != .cloudWithMore { answer = found }
                case .cloudWithMore:
                    answer = found
                    if purpose != .examination { end = min(end, ContinuousClock.now + Self.tenantTimeout) }
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

    /// Drops a connection that has failed.
    func drop() { connection = nil }

    private func note(_ message: MQTTMessage) {
        let wasUp = isBridgeUp == true
        isBridgeUp = message.payload == [UInt8(ascii: "1")]
        if wasUp, isBridgeUp == false { isBridgeLost = true }
    }

    private func ask(_ connection: any MQTTConnection, until deadline: ContinuousClock.Instant) throws(MQTTError) {
        for question in exchange.questions where question.isHarmless || purpose == .connection {
            _ = try connection.publish(
                topic: question.topic, payload: Array(question.payload.utf8), qos: question.qos, retain: false,
                until: deadline)
        }
    }
}
