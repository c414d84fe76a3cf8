import Foundation
import Sockets
import TestSupport
import Testing

@testable import MQTT

/// The functions of the library that is installed, for those of a newer one to stand on.
private let installed = Result { try MosquittoLibrary.open().call }

/// What the newer library was asked, by the one test that runs at a time.
private nonisolated(unsafe) var writes = 0
/// Whether it wants to write although nothing is left.
private nonisolated(unsafe) var wants = true

/// Ways of libmosquitto 2.1 that 2.0 does not have, put around the library that is installed.
@Suite("libmosquitto 2.1", .serialized, .timeLimit(.minutes(1)))
struct NewerLibraryTests {
    /// DISCONNECT is written and the socket shut down for sending; it stays open, and the library goes on wanting to write.
    private func library() throws -> MosquittoLibrary {
        var call = try installed.get()
        (writes, wants) = (0, true)
        call.mosquitto_want_write = { wants || (try? installed.get())?.mosquitto_want_write($0) == true }
        call.mosquitto_loop_write = { handle, count in
            writes += 1
            // A loop that never ends is to fail, and not to hang.
            guard writes < 100_000 else { return 14 }
            return (try? installed.get())?.mosquitto_loop_write(handle, count) ?? -1
        }
        call.mosquitto_disconnect = { handle in
            guard let call = try? installed.get() else { return -1 }
            wants = true
            let descriptor = call.mosquitto_socket(handle)
            _ = send(descriptor, [UInt8]([0xE0, 0]), 2, Int32(MSG_NOSIGNAL))
            return shutdown(descriptor, Int32(SHUT_WR))
        }
        return MosquittoLibrary(call)
    }

    private func client(_ port: UInt16, interrupted: @escaping () -> Bool = { false }) throws -> MQTTClient {
        MQTTClient(.test(port), try library(), interrupted: interrupted)
    }

    @Test("a written DISCONNECT ends the connection, although the library wants to write more")
    func goodbye() throws {
        let packets = PacketLog()
        let broker = try FakeBroker { connection in
            _ = connection.readPacket()
            connection.write([0x20, 2, 0, 0])
            while let packet = connection.readPacket() { packets.append(packet) }
        }
        let client = try client(broker.port)
        try client.connect(until: later)
        let before = writes
        client.disconnect()
        #expect(writes == before)
        #expect(eventually { packets.all == [[0xE0, 0]] })
    }

    @Test("a library that never writes DISCONNECT is abandoned after a second, and at once after an interruption")
    func noGoodbye() throws {
        let broker = try FakeBroker.answering(0)
        var call = try library().call
        call.mosquitto_disconnect = { _ in 0 }
        let flag = Flag()
        call.mosquitto_want_write = { _ in true }
        let interrupted = MQTTClient(.test(broker.port), MosquittoLibrary(call), interrupted: { flag.isSet })
        try interrupted.connect(until: later)
        flag.set()
        let before = writes
        interrupted.disconnect()
        #expect(writes == before)
        let patient = MQTTClient(.test(broker.port), MosquittoLibrary(call), interrupted: { false })
        try patient.connect(until: later)
        patient.disconnect()
        #expect(!patient.isConnected)
        // A wait for a socket that takes bytes is none: without a pause this would be some hundred thousand writes.
        #expect(writes - before < 2_000)
    }

    @Test("a library that wants to write when it can only wait for the broker does not use up the processor")
    func silentBroker() throws {
        let broker = try FakeBroker { $0.drain() }
        let client = try client(broker.port)
        #expect(throws: MQTTError.silent(MQTTError.Endpoint(host: "127.0.0.1", port: broker.port))) {
            try client.connect(until: .now + .milliseconds(500))
        }
        #expect(writes < 500)
    }

    @Test("messages arrive and come back, and nothing is acknowledged twice")
    func messages() throws {
        let broker = try MosquittoBroker()
        let client = try client(broker.port)
        try client.connect(until: later)
        wants = false
        try client.subscribe([("a/#", .exactlyOnce)], until: later)
        for qos in QoS.allCases {
            try client.publish(topic: "a/\(qos.rawValue)", payload: [qos.rawValue], qos: qos, until: soon)
        }
        for qos in QoS.allCases { #expect(try client.nextMessage(until: later)?.payload == [qos.rawValue]) }
        client.disconnect()
        #expect(eventually { broker.log.contains("disconnected.") })
    }
}
