import TestSupport

/// A broker that behaves badly, or in a way that mosquitto cannot be made to.
typealias FakeBroker = FakeServer

extension FakeServer {
    /// Answers CONNECT with a return code, and nothing that follows.
    static func answering(_ code: UInt8) throws -> FakeServer {
        try FakeServer { connection in
            _ = connection.readPacket()
            connection.write([0x20, 2, 0, code])
            connection.drain()
        }
    }
}
