import Glibc

/// Passes bytes on between the broker and libmosquitto, which has a connection within this process instead of the broker's.
///
/// libmosquitto reads a socket itself, as much as it likes. Here it gets what the broker sends in chunks, and only what
/// `PacketGate` lets pass.
final class Relay {
    /// Why no more comes from the broker.
    enum Stop {
        case end(Wire.End)
        case gate(PacketGate.Problem)
    }

    let wire: Wire
    /// This end of the connection to libmosquitto.
    let local: Int32
    private(set) var stop: Stop?
    /// How many bytes libmosquitto has written.
    private(set) var taken = 0
    /// Whether libmosquitto has ended its connection.
    private(set) var isLeft = false
    private var gate: PacketGate
    private let inbound = Queue(holding: [])
    private let outbound: Queue
    /// How many bytes have come since the broker last took some while others waited for it.
    private var comeWhileStuck = 0
    /// How many may: for each message libmosquitto makes an acknowledgement, which is kept until the broker takes it.
    private static let stuckLimit = 512 << 10

    /// - Parameters:
    ///   - local: This end of the connection to libmosquitto. It is closed with the relay.
    ///   - sent: What libmosquitto has sent already.
    init(_ wire: Wire, local: Int32, sent: [UInt8], packetLimit: Int) {
        self.wire = wire
        self.local = local
        gate = PacketGate(limit: packetLimit)
        outbound = Queue(holding: sent)
    }

    deinit { close(local) }

    /// Whether bytes wait for the broker.
    var hasOutput: Bool { !outbound.isEmpty || wire.hasOutput }

    /// What is waited for, by descriptor.
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

    /// Passes on to libmosquitto what has come. Returns whether it was anything, the end included.
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
        // libmosquitto has closed its end: nobody wants the rest.
        if count < 0, errno != EAGAIN, errno != EINTR { inbound.keep(0) }
        inbound.drop(max(0, count))
        if inbound.isEmpty, stop != nil { shutdown(local, Int32(SHUT_WR)) }
        return count > 0
    }

    /// Passes on to the broker what libmosquitto has written, as far as the socket takes it.
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

    /// Takes what libmosquitto has written. Returns false if there is nothing.
    private func takeOutput() -> Bool {
        let count = outbound.fill { recv(local, $0.baseAddress, $0.count, 0) } ?? 0
        if count == 0 || count < 0 && errno != EAGAIN && errno != EINTR { isLeft = true }
        taken += max(0, count)
        return count > 0
    }
}

/// Bytes on their way, up to a chunk.
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

    /// The bytes, until the queue is changed.
    var bytes: UnsafeRawBufferPointer { UnsafeRawBufferPointer(rebasing: memory[range]) }

    /// Fills an empty queue with as many bytes as `body` says.
    func fill<Failure>(
        _ body: (UnsafeMutableRawBufferPointer) throws(Failure) -> Int?
    ) throws(Failure) -> Int? {
        let count = try body(memory)
        range = 0..<max(0, count ?? 0)
        return count
    }

    /// Leaves only the first bytes in it.
    func keep(_ count: Int) { range = range.lowerBound..<range.lowerBound + count }

    func drop(_ count: Int) { range = range.lowerBound + count..<range.upperBound }
}
