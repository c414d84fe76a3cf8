import Foundation
import MQTT
import Synchronization
import TestSupport
import Testing

@Suite("Connecting again")
struct ReconnectTests {
    private func place(_ port: UInt16) -> MQTTError.Endpoint { MQTTError.Endpoint(host: "127.0.0.1", port: port) }

    @Test("the client connects to a restarted broker again and can subscribe again")
    func restarted() throws {
        let port = try freePort()
        let first = try MosquittoBroker(port: port)
        let client = try MQTTClient.connected(port)
        try client.subscribe([("a", .atMostOnce)], until: later)
        first.kill()
        #expect(throws: MQTTError.self) { try client.nextMessage(until: later) }
        let second = Mutex<MosquittoBroker?>(nil)
        let done = DispatchSemaphore(value: 0)
        Thread.detachNewThread {
            let broker = try? MosquittoBroker(port: port)
            second.withLock { $0 = broker }
            done.signal()
        }
        try client.reconnect(until: nil)
        done.wait()
        try client.subscribe([("a", .atMostOnce)], until: later)
        try client.publish(topic: "a", payload: [1])
        #expect(try client.nextMessage(until: later)?.payload == [1])
    }

    @Test("the last refusal is thrown at the deadline")
    func deadline() throws {
        let port = try freePort()
        let client = try MQTTClient(.test(port))
        #expect(throws: MQTTError.cannotConnect(place(port), errno: ECONNREFUSED)) {
            try client.reconnect(until: soon)
        }
    }

    @Test("an error that waiting cannot change is thrown at once")
    func refused() throws {
        let broker = try FakeBroker.answering(5)
        let client = try MQTTClient(.test(broker.port))
        #expect(throws: MQTTError.refused(place(broker.port), .notAuthorised)) { try client.reconnect(until: nil) }
    }

    @Test("an interruption ends the attempts")
    func interrupted() throws {
        var questions = 0
        let client = try MQTTClient(.test(try freePort())) {
            questions += 1
            return questions > 8
        }
        #expect(throws: MQTTError.interrupted) { try client.reconnect(until: nil) }
    }
}

@Suite("How many are delivered")
struct DeliveredTests {
    @Test("each message counts as delivered when it is done", arguments: QoS.allCases)
    func counted(qos: QoS) throws {
        let broker = try MosquittoBroker()
        let client = try MQTTClient.connected(broker.port)
        #expect(client.delivered == 0)
        for _ in 0..<50 { try client.publish(topic: "a", payload: [1], qos: qos) }
        try client.waitForDelivery(until: later)
        #expect(client.delivered == 50)
    }

    @Test("an unacknowledged message does not count as delivered, even after the connection has ended")
    func unacknowledged() throws {
        let broker = try FakeBroker { connection in
            _ = connection.readPacket()
            connection.write([0x20, 2, 0, 0])
            _ = connection.readPacket()
            let packet = connection.readPacket() ?? []
            // The packet id is behind the topic 'a'.
            connection.write([0x40, 2, packet[5], packet[6]])
        }
        let client = try MQTTClient.connected(broker.port)
        try client.publish(topic: "a", payload: [], qos: .atMostOnce)
        try client.publish(topic: "a", payload: [], qos: .atLeastOnce)
        #expect(throws: MQTTError.self) {
            try client.publish(topic: "a", payload: [], qos: .atLeastOnce)
            try client.waitForDelivery(until: later)
        }
        #expect(client.delivered == 2)
    }
}
