import MQTT

/// Handles each message of `mqtt sub`: counts it, and shows it or keeps it for the JSON object, until a message is the
/// last one.
///
/// Gathers lines while messages arrive without a pause, and writes them in the next pause.
final class MessageIntake {
    /// Why it accepts no more messages.
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
    /// The most bytes that the messages of a JSON object may have when they are printed.
    static let limit = 8 << 20
    private(set) var count = 0
    private(set) var messages: [JSONValue] = []

    private let request: Subscriber.Request
    private let context: Context
    private let format: MessageFormat
    private let deadline: ContinuousClock.Instant?
    private var waiting: [UInt8] = []
    /// The most bytes to gather before they are written.
    private static let chunkSize = 65_536

    init(_ request: Subscriber.Request, until deadline: ContinuousClock.Instant?, in context: Context) {
        self.request = request
        self.context = context
        self.deadline = deadline
        format = MessageFormat(
            showsTopic: request.showsTopic, isBase64: request.isBase64,
            isForTerminal: !context.console.isJSON && context.output.isTerminal)
    }

    /// Whether it accepts no more messages.
    var isOver: Bool { ending != nil || failure != nil || isFull }

    /// Handles a message. Returns false if it accepts no more.
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

    /// The memory that a message needs besides topic and payload.
    private static let memberSize = 512

    /// The largest size of bytes in JSON: unprintable characters are escaped.
    private static func size(_ bytes: RawSpan) -> Int {
        unsafe bytes.withUnsafeBytes { bytes in
            unsafe bytes.reduce(0) { $0 + ($1 < 0x20 ? 6 : $1 < 0x7F ? 1 : 3) }
        }
    }

    /// Records why it accepts no more messages, unless a reason is already recorded.
    func end(_ reason: Ending) { ending = ending ?? reason }

    /// Writes the gathered bytes. At the end it does not wait for a reader that accepts nothing.
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
    /// Whether the reader has closed the output.
    fileprivate var isClosedPipe: Bool { self == SystemError(32) }
}
