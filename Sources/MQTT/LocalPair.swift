import Glibc

/// A connection within this process, for a library that can only connect to a host.
enum LocalPair {
    /// Why the connection cannot be made.
    struct Failure: Error {
        /// The error number.
        let code: Int32
    }

    /// The host to which the library connects.
    static let host = "127.0.0.1"

    /// Has `begin` connect to a port of `host` and return the descriptor of its end, and then replaces that descriptor
    /// with a local socket. Returns the other end of the local socket, which does not block and is closed in children,
    /// and the bytes that the library has sent so far.
    static func connect(
        _ begin: (_ port: UInt16) throws(Failure) -> Int32
    ) throws(Failure) -> (descriptor: Int32, sent: [UInt8]) {
        var library: Int32 = -1
        let accepted = try accept { port throws(Failure) in
            library = try begin(port)
            return library
        }
        defer { close(accepted) }
        var ends: [Int32] = [-1, -1]
        guard socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0, &ends) == 0 else { throw Failure(code: errno) }
        defer { close(ends[1]) }
        for end in ends {
            _ = fcntl(end, F_SETFD, FD_CLOEXEC)
            _ = fcntl(end, F_SETFL, O_NONBLOCK)
        }
        // The library keeps using the same descriptor number. A local socket passes bytes on at once, and at less cost.
        var code: Int32 = dup2(ends[1], library) < 0 ? errno : 0
        if code == 0 { _ = fcntl(library, F_SETFD, FD_CLOEXEC) }
        var sent: [UInt8] = []
        while code == 0 {
            var chunk = [UInt8](repeating: 0, count: 16_384)
            let count = recv(accepted, &chunk, chunk.count, 0)
            if count == 0 { return (ends[0], sent) }
            if count > 0 { sent += chunk.prefix(count) } else { code = wait(accepted) }
        }
        close(ends[0])
        throw Failure(code: code)
    }

    /// Waits for bytes. Within the device this takes no noticeable time.
    private static func wait(_ descriptor: Int32) -> Int32 {
        var entry = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        return poll(&entry, 1, 1000) > 0 ? 0 : ETIMEDOUT
    }

    /// Has `begin` connect to a port, and returns the other end. If another process connects to the port, that connection
    /// is closed.
    private static func accept(_ begin: (_ port: UInt16) throws(Failure) -> Int32) throws(Failure) -> Int32 {
        let kind = Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue)
        let listener = socket(AF_INET, kind, 0)
        guard listener >= 0 else { throw Failure(code: errno) }
        defer { close(listener) }
        var place = sockaddr_in()
        place.sin_family = sa_family_t(AF_INET)
        place.sin_addr.s_addr = in_addr_t(INADDR_LOOPBACK).bigEndian
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isListening = withUnsafeMutablePointer(to: &place) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(listener, $0, size) == 0 && listen(listener, 16) == 0 && getsockname(listener, $0, &size) == 0
            }
        }
        guard isListening else { throw Failure(code: errno) }
        let other = try begin(UInt16(bigEndian: place.sin_port))
        guard let port = port(other, getsockname) else { throw Failure(code: errno) }
        while true {
            let code = wait(listener)
            guard code == 0 else { throw Failure(code: code) }
            let descriptor = Glibc.accept(listener, nil, nil)
            guard descriptor >= 0 else { throw Failure(code: errno) }
            _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
            _ = fcntl(descriptor, F_SETFL, O_NONBLOCK)
            if Self.port(descriptor, getpeername) == port { return descriptor }
            close(descriptor)
        }
    }

    private typealias Asking = (Int32, UnsafeMutablePointer<sockaddr>, UnsafeMutablePointer<socklen_t>) -> Int32

    /// The port of an end on this host.
    private static func port(_ descriptor: Int32, _ ask: Asking) -> UInt16? {
        var place = sockaddr_in()
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isKnown = withUnsafeMutablePointer(to: &place) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { ask(descriptor, $0, &size) == 0 }
        }
        return isKnown ? place.sin_port : nil
    }
}
