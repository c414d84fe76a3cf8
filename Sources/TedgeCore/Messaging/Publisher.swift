import MQTT

/// `mqtt pub`: publishes a message once or several times, and waits until all of them are delivered.
public struct Publisher {
    /// What to publish.
    public struct Request: Sendable {
        /// The topic.
        public var topic: String
        /// The message as an argument.
        public var message: String
        /// Whether the message is base64.
        public var isBase64 = false
        /// The QoS: 0, 1 or 2.
        public var qos = 1
        /// Whether the broker keeps the message for later subscribers.
        public var isRetained = false
        /// How many times to publish it.
        public var count = 1
        /// The time between two messages.
        public var pause = Duration.seconds(1)
        /// How long to wait for a broker that is not there, zero for ever; nil not to try again.
        public var patience: Duration?

        /// Requests one message at QoS 1.
        public init(topic: String, message: String) {
            self.topic = topic
            self.message = message
        }
    }

    private let request: Request
    private let qos: QoS
    private let context: Context

    /// Creates the command for a request.
    public init(_ request: Request, in context: Context) {
        self.request = request
        self.context = context
        qos = request.level
    }

    /// Publishes. Prints nothing unless it fails.
    public func run() -> CommandReport {
        var delivered = 0
        var report: CommandReport
        do {
            let payload = try payload()
            let notice = WaitNotice(on: context.console)
            // At QoS 2 send one message at a time: mosquitto disconnects a client with more than its
            // max_inflight_messages.
            let client = try context.messageClient(
                "tedge-pub", window: qos == .exactlyOnce ? 1 : 100, gathers: request.pause == .zero,
                interruption: notice.watching(context.interruption))
            defer {
                delivered = client.connection.delivered
                client.connection.disconnect()
            }
            do throws(MQTTError) {
                try publish(payload, client, notice)
            } catch {
                throw failure(error, client.connection.delivered)
            }
            report = .done("mqtt pub", changed: false)
        } catch {
            let failure = CommandFailure(command: "tedge mqtt pub", title, error)
            report = context.failed("mqtt pub", failure)
        }
        report.details = [
            .init("topic", .string(request.topic)), .init("qos", .number(request.qos)),
            .init("retained", .bool(request.isRetained)), .init("delivered", .number(delivered)),
        ]
        return report
    }

    private func payload() throws(MessagingError) -> [UInt8] {
        do {
            return try MessageValidation.payload(request.message, isBase64: request.isBase64)
        } catch {
            throw .message(error)
        }
    }

    private func publish(
        _ payload: [UInt8], _ client: MessageClient, _ notice: WaitNotice
    ) throws(MQTTError) {
        notice.begin(Context.brokerWait(request.patience))
        try client.connect(patience: request.patience, limit: nil)
        notice.end()
        let connection = client.connection
        for number in 1...request.count {
            // A working broker acknowledges messages, or reads bytes, all the time.
            _ = try connection.publish(
                topic: request.topic, payload: payload, qos: qos, retain: request.isRetained,
                until: .now + Self.stallLimit)
            if request.pause > .zero, number < request.count {
                _ = try connection.receive(until: .now + request.pause, idle: {}, handler: { _, _, _ in true })
            }
        }
        notice.begin("Waiting for the MQTT broker to take the message, for at most 30 seconds.")
        try connection.waitForDelivery(until: .now + Self.stallLimit)
    }

    /// How long the broker may make no progress with a message.
    private static let stallLimit = Duration.seconds(30)

    private func failure(_ error: MQTTError, _ delivered: Int) -> MessagingError {
        if error == .interrupted, let signal = context.interruption.signal() {
            return .interrupted(Interrupted(signal: signal), delivered: delivered, of: request.count)
        }
        return request.count > 1
            ? .undelivered(delivered: delivered, of: request.count, error) : .broker(error)
    }

    private var title: String {
        "failed to publish the message \"\(request.message.beginning)\" on the topic \"\(request.topic.beginning)\" "
            + "with QoS \"\(qos.word)\"."
    }
}

extension Publisher.Request {
    fileprivate var level: QoS { QoS(rawValue: UInt8(truncatingIfNeeded: qos)) ?? .atLeastOnce }
}

extension QoS {
    /// The name that thin-edge.io uses in its messages.
    var word: String {
        switch self {
        case .atMostOnce: "AtMostOnce"
        case .atLeastOnce: "AtLeastOnce"
        case .exactlyOnce: "ExactlyOnce"
        }
    }
}

extension String {
    /// The text for messages; only the first 79 characters if it is long.
    var beginning: String { count > 80 ? "\(prefix(79))…" : self }
}
