import Foundation
import MQTT
import Synchronization
import TestSupport
import Testing

@Suite("Waiting for a broker")
struct WaitForBrokerTests {
    @Test("the client connects to a broker that starts later")
    func startedLater() throws {
        let port = try freePort()
        let broker = LateBroker(port: port)
        let client = try MQTTClient(.test(port))
        try client.waitForBroker(until: later)
        try client.subscribe([("a", .atMostOnce)], until: later)
        client.disconnect()
        #expect(broker.failure == nil)
    }

    /// A mosquitto that is started 300 ms from now.
    private final class LateBroker: Sendable {
        private let result = Mutex<Result<MosquittoBroker, any Error>?>(nil)

        init(port: UInt16) {
            Thread.detachNewThread {
                usleep(300_000)
                let result = Result { try MosquittoBroker(port: port) }
                self.result.withLock { $0 = result }
            }
        }

        var failure: String? {
            result.withLock { if case .failure(let error)? = $0 { "\(error)" } else { nil } }
        }
    }

    @Test("a broker that never starts causes the last refusal as the error")
    func never() throws {
        let port = try freePort()
        let place = MQTTError.Endpoint(host: "127.0.0.1", port: port)
        #expect(throws: MQTTError.cannotConnect(place, errno: ECONNREFUSED)) {
            try MQTTClient(.test(port)).waitForBroker(until: soon)
        }
    }

    @Test("a refusal that waiting cannot change ends the wait")
    func refused() throws {
        let broker = try FakeBroker.answering(5)
        let place = MQTTError.Endpoint(host: "127.0.0.1", port: broker.port)
        #expect(throws: MQTTError.refused(place, .notAuthorised)) {
            try MQTTClient(.test(broker.port)).waitForBroker(until: later)
        }
    }

    @Test("a broker that closes or is unavailable at first is tried again")
    func closesAtFirst() throws {
        let attempts = Atomic(0)
        let broker = try FakeBroker { connection in
            let attempt = attempts.add(1, ordering: .relaxed).newValue
            _ = connection.readPacket()
            if attempt == 1 { return }
            connection.write([0x20, 2, 0, attempt == 2 ? 3 : 0])
            connection.drain()
        }
        let client = try MQTTClient(.test(broker.port))
        try client.waitForBroker(until: later)
        #expect(client.isConnected)
        #expect(attempts.load(ordering: .relaxed) == 3)
    }

    @Test("an interruption ends the wait")
    func interrupted() throws {
        let port = try freePort()
        var questions = 0
        let interrupted = {
            questions += 1
            return questions > 20
        }
        #expect(throws: MQTTError.interrupted) {
            try MQTTClient(.test(port), interrupted: interrupted).waitForBroker(until: later)
        }
    }
}
