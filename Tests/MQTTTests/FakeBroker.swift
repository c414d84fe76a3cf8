import Foundation
import TestSupport

/// Something that listens on 127.0.0.1 and behaves badly, or in a way that mosquitto cannot be made to.
final class FakeBroker: Sendable {
    let port: UInt16
    private let listener: Int32

    /// Serves each connection on a thread of its own and closes it afterwards.
    init(_ serve: @escaping @Sendable (FakeConnection) -> Void) throws {
        let listener = try listeningSocket(backlog: 16)
        self.listener = listener
        port = try TestSupport.port(of: listener)
        Thread.detachNewThread {
            while true {
                let descriptor = accept(listener, nil, nil)
                guard descriptor >= 0 else { break }
                Thread.detachNewThread {
                    serve(FakeConnection(descriptor: descriptor))
                    close(descriptor)
                }
            }
            close(listener)
        }
    }

    /// Ends the thread that accepts.
    deinit { shutdown(listener, Int32(SHUT_RDWR)) }

    /// Answers CONNECT with a return code, and nothing that follows.
    static func answering(_ code: UInt8) throws -> FakeBroker {
        try FakeBroker { connection in
            _ = connection.readPacket()
            connection.write([0x20, 2, 0, code])
            connection.drain()
        }
    }
}

/// The broker's end of a connection.
struct FakeConnection {
    let descriptor: Int32

    func write(_ bytes: [UInt8]) {
        _ = send(descriptor, bytes, bytes.count, Int32(MSG_NOSIGNAL))
    }

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

    /// Reads and forgets until the client closes.
    func drain() { while read(1) != nil {} }

    private func read(_ count: Int) -> [UInt8]? {
        var bytes = [UInt8](repeating: 0, count: count)
        var filled = 0
        while filled < count {
            let read = bytes.withUnsafeMutableBytes { recv(descriptor, $0.baseAddress! + filled, count - filled, 0) }
            guard read > 0 else { return nil }
            filled += read
        }
        return bytes
    }
}
