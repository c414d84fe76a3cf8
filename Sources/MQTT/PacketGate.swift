/// Follows the packets of a broker as their bytes arrive and stops before a packet that must not pass. Without it
/// libmosquitto would allocate as much memory as the head of a packet announces, and would keep every QoS 2 message that
/// the broker does not release.
struct PacketGate {
    /// Why a packet must not pass.
    enum Problem: Error, Equatable {
        /// The packet is longer than the limit; both are in bytes.
        case tooLarge(bytes: Int, limit: Int)
        /// The QoS 2 messages that the broker has not released are together longer than the limit, in bytes.
        case tooManyUnfinished(limit: Int)
        /// No MQTT 3.1.1 packet begins like this or has this id.
        case malformed
    }

    private enum State {
        case kind
        case length(value: Int, shift: Int)
        /// The first bytes that are examined: the length of the topic, or an id.
        case number(high: Int?, isTopic: Bool)
        /// Bytes that are not examined; an id follows if `idFollows`.
        case skip(left: Int, idFollows: Bool)
    }

    private let limit: Int
    private var state = State.kind
    private var kind: UInt8 = 0
    /// How many bytes of the packet are still missing.
    private var left = 0
    private var size = 0
    /// The sizes of the unreleased QoS 2 messages, by id.
    private var unfinished: [Int: Int] = [:]
    private var unfinishedSize = 0
    /// Packets without a message have 2 bytes, or a few more if the client subscribes to several topics at once.
    private static let controlLimit = 1024
    /// The memory that libmosquitto needs for a message besides its bytes.
    private static let overhead = 256

    /// - Parameter limit: The longest message, in bytes.
    init(limit: Int) { self.limit = limit }

    /// The largest total size of QoS 2 messages that the broker has not released.
    private var unfinishedLimit: Int { limit * 2 }

    /// Examines the next bytes. Returns how many of them may pass, and the problem of the packet after them.
    mutating func admit(_ bytes: UnsafeRawBufferPointer) -> (count: Int, problem: Problem?) {
        var position = 0
        // The start of the current packet: if the packet must not pass, none of its bytes pass.
        var begin = 0
        while position < bytes.count {
            if case .kind = state { begin = position }
            do throws(Problem) {
                position += try step(bytes, position)
            } catch {
                return (begin, error)
            }
        }
        return (bytes.count, nil)
    }

    /// Reads one byte that is examined, or several that are not. Returns how many bytes it read.
    private mutating func step(_ bytes: UnsafeRawBufferPointer, _ position: Int) throws(Problem) -> Int {
        let byte = bytes[position]
        switch state {
        case .kind:
            kind = byte
            state = .length(value: 0, shift: 0)
        case .length(let value, let shift):
            let value = value | Int(byte & 0x7F) << shift
            if byte & 0x80 == 0 {
                try begin(value)
            } else {
                guard shift < 21 else { throw .malformed }
                state = .length(value: value, shift: shift + 7)
            }
        case .number(let high, let isTopic):
            left -= 1
            guard let high else {
                state = left > 0 ? .number(high: Int(byte), isTopic: isTopic) : .kind
                return 1
            }
            let number = high << 8 | Int(byte)
            if isTopic {
                state = .skip(left: min(number, left), idFollows: true)
            } else {
                try note(number)
                state = .skip(left: left, idFollows: false)
            }
            endSkip()
        case .skip(let count, let idFollows):
            let taken = min(count, bytes.count - position)
            left -= taken
            state = .skip(left: count - taken, idFollows: idFollows)
            endSkip()
            return taken
        }
        return 1
    }

    /// Handles the complete head of a packet.
    private mutating func begin(_ length: Int) throws(Problem) {
        (left, size) = (length, length + Self.overhead)
        let isMessage = kind >> 4 == 3
        guard isMessage || length <= Self.controlLimit else { throw .malformed }
        guard length <= limit else { throw .tooLarge(bytes: length, limit: limit) }
        let isUnfinished = isMessage && kind & 0x06 == 0x04
        if isUnfinished, unfinishedSize + size > unfinishedLimit {
            throw .tooManyUnfinished(limit: unfinishedLimit)
        }
        if left == 0 {
            state = .kind
        } else if isUnfinished {
            state = .number(high: nil, isTopic: true)
        } else if kind >> 4 == 6 {
            state = .number(high: nil, isTopic: false)
        } else {
            state = .skip(left: left, idFollows: false)
        }
    }

    private mutating func endSkip() {
        guard case .skip(0, let idFollows) = state else { return }
        state = left == 0 ? .kind : idFollows ? .number(high: nil, isTopic: false) : .skip(left: left, idFollows: false)
    }

    /// Records the id of a QoS 2 message, or the release of the message with this id.
    private mutating func note(_ id: Int) throws(Problem) {
        if kind >> 4 == 6 {
            unfinishedSize -= unfinished.removeValue(forKey: id) ?? 0
        } else {
            // Until a message is released, no other message can have its id (MQTT 3.1.1 §2.3.1).
            guard unfinished.updateValue(size, forKey: id) == nil else { throw .malformed }
            unfinishedSize += size
        }
    }
}
