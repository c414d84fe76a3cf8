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

extension FakeConnection {
    /// One packet, nil at the end. (MQTT 3.1.1 §2.2)
    func readPacket() -> [UInt8]? {
        guard var packet = read(1) else { return nil }
        var length = 0
        var shift = 0
        while true {
            guard let byte = read(1)?[0] else { return nil }
            packet.append(byte)
            length |= Int(byte & 0x7F) << shift
            shift += 7
            if byte & 0x80 == 0 { break }
        }
        return read(length).map { packet + $0 }
    }
}
