import Glibc

/// A TCP socket of this network namespace that listens.
public struct ListeningSocket: Sendable, Equatable {
    /// The port.
    public let port: UInt16
    /// The address in network byte order: 4 bytes for IPv4, 16 for IPv6; all zero for all addresses.
    public let address: [UInt8]
    /// The inode, which `/proc/PID/fd` names.
    public let node: UInt32

    /// All sockets that listen; nil if the kernel does not answer.
    ///
    /// The kernel lists them by netlink (sock_diag(7)). `/proc/net/tcp` lists the same, but walks through the table of all
    /// connections for it, which takes milliseconds.
    public static func all() -> [ListeningSocket]? {
        let descriptor = socket(
            AF_NETLINK, Int32(SOCK_RAW.rawValue) | Int32(SOCK_CLOEXEC.rawValue), netlinkSocketDiagnosis)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        // The kernel answers at once, or never.
        var limit = timeval(tv_sec: 1, tv_usec: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
        var found: [ListeningSocket] = []
        for family in [UInt8(AF_INET), UInt8(AF_INET6)] {
            let request = request(family)
            guard send(descriptor, request, request.count, 0) == request.count else { return nil }
            guard gather(descriptor, &found) else { return nil }
        }
        return found
    }

    // MARK: The messages of linux/netlink.h, linux/sock_diag.h and linux/inet_diag.h, in the byte order of the processor

    private static let netlinkSocketDiagnosis: Int32 = 4
    private static let byFamily: UInt16 = 20
    private static let (error, done) = (UInt16(2), UInt16(3))
    private static let headerSize = 16

    /// A request for all sockets of a family in the state LISTEN.
    static func request(_ family: UInt8) -> [UInt8] {
        // NLM_F_REQUEST and NLM_F_DUMP; TCP_LISTEN is state 10.
        let header = bytes(UInt32(72)) + bytes(byFamily) + bytes(UInt16(0x301)) + bytes(UInt32(1)) + bytes(UInt32(0))
        return header + [family, UInt8(IPPROTO_TCP), 0, 0] + bytes(UInt32(1 << 10)) + [UInt8](repeating: 0, count: 48)
    }

    private static func gather(_ descriptor: Int32, _ found: inout [ListeningSocket]) -> Bool {
        var buffer = [UInt8](repeating: 0, count: 32_768)
        while true {
            let count = recv(descriptor, &buffer, buffer.count, 0)
            if count < 0, errno == EINTR { continue }
            guard count > 0, let isDone = take(buffer[..<count], &found) else { return false }
            if isDone { return true }
        }
    }

    /// Takes the sockets of a datagram. Returns whether it is the last one; nil if it is an error or none of these messages.
    static func take(_ datagram: ArraySlice<UInt8>, _ found: inout [ListeningSocket]) -> Bool? {
        var rest = datagram
        while rest.count >= headerSize {
            let size = Int(number(rest.prefix(4)))
            let type = UInt16(truncatingIfNeeded: number(rest.dropFirst(4).prefix(2)))
            guard size >= headerSize, size <= rest.count, type != error else { return nil }
            if type == done { return true }
            let body = rest.prefix(size).dropFirst(headerSize)
            guard type == byFamily, body.count >= 72, let family = body.first else { return nil }
            // The port is in network byte order, and behind both ports is the address, of 16 bytes for every family.
            let port = body.dropFirst(4).prefix(2).reduce(UInt16(0)) { $0 << 8 | UInt16($1) }
            let address = body.dropFirst(8).prefix(family == UInt8(AF_INET) ? 4 : 16)
            let node = number(body.dropFirst(68).prefix(4))
            found.append(ListeningSocket(port: port, address: Array(address), node: UInt32(truncatingIfNeeded: node)))
            // Messages begin at multiples of four bytes.
            rest = rest.dropFirst((size + 3) & ~3)
        }
        return false
    }

    private static func bytes(_ number: some FixedWidthInteger) -> [UInt8] {
        withUnsafeBytes(of: number) { Array($0) }
    }

    private static func number(_ bytes: ArraySlice<UInt8>) -> UInt64 {
        let inOrder = UInt32(1).littleEndian == 1 ? Array(bytes.reversed()) : Array(bytes)
        return inOrder.reduce(0) { $0 << 8 | UInt64($1) }
    }
}
