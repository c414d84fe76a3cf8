import Foundation
import MQTT
import Synchronization
import TestSupport
import Testing

@Suite("How connections end")
struct EndingTests {
    private func place(_ port: UInt16) -> MQTTError.Endpoint { MQTTError.Endpoint(host: "127.0.0.1", port: port) }

    @Test("a broker that is killed ends a wait for messages")
    func killedWhileReceiving() throws {
        let broker = try MosquittoBroker()
        let client = try MQTTClient.connected(broker.port)
        try client.subscribe([("a", .atMostOnce)], until: later)
        Thread.detachNewThread {
            usleep(50_000)
            broker.kill()
        }
        let error = try #require(throws: MQTTError.self) { try client.nextMessage(until: later) }
        guard case .disconnected(place(broker.port), _) = error else {
            Issue.record("\(error)")
            return
        }
        #expect(!client.isConnected)
        #expect(throws: error) { try client.publish(topic: "a", payload: []) }
        #expect(throws: error) { try client.nextMessage(until: later) }
        client.disconnect()
    }

    @Test("a broker that is killed ends a stream of messages to it", arguments: [QoS.atMostOnce, .atLeastOnce])
    func killedWhileSending(qos: QoS) throws {
        let broker = try MosquittoBroker()
        let client = try MQTTClient.connected(broker.port)
        try client.publish(topic: "a", payload: [1], qos: qos)
        broker.kill()
        let error = #expect(throws: MQTTError.self) {
            while true { try client.publish(topic: "a", payload: [1], qos: qos) }
        }
        guard case .disconnected? = error else {
            Issue.record("\(String(describing: error))")
            return
        }
    }

    @Test("messages that arrived before the end can still be received")
    func messagesBeforeTheEnd() throws {
        let broker = try FakeBroker { connection in
            _ = connection.readPacket()
            connection.write([0x20, 2, 0, 0])
            let packet = connection.readPacket() ?? []
            connection.write([0x90, 3, packet[2], packet[3], 0])
            connection.write([0x30, 4, 0, 1, 0x61, 0x31, 0x30, 4, 0, 1, 0x61, 0x32])
        }
        let client = try MQTTClient.connected(broker.port)
        try client.subscribe([("a", .atMostOnce)], until: later)
        #expect(try client.nextMessage(until: later)?.payload == [0x31])
        #expect(try client.nextMessage(until: later)?.payload == [0x32])
        #expect(throws: MQTTError.disconnected(place(broker.port), errno: 0)) {
            try client.nextMessage(until: later)
        }
    }

    @Test("a second client with the same id ends the first one")
    func takenOver() throws {
        let broker = try MosquittoBroker()
        let options = MQTTOptions.test(broker.port)
        let first = try MQTTClient(options), second = try MQTTClient(options)
        try first.connect(until: later)
        try second.connect(until: later)
        #expect(throws: MQTTError.disconnected(place(broker.port), errno: 0)) { try first.nextMessage(until: later) }
        #expect(try second.nextMessage(until: soon) == nil)
    }

    @Test("an interruption ends each wait")
    func interrupted() throws {
        let flag = Flag()
        let broker = try FakeBroker.answering(0)
        let client = try MQTTClient.connected(broker.port) { flag.isSet }
        try client.publish(topic: "a", payload: [], qos: .atLeastOnce)
        Thread.detachNewThread {
            usleep(50_000)
            flag.set()
        }
        #expect(throws: MQTTError.interrupted) { try client.nextMessage(until: later) }
        #expect(throws: MQTTError.interrupted) { try client.subscribe([("a", .atMostOnce)], until: later) }
        #expect(throws: MQTTError.interrupted) { try client.waitForDelivery(until: later) }
        #expect(throws: MQTTError.interrupted) { try client.receive(until: later) { _, _, _ in true } }
        #expect(throws: MQTTError.interrupted) { try client.publish(topic: "a", payload: []) }
        #expect(client.isConnected)
    }

    @Test("every wait for a broker that stopped answering ends at its deadline")
    func silent() throws {
        let broker = try FakeBroker.answering(0)
        let client = try MQTTClient.connected(broker.port)
        #expect(throws: MQTTError.timedOut(.subscription(filter: "a"))) {
            try client.subscribe([("a", .atMostOnce)], until: soon)
        }
        try client.publish(topic: "a", payload: [], qos: .atLeastOnce)
        try client.publish(topic: "a", payload: [], qos: .exactlyOnce)
        try client.publish(topic: "a", payload: [], qos: .atMostOnce)
        #expect(throws: MQTTError.timedOut(.delivery(messages: 2))) { try client.waitForDelivery(until: soon) }
    }

    @Test("no more than the window is sent unacknowledged")
    func window() throws {
        let packets = PacketLog()
        let broker = try FakeBroker { connection in
            _ = connection.readPacket()
            connection.write([0x20, 2, 0, 0])
            while let packet = connection.readPacket() { packets.append(packet) }
        }
        var options = MQTTOptions.test(broker.port)
        options.inFlightWindow = 5
        let client = try MQTTClient(options)
        try client.connect(until: later)
        for _ in 0..<5 { try client.publish(topic: "a", payload: [], qos: .atLeastOnce, until: later) }
        #expect(throws: MQTTError.timedOut(.delivery(messages: 5))) {
            try client.publish(topic: "a", payload: [], qos: .atLeastOnce, until: soon)
        }
        #expect(eventually { packets.all.count == 5 })
    }

    @Test("if the socket accepts no more bytes, a publish ends at its deadline")
    func full() throws {
        let done = DispatchSemaphore(value: 0)
        defer { done.signal() }
        let broker = try FakeBroker { connection in
            _ = connection.readPacket()
            connection.write([0x20, 2, 0, 0])
            done.wait()
        }
        let client = try MQTTClient.connected(broker.port)
        let payload = [UInt8](repeating: 1, count: 32 << 20)
        #expect(throws: MQTTError.timedOut(.delivery(messages: 1))) {
            try client.publish(topic: "a", payload: payload, until: soon)
        }
    }

    @Test("the client tells the broker that the connection ends, so that the broker does not log a failure")
    func disconnect() throws {
        let broker = try MosquittoBroker()
        let options = MQTTOptions.test(broker.port)
        let client = try MQTTClient(options)
        try client.connect(until: later)
        for number in 0..<100 { try client.publish(topic: "a/\(number)", payload: [1]) }
        client.disconnect()
        #expect(!client.isConnected)
        #expect(eventually { broker.log.contains("Client \(options.clientID) disconnected.") })
        #expect(broker.log.contains("'a/99'"))
    }

    @Test("a disconnected client can connect again")
    func again() throws {
        let broker = try MosquittoBroker()
        let client = try MQTTClient.connected(broker.port)
        client.disconnect()
        try client.connect(until: later)
        try client.subscribe([("a", .atMostOnce)], until: later)
        try client.publish(topic: "a", payload: [1])
        #expect(try client.nextMessage(until: later)?.payload == [1])
    }
}
