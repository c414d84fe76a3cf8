import Glibc
import Synchronization

/// The next candidate of `freePort`. The ports lie below those that the kernel gives to outgoing connections, so nobody
/// takes one before it is used; processes side by side begin at different places.
private let nextPort = Mutex(UInt16.random(in: 10_000..<30_000))

/// A TCP port of 127.0.0.1 that nothing listens on, and that this process gets once.
public func freePort() throws -> UInt16 {
    for _ in 0..<1_000 {
        let port = nextPort.withLock { next in
            defer { next = next < 30_000 ? next + 1 : 10_000 }
            return next
        }
        guard let descriptor = try? listeningSocket(backlog: nil, port: port) else { continue }
        close(descriptor)
        return port
    }
    throw TestFailure("no free port")
}

/// A socket bound to a port of 127.0.0.1, listening unless `backlog` is nil. The caller closes it.
///
/// - Parameters:
///   - lastByte: The last byte of the address; 2 for 127.0.0.2.
///   - port: The port; a free one by default.
public func listeningSocket(backlog: Int32?, lastByte: UInt8 = 1, port: UInt16 = 0) throws -> Int32 {
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
    guard descriptor >= 0 else { throw TestFailure("socket: \(errorWords())") }
    var address = loopback(port: port, lastByte: lastByte)
    let size = socklen_t(MemoryLayout<sockaddr_in>.size)
    let isBound = withSocketAddress(&address) { bind(descriptor, $0, size) == 0 }
    guard isBound, backlog.map({ listen(descriptor, $0) == 0 }) ?? true else {
        close(descriptor)
        throw TestFailure("bind: \(errorWords())")
    }
    return descriptor
}

/// The local port of a bound socket.
public func port(of descriptor: Int32) throws -> UInt16 {
    var address = sockaddr_in()
    var size = socklen_t(MemoryLayout<sockaddr_in>.size)
    guard withSocketAddress(&address, { getsockname(descriptor, $0, &size) == 0 }) else {
        throw TestFailure("getsockname: \(errorWords())")
    }
    return UInt16(bigEndian: address.sin_port)
}

/// Whether something accepts connections on a port of 127.0.0.1.
public func isListening(_ port: UInt16) -> Bool {
    guard let descriptor = connectedSocket(to: port) else { return false }
    close(descriptor)
    return true
}

/// A connection to a port of 127.0.0.1, nil if there is none. The caller closes it.
///
/// - Parameter lastByte: The last byte of the address; 2 for 127.0.0.2.
public func connectedSocket(to port: UInt16, lastByte: UInt8 = 1) -> Int32? {
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    guard descriptor >= 0 else { return nil }
    _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
    var address = loopback(port: port, lastByte: lastByte)
    let size = socklen_t(MemoryLayout<sockaddr_in>.size)
    if withSocketAddress(&address, { connect(descriptor, $0, size) == 0 }) { return descriptor }
    close(descriptor)
    return nil
}

/// Asks `condition` every 2 ms. Returns whether it became true in time.
public func eventually(within limit: Duration = .seconds(10), _ condition: () throws -> Bool) rethrows -> Bool {
    let deadline = ContinuousClock.now + limit
    while ContinuousClock.now < deadline {
        if try condition() { return true }
        usleep(2_000)
    }
    return try condition()
}

private func loopback(port: UInt16, lastByte: UInt8 = 1) -> sockaddr_in {
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = port.bigEndian
    address.sin_addr.s_addr = (0x7F00_0000 | UInt32(lastByte)).bigEndian
    return address
}

private func withSocketAddress<Result>(
    _ address: inout sockaddr_in, _ body: (UnsafeMutablePointer<sockaddr>) -> Result
) -> Result {
    withUnsafeMutablePointer(to: &address) {
        $0.withMemoryRebound(to: sockaddr.self, capacity: 1, body)
    }
}
