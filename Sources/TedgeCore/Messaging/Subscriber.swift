import Foundation
import MQTT

/// `mqtt sub`: shows messages as they arrive.
///
/// After a lost connection it connects and subscribes again; messages published in between are lost.
public struct Subscriber {
    /// The subscription, the format of its messages, and the conditions that end it.
    public struct Request: Sendable {
        /// The topic filter.
        public var filter: String
        /// The highest QoS to receive: 0, 1 or 2.
        public var qos = 0
        /// Whether to show the topic before each message.
        public var showsTopic = true
        /// Whether to show messages as base64.
        public var isBase64 = false
        /// The time after which the command ends; nil is no limit.
        public var duration: Duration?
        /// How long to wait for a broker that is not there, zero for ever; nil not to try again.
        public var patience: Duration?
        /// The number of messages after which the command ends; 0 is no limit.
        public var limit = 0
        /// Whether to end at the first message that is not retained, without showing it.
        public var retainedOnly = false

        /// Requests all messages, at QoS 0, until a signal arrives.
        public init(filter: String) { self.filter = filter }
    }

    private let request: Request
    private let qos: QoS
    private let context: Context
    private let deadline: ContinuousClock.Instant?

    /// Creates the command for a request; the duration starts now.
    public init(_ request: Request, in context: Context) {
        self.request = request
        self.context = context
        qos = QoS(rawValue: UInt8(truncatingIfNeeded: request.qos)) ?? .atMostOnce
        deadline = request.duration.map { .now + $0 }
    }

    /// Shows messages until one of the conditions ends the command.
    public func run() -> CommandReport {
        let intake = MessageIntake(request, until: deadline, in: context)
        var report: CommandReport
        do {
            let ending = try receive(intake)
            report = .done("mqtt sub", changed: false)
            report.details = [.init("ended", .string(ending.rawValue))]
        } catch {
            let failure = CommandFailure(command: "tedge mqtt sub", title, error)
            report = context.failed("mqtt sub", failure)
        }
        report.details += [
            .init("topic", .string(request.filter)), .init("qos", .number(request.qos)),
            .init("count", .number(intake.count)),
        ]
        if context.console.isJSON { report.details.append(.init("messages", .array(intake.messages))) }
        return report
    }

    private func receive(_ intake: MessageIntake) throws -> MessageIntake.Ending {
        let (signal, output) = (context.interruption.signal, context.output)
        let isShown = !context.console.isJSON
        // A closed reader ends the next wait, as a signal does.
        let interruption = Interruption { signal() ?? (isShown && output.isClosed ? SIGPIPE : nil) }
        let notice = WaitNotice(on: context.console)
        let client = try context.messageClient("tedge-sub", interruption: notice.watching(interruption))
        defer { client.connection.disconnect() }
        do throws(MQTTError) {
            try listen(client, intake, notice)
        } catch {
            guard case .socket(.interrupted) = error else {
                intake.flush()
                throw MessagingError.broker(error)
            }
            intake.end(signal() == nil ? .readerGone : .signal)
        }
        intake.flush()
        if intake.isFull { throw MessagingError.tooManyMessages(count: intake.count) }
        if let failure = intake.failure { throw MessagingError.output(failure) }
        return intake.ending ?? .duration
    }

    /// Returns when a message ends the command or the duration is over.
    private func listen(
        _ client: MessageClient, _ intake: MessageIntake, _ notice: WaitNotice
    ) throws(MQTTError) {
        notice.begin(Context.brokerWait(request.patience))
        try client.connect(patience: request.patience, limit: request.patience == nil ? .now + timeout : latest)
        notice.begin("Waiting for the MQTT broker to confirm the subscription, for at most 10 seconds.")
        let connection = client.connection
        try subscribe(connection, intake)
        notice.end()
        while !intake.isOver {
            do throws(MQTTError) {
                _ = try connection.receive(
                    until: deadline, idle: intake.flush,
                    handler: { intake.take(topic: $0, payload: $1, delivery: $2) })
                return
            } catch {
                if intake.isOver { return }
                guard error.isLoss else { throw error }
                intake.flush()
                var text = "\(error)"
                if text.last == "." { text.removeLast() }
                context.console.warning("\(text); connecting until it is back.")
            }
            guard try isBack(connection, intake) else { return }
            context.console.note("Connected to the MQTT broker again.")
        }
    }

    /// Tries to connect and subscribe until both succeed. Returns false if the duration is over before that.
    private func isBack(_ connection: any MQTTConnection, _ intake: MessageIntake) throws(MQTTError) -> Bool {
        while true {
            do throws(MQTTError) {
                try connection.reconnect(until: deadline)
                try subscribe(connection, intake)
                return true
            } catch {
                if error == .interrupted { throw error }
                if let deadline, ContinuousClock.now >= deadline { return false }
                guard error.isLoss else { throw error }
            }
        }
    }

    /// How long the broker may take at the start: at most the duration, but long enough for a slow device.
    private var timeout: Duration { min(Context.brokerTimeout, max(request.duration ?? .seconds(10), .seconds(1))) }

    /// When a wait for the broker is over because of the duration; a slow device has at least a second.
    private var latest: ContinuousClock.Instant? { deadline.map { max($0, .now + .seconds(1)) } }

    /// Subscribes and handles messages at once: many brokers send retained messages before they confirm.
    private func subscribe(_ connection: any MQTTConnection, _ intake: MessageIntake) throws(MQTTError) {
        try connection.subscribe([(request.filter, qos)], until: .now + Context.brokerTimeout) {
            intake.take(topic: $0, payload: $1, delivery: $2)
        }
    }

    private var title: String {
        "failed to subscribe the topic \"\(request.filter.beginning)\" with QoS \"\(qos.word)\"."
    }
}

extension MQTTError {
    /// Whether an open connection has ended or no longer works.
    fileprivate var isLoss: Bool {
        switch self {
        case .disconnected, .keepAliveExpired, .timedOut: true
        default: false
        }
    }
}
