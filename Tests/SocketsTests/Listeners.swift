import Glibc
import TestSupport

/// A listener on a free port of ::1.
final class IPv6Listener {
    let port: UInt16
    private let descriptor: Int32

    /// Throws where the machine has no loopback of version 6.
    init() throws {
        descriptor = socket(AF_INET6, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        var address = sockaddr_in6()
        address.sin6_family = sa_family_t(AF_INET6)
        address.sin6_addr = in6addr_loopback
        var size = socklen_t(MemoryLayout<sockaddr_in6>.size)
        let isListening = withUnsafeMutablePointer(to: &address) { [descriptor] pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, size) == 0 && listen(descriptor, 4) == 0 && getsockname(descriptor, $0, &size) == 0
            }
        }
        port = UInt16(bigEndian: address.sin6_port)
        guard isListening else { throw TestFailure("no loopback of version 6") }
    }

    deinit { close(descriptor) }
}

/// A listener on 127.0.0.1 that takes no more connections: packets to it are dropped.
final class FullListener {
    let port: UInt16
    private let descriptor: Int32
    private var waiting: [Int32] = []

    init() throws {
        descriptor = try listeningSocket(backlog: 0)
        port = try TestSupport.port(of: descriptor)
        // The queue has one place more than it is asked for.
        guard let first = connectedSocket(to: port) else { throw TestFailure("the listener does not listen") }
        waiting = [first]
    }

    deinit { for descriptor in waiting + [descriptor] { close(descriptor) } }
}
