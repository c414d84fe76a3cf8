import Glibc

/// Passes bytes between the broker and libmosquitto, which is connected to this process instead of the broker.
///
/// libmosquitto reads a socket directly and without a limit. From the relay it gets the broker's bytes in chunks, and
/// only those that `PacketGate` lets pass.
final class Relay {
    /// Why no more bytes arrive from the broker.
    enum Stop {
        case end(Wire.End)
        case gate(PacketGate.Problem)
    }

    let wire: Wire
    /// The relay's end of the connection to libmosquitto.
    let local: Int32
    private(set) var stop: Stop?
    /// How many bytes libmosquitto has written.
    private(set) var taken = 0
    /// Whether libmosquitto has closed its connection.
    private(set) var isLeft = false
    private var gate: PacketGate
    private let inbound = Queue(holding: [])
    private let outbound: Queue
    /// How many bytes have arrived since the broker last accepted some of the waiting bytes.
    private var comeWhileStuck = 0
    /// The limit of that count: libmosquitto creates an acknowledgement for each message and keeps it until the broker
    /// accepts it.
    private static let stuckLimit = 512 << 10

    /// - Parameters:
    ///   - local: The relay's end of the connection to libmosquitto. The relay closes it.
    ///   - sent: The bytes that libmosquitto has already sent.
    init(_ wire: Wire, local: Int32, sent: [UInt8], packetLimit: Int) {
        self.wire = wire
        self.local = local
        gate = PacketGate(limit: packetLimit)
        outbound = Queue(holding: sent)
    }

    deinit { close(local) }

    /// Whether bytes are waiting for the broker.
    var hasOutput: Bool { !outbound.isEmpty || wire.hasOutput }

    /// The events to wait for, by descriptor.
    var interests: [pollfd] {
        var wished: Int32 = 0
        if stop == nil, inbound.isEmpty, mayPull { wished |= POLLIN }
        if hasOutput, wire.sendFailure == nil { wished |= POLLOUT }
        let mayTake = outbound.isEmpty && !isLeft
        return [
            pollfd(fd: wished == 0 ? -1 : wire.descriptor, events: Int16(wished), revents: 0),
            pollfd(
                fd: mayTake || !inbound.isEmpty ? local : -1,
                events: Int16((mayTake ? POLLIN : 0) | (inbound.isEmpty ? 0 : POLLOUT)), revents: 0),
        ]
    }

    private var mayPull: Bool { !hasOutput || comeWhileStuck < Self.stuckLimit }

    /// Passes the bytes that have arrived on to libmosquitto. Returns whether there was anything to pass on, including
    /// the end.
    func pull() -> Bool {
        if inbound.isEmpty, stop == nil, mayPull {
            do throws(Wire.End) {
                guard let count = try inbound.fill({ bytes throws(Wire.End) in try wire.read(into: bytes) }) else {
                    return false
                }
                comeWhileStuck = hasOutput ? comeWhileStuck + count : 0
                let (admitted, problem) = gate.admit(inbound.bytes)
                inbound.keep(admitted)
                if let problem { stop = .gate(problem) }
            } catch {
                stop = .end(error)
            }
            if stop != nil, inbound.isEmpty { shutdown(local, Int32(SHUT_WR)) }
            if inbound.isEmpty { return true }
        }
        guard !inbound.isEmpty else { return false }
        let count = send(local, inbound.bytes.baseAddress, inbound.bytes.count, Int32(MSG_NOSIGNAL))
        // libmosquitto has closed its end: drop the rest.
        if count < 0, errno != EAGAIN, errno != EINTR { inbound.keep(0) }
        inbound.drop(max(0, count))
        if inbound.isEmpty, stop != nil { shutdown(local, Int32(SHUT_WR)) }
        return count > 0
    }

    /// Passes the bytes that libmosquitto has written on to the broker, as far as the socket accepts them.
    func push() {
        guard stop == nil else { return }
        do throws(Wire.End) {
            while true {
                wire.flush()
                if outbound.isEmpty {
                    guard !isLeft, takeOutput() else { return }
                }
                let count = try wire.write(outbound.bytes)
                if count == 0 { return }
                comeWhileStuck = 0
                outbound.drop(count)
            }
        } catch {
            stop = .end(error)
            if inbound.isEmpty { shutdown(local, Int32(SHUT_WR)) }
        }
    }

    /// Reads the bytes that libmosquitto has written. Returns false if there are none.
    private func takeOutput() -> Bool {
        let count = outbound.fill { recv(local, $0.baseAddress, $0.count, 0) } ?? 0
        if count == 0 || count < 0 && errno != EAGAIN && errno != EINTR { isLeft = true }
        taken += max(0, count)
        return count > 0
    }
}

/// A buffer for bytes in transit, at most one chunk.
private final class Queue {
    private static let chunkSize = 65_536
    private let memory: UnsafeMutableRawBufferPointer
    private var range: Range<Int>

    init(holding bytes: [UInt8]) {
        memory = .allocate(byteCount: max(Self.chunkSize, bytes.count), alignment: 16)
        memory.copyBytes(from: bytes)
        range = 0..<bytes.count
    }

    deinit { memory.deallocate() }

    var isEmpty: Bool { range.isEmpty }

    /// The bytes, valid until the queue is changed.
    var bytes: UnsafeRawBufferPointer { UnsafeRawBufferPointer(rebasing: memory[range]) }

    /// Fills an empty queue with as many bytes as `body` returns.
    func fill<Failure>(
        _ body: (UnsafeMutableRawBufferPointer) throws(Failure) -> Int?
    ) throws(Failure) -> Int? {
        let count = try body(memory)
        range = 0..<max(0, count ?? 0)
        return count
    }

    /// Keeps only the first `count` bytes.
    func keep(_ count: Int) { range = range.lowerBound..<range.lowerBound + count }

    func drop(_ count: Int) { range = range.lowerBound + count..<range.upperBound }
}
