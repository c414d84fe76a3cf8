import Testing

@testable import MQTT

@Suite("Which packets are taken from a broker")
struct PacketGateTests {
    /// What becomes of bytes that come in portions of one size.
    private func admit(_ bytes: [UInt8], limit: Int = 2000, portion: Int) -> (passed: [UInt8], PacketGate.Problem?) {
        var gate = PacketGate(limit: limit)
        var passed: [UInt8] = []
        var rest = bytes[...]
        while !rest.isEmpty {
            let part = Array(rest.prefix(portion))
            rest = rest.dropFirst(portion)
            let (count, problem) = part.withUnsafeBytes { gate.admit($0) }
            passed += part.prefix(count)
            if let problem { return (passed, problem) }
        }
        return (passed, nil)
    }

    /// A message with the topic `a/b`.
    private func message(_ id: UInt8? = nil, size: Int, qos: UInt8 = 2) -> [UInt8] {
        let body = [0, 3] + [UInt8]("a/b") + (id.map { [0, $0] } ?? []) + [UInt8](repeating: 9, count: size)
        return [0x30 | qos << 1, UInt8(body.count & 0x7F | 0x80), UInt8(body.count >> 7)] + body
    }

    private static let portions = [1, 2, 3, 7, 100_000]

    @Test("packets of every kind pass unchanged, wherever they are split", arguments: portions)
    func passing(portion: Int) {
        let packets: [[UInt8]] = [
            [0x20, 2, 0, 0], [0x90, 3, 0, 1, 0], [0xD0, 0], message(size: 1500, qos: 0), message(7, size: 300, qos: 1),
            message(7, size: 300), [0x62, 2, 0, 7], [0x40, 2, 0, 1], [0x50, 2, 0, 1], [0x70, 2, 0, 1],
            message(7, size: 0), [0x30, 2, 0, 0], [0x30, 0],
        ]
        let (passed, problem) = admit(packets.flatMap(\.self), portion: portion)
        #expect(problem == nil)
        #expect(passed == packets.flatMap(\.self))
    }

    @Test("a message that is too long is refused at its head, and earlier packets pass", arguments: portions)
    func tooLong(portion: Int) {
        let good = message(size: 10, qos: 0)
        let (passed, problem) = admit(
            good + [0x30, 0xFF, 0xFF, 0xFF, 0x7F] + [UInt8](repeating: 0, count: 100), portion: portion)
        #expect(problem == .tooLarge(bytes: 268_435_455, limit: 2000))
        #expect(passed.starts(with: good) && passed.count < good.count + 5)
    }

    @Test("other packets are short", arguments: [0x90, 0x40, 0x62, 0xD0] as [UInt8])
    func control(kind: UInt8) {
        #expect(admit([kind, 0x81, 8], portion: 9).1 == .malformed)
    }

    @Test("a length has four bytes at most", arguments: portions)
    func length(portion: Int) {
        #expect(admit([0x30, 0xFF, 0xFF, 0xFF, 0xFF, 1], portion: portion).1 == .malformed)
    }

    @Test("messages of QoS 2 count until they are released", arguments: portions)
    func unfinished(portion: Int) {
        let rounds: [UInt8] = (0..<50).flatMap { _ -> [UInt8] in message(1, size: 1000) + [0x62, 2, 0, 1] }
        #expect(admit(rounds, portion: portion).1 == nil)
        let kept: [UInt8] = (1...50 as ClosedRange<UInt8>).flatMap { number -> [UInt8] in message(number, size: 1000) }
        #expect(admit(kept, portion: portion).1 == .tooManyUnfinished(limit: 4000))
        // Without a payload they cost memory too.
        let empty: [UInt8] = (1...50 as ClosedRange<UInt8>).flatMap { number -> [UInt8] in message(number, size: 0) }
        #expect(admit(empty, portion: portion).1 == .tooManyUnfinished(limit: 4000))
    }

    @Test("an id that is not released names one message", arguments: portions)
    func sameID(portion: Int) {
        #expect(admit(message(1, size: 3) + message(1, size: 3), portion: portion).1 == .malformed)
    }
}
