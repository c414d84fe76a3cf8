import Glibc
import Sockets

/// A connection for HTTP requests and responses.
protocol HTTPConnection: AnyObject {
    /// Sends all bytes.
    func write(_ bytes: [UInt8], until deadline: ContinuousClock.Instant) throws(TLSError)
    /// Waits for bytes. Returns an empty array at the end of the connection.
    func read(until deadline: ContinuousClock.Instant) throws(TLSError) -> [UInt8]
    /// Announces the end of the connection to the peer.
    func shutDown()
}

extension TLSConnection: HTTPConnection {}

/// A TCP connection without TLS, for services on this device. It waits and fails like `TLSConnection`.
final class PlainConnection: HTTPConnection {
    private let descriptor: Int32
    private let waiter: Waiter<TLSError>

    init(
        host: String, port: UInt16, until deadline: ContinuousClock.Instant, interrupted: @escaping () -> Bool
    ) throws(TLSError) {
        waiter = Waiter(interrupted: interrupted)
        let name = host.first == "[" && host.last == "]" ? String(host.dropFirst().dropLast()) : host
        guard HostName.isPossible(name) else { throw .socket(.nameNotResolved(host: host, reason: "not a host name")) }
        descriptor = try TCPConnector.connect(host: name, port: port, until: deadline, waiter)
    }

    deinit { close(descriptor) }

    func write(_ bytes: [UInt8], until deadline: ContinuousClock.Instant) throws(TLSError) {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
            if count > 0 { rest = rest.dropFirst(count) } else { try wait(POLLOUT, .write, until: deadline) }
        }
    }

    func read(until deadline: ContinuousClock.Instant) throws(TLSError) -> [UInt8] {
        var buffer = [UInt8](repeating: 0, count: 16_384)
        while true {
            let count = recv(descriptor, &buffer, buffer.count, 0)
            if count >= 0 { return Array(buffer.prefix(count)) }
            try wait(POLLIN, .read, until: deadline)
        }
    }

    func shutDown() { _ = shutdown(descriptor, Int32(SHUT_RDWR)) }

    /// Waits after a call that would block. Throws the error of the call, or `silent` at the deadline.
    private func wait(
        _ events: Int32, _ stage: TLSError.Stage, until deadline: ContinuousClock.Instant
    ) throws(TLSError) {
        let code = errno
        guard code == EAGAIN || code == EINTR else {
            throw code == ECONNRESET || code == EPIPE ? .closed(stage) : .lost(errno: code)
        }
        guard try waiter.ready(descriptor, Int16(events), until: deadline) != 0 else { throw .silent(stage) }
    }
}
