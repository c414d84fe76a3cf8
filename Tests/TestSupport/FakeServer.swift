import Foundation

/// Something that listens on 127.0.0.1 and behaves badly, or in a way that a real server cannot be made to.
public final class FakeServer: Sendable {
    /// Where it listens.
    public let port: UInt16
    private let listener: Int32

    /// Serves each connection on a thread of its own and closes it afterwards.
    public init(_ serve: @escaping @Sendable (FakeConnection) -> Void) throws {
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
}

/// The server's end of a connection.
public struct FakeConnection: Sendable {
    /// The socket.
    public let descriptor: Int32

    /// Sends bytes; a connection that has ended does not matter.
    public func write(_ bytes: [UInt8]) {
        _ = send(descriptor, bytes, bytes.count, Int32(MSG_NOSIGNAL))
    }

    /// Reads so many bytes, nil at the end.
    public func read(_ count: Int) -> [UInt8]? {
        var bytes = [UInt8](repeating: 0, count: count)
        var filled = 0
        while filled < count {
            let read = bytes.withUnsafeMutableBytes { recv(descriptor, $0.baseAddress! + filled, count - filled, 0) }
            guard read > 0 else { return nil }
            filled += read
        }
        return bytes
    }

    /// Reads what comes up to an empty line, which ends the head of an HTTP request.
    public func readHead() -> String {
        var bytes: [UInt8] = []
        while !bytes.suffix(4).elementsEqual("\r\n\r\n".utf8), let byte = read(1) { bytes += byte }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Reads and forgets until the client closes.
    public func drain() { while read(1) != nil {} }

    /// Makes the connection's end a reset.
    public func resetAtEnd() {
        var option = linger(l_onoff: 1, l_linger: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &option, socklen_t(MemoryLayout<linger>.size))
    }

    /// Passes bytes on in both directions between here and a port of 127.0.0.1, until the client closes.
    public func relay(to port: UInt16) {
        guard let other = connectedSocket(to: port) else { return }
        let back = FakeConnection(descriptor: other)
        let done = DispatchSemaphore(value: 0)
        Thread.detachNewThread {
            back.pass(to: self)
            shutdown(self.descriptor, Int32(SHUT_WR))
            done.signal()
        }
        pass(to: back)
        shutdown(other, Int32(SHUT_RDWR))
        done.wait()
        close(other)
    }

    private func pass(to other: FakeConnection) {
        var bytes = [UInt8](repeating: 0, count: 16_384)
        while true {
            let count = recv(descriptor, &bytes, bytes.count, 0)
            guard count > 0, send(other.descriptor, bytes, count, Int32(MSG_NOSIGNAL)) == count else { return }
        }
    }
}

extension FakeConnection {
    /// One MQTT packet, nil at the end (MQTT 3.1.1 §2.2).
    public func readPacket() -> [UInt8]? {
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
