import MQTT

/// What `mqtt sub` does with each message: counts it, and shows it or keeps it for the JSON object, until one ends it.
///
/// Lines are gathered while messages arrive without a pause, and written in the next pause.
final class MessageIntake {
    /// Why it takes no more messages.
    enum Ending: String {
        case count, duration, signal
        case retainedOnly = "retained-only"
        case readerGone = "reader-gone"
    }

    private(set) var ending: Ending?
    /// Why the output cannot be written.
    private(set) var failure: SystemError?
    /// Whether the JSON object is full.
    private(set) var isFull = false
    private var size = 0
    /// How many bytes the messages of a JSON object may have, as they are written.
    static let limit = 8 << 20
    private(set) var count = 0
    private(set) var messages: [JSONValue] = []

    private let request: Subscriber.Request
    private let context: Context
    private let format: MessageFormat
    private let deadline: ContinuousClock.Instant?
    private var waiting: [UInt8] = []
    /// How many bytes are gathered at most before they are written.
    private static let chunkSize = 65_536

    init(_ request: Subscriber.Request, until deadline: ContinuousClock.Instant?, in context: Context) {
        self.request = request
        self.context = context
        self.deadline = deadline
        format = MessageFormat(
            showsTopic: request.showsTopic, isBase64: request.isBase64,
            isForTerminal: !context.console.isJSON && context.output.isTerminal)
    }

    /// Whether it takes no more messages.
    var isOver: Bool { ending != nil || failure != nil || isFull }

    /// Takes a message; false if it takes no more.
    func take(topic: RawSpan, payload: RawSpan, delivery: MQTTDelivery) -> Bool {
        if request.retainedOnly, !delivery.isRetained {
            end(.retainedOnly)
            return false
        }
        if context.console.isJSON {
            size += Self.size(topic) + Self.size(payload) + Self.memberSize
            isFull = size > Self.limit
            if isFull { return false }
        }
        count += 1
        if context.console.isJSON {
            messages.append(format.json(topic: topic, payload: payload, delivery))
        } else {
            format.append(topic: topic, payload: payload, to: &waiting)
            if waiting.count >= Self.chunkSize { flush() }
        }
        if request.limit > 0, count >= request.limit { end(.count) }
        return !isOver
    }

    /// What the members of a message need besides topic and payload, in memory.
    private static let memberSize = 512

    /// How long bytes are in JSON at most: what is not printable is escaped.
    private static func size(_ bytes: RawSpan) -> Int {
        unsafe bytes.withUnsafeBytes { bytes in
            unsafe bytes.reduce(0) { $0 + ($1 < 0x20 ? 6 : $1 < 0x7F ? 1 : 3) }
        }
    }

    /// Notes why it takes no more messages, unless that is known.
    func end(_ reason: Ending) { ending = ending ?? reason }

    /// Writes what was gathered. At the end it does not wait for a reader that takes nothing.
    func flush() {
        guard !waiting.isEmpty, failure == nil, ending != .readerGone else { return }
        defer { waiting.removeAll(keepingCapacity: true) }
        do throws(SystemError) {
            try context.output.write(waiting) {
                context.interruption.isRequested || (deadline.map { ContinuousClock.now >= $0 } ?? false)
            }
        } catch {
            if error.isClosedPipe { end(.readerGone) } else { failure = error }
        }
    }
}

extension SystemError {
    /// Whether the reader is gone.
    fileprivate var isClosedPipe: Bool { self == SystemError(32) }
}
