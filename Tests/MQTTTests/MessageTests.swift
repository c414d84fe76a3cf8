import MQTT
import TestSupport
import Testing

@Suite("Messages through mosquitto")
struct MessageTests {
    let broker: MosquittoBroker

    init() throws {
        broker = try MosquittoBroker(general: ["max_queued_messages 0"], listener: ["allow_anonymous true"])
    }

    @Test("a published message comes back to its subscriber", arguments: QoS.allCases)
    func roundTrip(qos: QoS) throws {
        let client = try MQTTClient.connected(broker.port)
        try client.subscribe([("a/+", qos)], until: later)
        try client.publish(topic: "a/b", payload: [UInt8]("hello"), qos: qos)
        let expected = MQTTMessage(topic: "a/b", payload: [UInt8]("hello"), qos: qos)
        #expect(try client.nextMessage(until: later) == expected)
        try client.waitForDelivery(until: later)
        client.disconnect()
    }

    @Test("a message arrives with the lower QoS of subscription and message")
    func weaker() throws {
        let client = try MQTTClient.connected(broker.port)
        try client.subscribe([("a", .atMostOnce), ("b", .exactlyOnce)], until: later)
        try client.publish(topic: "a", payload: [], qos: .exactlyOnce)
        try client.publish(topic: "b", payload: [], qos: .atLeastOnce)
        try client.waitForDelivery(until: later)
        let messages = try [client.nextMessage(until: later), client.nextMessage(until: later)]
        let found = messages.map { $0.map { "\($0.topic) \($0.qos)" } }
        #expect(Set(found) == ["a atMostOnce", "b atLeastOnce"])
    }

    @Test("a retained message is stored and marked, and an empty one removes it")
    func retained() throws {
        let client = try MQTTClient.connected(broker.port)
        try client.publish(topic: "r", payload: [1], qos: .atLeastOnce, retain: true)
        try client.waitForDelivery(until: later)
        let second = try MQTTClient.connected(broker.port)
        try second.subscribe([("r", .atLeastOnce)], until: later)
        let expected = MQTTMessage(topic: "r", payload: [1], qos: .atLeastOnce, isRetained: true)
        #expect(try second.nextMessage(until: later) == expected)
        try client.publish(topic: "r", payload: [], qos: .atLeastOnce, retain: true)
        #expect(try second.nextMessage(until: later)?.isRetained == false)
        let third = try MQTTClient.connected(broker.port)
        try third.subscribe([("r", .atLeastOnce)], until: later)
        #expect(try third.nextMessage(until: soon) == nil)
    }

    @Test("payloads from 0 bytes to 1 MiB arrive unchanged", arguments: [0, 1, 127, 128, 16_384, 1 << 20])
    func sizes(count: Int) throws {
        let payload = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 31) }
        let client = try MQTTClient.connected(broker.port)
        try client.subscribe([("big", .atLeastOnce)], until: later)
        try client.publish(topic: "big", payload: payload, qos: .atLeastOnce)
        #expect(try client.nextMessage(until: later)?.payload == payload)
    }

    @Test("topics may contain any script", arguments: ["тема/übung", "日本/😀", "a b/c", "/", "a//b/"])
    func unicode(topic: String) throws {
        let client = try MQTTClient.connected(broker.port)
        try client.subscribe([(topic, .atMostOnce)], until: later)
        try client.publish(topic: topic, payload: [UInt8](topic))
        #expect(try client.nextMessage(until: later)?.topic == topic)
    }

    @Test("many messages arrive complete and in order, past the window and all buffers", arguments: QoS.allCases)
    func many(qos: QoS) throws {
        let count = qos == .exactlyOnce ? 1_000 : 5_000
        let receiver = try MQTTClient.connected(broker.port)
        try receiver.subscribe([("many", qos)], until: later)
        let sender = try MQTTClient.connected(broker.port)
        for number in 0..<count { try sender.publish(topic: "many", payload: [UInt8]("\(number)"), qos: qos) }
        try sender.waitForDelivery(until: later)
        var received: [Int] = []
        let isComplete = try receiver.receive(until: later) { topic, payload, delivery in
            #expect(topic.byteCount == 4 && delivery == MQTTDelivery(qos: qos, isRetained: false))
            received.append(Int(payload.withUnsafeBytes { String(decoding: $0, as: UTF8.self) }) ?? -1)
            return received.count < count
        }
        #expect(isComplete)
        #expect(received == Array(0..<count))
    }

    @Test("a handler that stops leaves later messages for the next call")
    func stopping() throws {
        let client = try MQTTClient.connected(broker.port)
        try client.subscribe([("s", .atLeastOnce)], until: later)
        for number in 0..<20 { try client.publish(topic: "s", payload: [UInt8(number)], qos: .atLeastOnce) }
        try client.waitForDelivery(until: later)
        var numbers: [UInt8] = []
        let take = { (limit: Int) throws in
            try client.receive(until: later) { _, payload, _ in
                numbers.append(payload.withUnsafeBytes { $0[0] })
                return numbers.count < limit
            }
        }
        #expect(try take(5))
        #expect(try take(6))
        let next = try #require(try client.nextMessage(until: later))
        numbers.append(next.payload[0])
        #expect(try take(20))
        #expect(numbers == Array(0..<20))
    }

    @Test("the receiver is notified before a wait, after it has received every message")
    func idle() throws {
        let client = try MQTTClient.connected(broker.port)
        try client.subscribe([("i", .atMostOnce)], until: later)
        try client.publish(topic: "i", payload: [1])
        var seen: [String] = []
        let isStopped = try client.receive(until: soon, idle: { if seen.last != "idle" { seen.append("idle") } }) {
            _, _, _ in
            seen.append("message")
            return true
        }
        #expect(!isStopped)
        #expect(seen.suffix(2) == ["message", "idle"])
    }

    @Test("the next message is nil if none arrives until the deadline")
    func nothing() throws {
        let client = try MQTTClient.connected(broker.port)
        try client.subscribe([("n", .atMostOnce)], until: later)
        #expect(try client.nextMessage(until: soon) == nil)
        #expect(client.isConnected)
    }

    @Test("a message that cannot be sent is an error before anything is sent")
    func invalid() throws {
        let client = try MQTTClient.connected(broker.port)
        #expect(throws: MQTTError.invalidTopic("a/#", .wildcardInName("#"))) {
            try client.publish(topic: "a/#", payload: [])
        }
        #expect(throws: MQTTError.invalidTopic("#/a", .misplacedMultiLevel(level: 1))) {
            try client.subscribe([("ok", .atMostOnce), ("#/a", .atMostOnce)], until: later)
        }
        #expect(!broker.log.contains("SUBSCRIBE"))
        let limit = 268_435_455 - 2 - 1 - 2
        #expect(throws: MQTTError.payloadTooLarge(bytes: limit + 1, limit: limit)) {
            try client.publish(topic: "a", payload: [UInt8](repeating: 0, count: limit + 1), qos: .atLeastOnce)
        }
        #expect(client.isConnected)
    }

    @Test("a session that is not clean keeps messages for its client")
    func persistentSession() throws {
        var options = MQTTOptions.test(broker.port)
        options.cleanSession = false
        let client = try MQTTClient(options)
        try client.connect(until: later)
        try client.subscribe([("p", .atLeastOnce)], until: later)
        client.disconnect()
        let sender = try MQTTClient.connected(broker.port)
        try sender.publish(topic: "p", payload: [7], qos: .atLeastOnce)
        try sender.waitForDelivery(until: later)
        try client.connect(until: later)
        #expect(try client.nextMessage(until: later)?.payload == [7])
    }
}
