import Glibc

/// A connection within this process to a library that can only connect to a host.
enum LocalPair {
    /// Why there is none.
    struct Failure: Error {
        /// The error number.
        let code: Int32
    }

    /// Where the library connects to.
    static let host = "127.0.0.1"

    /// Has `begin` connect to a port of `host`, and returns the other end, which does not block and is closed in children.
    ///
    /// `begin` returns the descriptor of its end. A connection that another process makes to the port is closed.
    static func connect(_ begin: (_ port: UInt16) throws(Failure) -> Int32) throws(Failure) -> Int32 {
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
            // Within the device this takes no time that a person could notice.
            var entry = pollfd(fd: listener, events: Int16(POLLIN), revents: 0)
            guard poll(&entry, 1, 1000) > 0 else { throw Failure(code: ETIMEDOUT) }
            let descriptor = accept(listener, nil, nil)
            guard descriptor >= 0 else { throw Failure(code: errno) }
            _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
            _ = fcntl(descriptor, F_SETFL, O_NONBLOCK)
            if Self.port(descriptor, getpeername) == port {
                var yes: Int32 = 1
                setsockopt(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &yes, socklen_t(MemoryLayout<Int32>.size))
                return descriptor
            }
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
