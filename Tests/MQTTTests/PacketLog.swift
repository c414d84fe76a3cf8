import Synchronization

/// Packets that a fake broker has seen.
final class PacketLog: Sendable {
    private let packets = Mutex<[[UInt8]]>([])

    var all: [[UInt8]] { packets.withLock { $0 } }
    func append(_ packet: [UInt8]) { packets.withLock { $0.append(packet) } }
}
