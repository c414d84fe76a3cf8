import Foundation
import MQTT
import TestSupport
import Testing

/// Brokers that send without end. What a call keeps is bounded, and its end is its deadline or an interruption.
@Suite("Brokers that flood", .timeLimit(.minutes(2)))
struct FloodTests {
    private func place(_ port: UInt16) -> MQTTError.Endpoint { MQTTError.Endpoint(host: "127.0.0.1", port: port) }

    /// A broker that accepts, reads `packets` more packets, and then sends until the client is gone.
    private func broker(after packets: Int, answer: Bool = true, _ flood: @escaping @Sendable (Int) -> [UInt8]) throws
        -> FakeBroker
    {
        try FakeBroker { connection in
            _ = connection.readPacket()
            if answer { connection.write([0x20, 2, 0, 0]) }
            for _ in 0..<packets { _ = connection.readPacket() }
            var number = 0
            while true {
                let bytes = flood(number)
                guard send(connection.descriptor, bytes, bytes.count, Int32(MSG_NOSIGNAL)) == bytes.count else {
                    return
                }
                number += 1
            }
        }
    }

    private static let small = [[UInt8]](repeating: [0x30, 4, 0, 1, 0x61, 0x31], count: 1000).flatMap(\.self)

    @Test("a message that is longer than the limit is not waited for")
    func tooLong() throws {
        let broker = try broker(after: 1) {
            $0 == 0 ? [0x30, 0xFF, 0xFF, 0xFF, 0x7F] : [UInt8](repeating: 0, count: 1000)
        }
        let client = try MQTTClient.connected(broker.port)
        let error = MQTTError.messageTooLarge(place(broker.port), bytes: 268_435_455, limit: 8 << 20)
        #expect(throws: error) { try client.subscribe([("a", .atMostOnce)], until: later) }
        #expect(!client.isConnected)
    }

    @Test("messages of QoS 2 that are never released end the connection")
    func neverReleased() throws {
        let broker = try broker(after: 1) { number in
            let id = UInt16(truncatingIfNeeded: number + 1)
            let body = [0, 1, 0x61, UInt8(id >> 8), UInt8(id & 0xFF)] + [UInt8](repeating: 1, count: 10_000)
            return [0x34, UInt8(body.count & 0x7F | 0x80), UInt8(body.count >> 7)] + body
        }
        let client = try MQTTClient.connected(broker.port)
        let error = MQTTError.flooded(place(broker.port), limit: 16 << 20)
        #expect(throws: error) { try client.subscribe([("a", .exactlyOnce)], until: later) }
    }

    @Test(
        "too many unread messages before the subscription is confirmed end the connection")
    func beforeConfirmation() throws {
        let broker = try broker(after: 1) { _ in Self.small }
        let client = try MQTTClient.connected(broker.port)
        let error = MQTTError.flooded(place(broker.port), limit: 16 << 20)
        #expect(throws: error) { try client.subscribe([("a", .atMostOnce)], until: later) }
    }

    @Test("messages before the subscription is confirmed can be received, and a handler that stops ends the wait")
    func handler() throws {
        let broker = try broker(after: 1) { _ in Self.small }
        let client = try MQTTClient.connected(broker.port)
        var count = 0
        try client.subscribe([("a", .atMostOnce)], until: later) { topic, payload, _ in
            #expect(topic.byteCount == 1 && payload.byteCount == 1)
            count += 1
            return count < 100_000
        }
        #expect(count == 100_000)
        let silent = MQTTError.timedOut(.subscription(filter: "a"))
        #expect(throws: silent) { try client.subscribe([("a", .atMostOnce)], until: soon) { _, _, _ in true } }
        #expect(client.isConnected)
    }

    @Test(
        "packets without a message do not delay a call beyond its deadline",
        arguments: [[0xD0, 0], [0x40, 2, 0, 9]] as [[UInt8]])
    func withoutMessage(packet: [UInt8]) throws {
        let many = [[UInt8]](repeating: packet, count: 1000).flatMap(\.self)
        let broker = try broker(after: 0) { _ in many }
        let client = try MQTTClient.connected(broker.port)
        #expect(try client.nextMessage(until: soon) == nil)
        #expect(throws: MQTTError.timedOut(.subscription(filter: "a"))) {
            try client.subscribe([("a", .atMostOnce)], until: soon)
        }
    }

    @Test(
        "endless messages do not delay a call beyond its deadline or an interruption",
        arguments: [0x30, 0x32] as [UInt8])
    func endless(kind: UInt8) throws {
        // The broker reads none of the acknowledgements.
        let message: [UInt8] = kind == 0x30 ? [0x30, 4, 0, 1, 0x61, 0x31] : [0x32, 6, 0, 1, 0x61, 0, 1, 0x31]
        let many = [[UInt8]](repeating: message, count: 1000).flatMap(\.self)
        let broker = try broker(after: 0) { _ in many }
        let flag = Flag()
        let client = try MQTTClient.connected(broker.port) { flag.isSet }
        #expect(try !client.receive(until: soon) { _, _, _ in true })
        let thread = Thread {
            usleep(100_000)
            flag.set()
        }
        thread.start()
        #expect(throws: MQTTError.interrupted) { try client.receive(until: nil) { _, _, _ in true } }
        #expect(throws: MQTTError.interrupted) { try client.nextMessage(until: later) }
    }

    @Test(
        "a TLS handshake that never ends is abandoned",
        arguments: [[0x16, 3, 3, 0, 4, 0, 0, 0, 0], [0x16, 3, 3, 0, 0]] as [[UInt8]])
    func handshake(record: [UInt8]) throws {
        let many = [[UInt8]](repeating: record, count: 1000).flatMap(\.self)
        let broker = try FakeBroker { connection in
            while send(connection.descriptor, many, many.count, Int32(MSG_NOSIGNAL)) == many.count {}
        }
        let authority = try TestAuthority()
        let options = MQTTOptions.test(broker.port, tls: MQTTTLS(caFile: authority.authority.certificate))
        let error = #expect(throws: MQTTError.self) { try MQTTClient(options).connect(until: later) }
        guard case .tls? = error else {
            Issue.record("\(String(describing: error))")
            return
        }
    }
}
