import Glibc

/// An address of a network interface of this device.
public struct NetworkInterface: Hashable, Sendable {
    /// The name of the interface, such as `eth0`.
    public let name: String
    /// The address of the interface.
    public let address: NetworkAddress

    /// Creates an entry for an interface and an address.
    public init(name: String, address: NetworkAddress) {
        (self.name, self.address) = (name, address)
    }

    /// The addresses of all interfaces, in the order of getifaddrs(3); empty if getifaddrs fails.
    public static func all() -> [NetworkInterface] {
        var first: UnsafeMutablePointer<ifaddrs>?
        guard getifaddrs(&first) == 0 else { return [] }
        defer { freeifaddrs(first) }
        var found: [NetworkInterface] = []
        var next = first
        while let entry = next?.pointee {
            next = entry.ifa_next
            guard let address = entry.ifa_addr else { continue }
            let family = Int32(address.pointee.sa_family)
            guard family == AF_INET || family == AF_INET6 else { continue }
            let length = family == AF_INET ? MemoryLayout<sockaddr_in>.size : MemoryLayout<sockaddr_in6>.size
            var text = [CChar](repeating: 0, count: Int(NI_MAXHOST))
            guard
                getnameinfo(address, socklen_t(length), &text, socklen_t(text.count), nil, 0, NI_NUMERICHOST) == 0
            else { continue }
            let written = String(decoding: text.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
            // Remove the zone of a link-local address.
            let plain = String(written.prefix { $0 != "%" })
            found.append(
                NetworkInterface(
                    name: String(cString: entry.ifa_name),
                    address: NetworkAddress(text: plain, isIPv6: family == AF_INET6)))
        }
        return found
    }
}
