import Sockets

/// Which addresses a listener of mosquitto binds, and whether two listeners can be open side by side.
///
/// mosquitto binds every address that the host name of a listener has, of version 6 for that version alone (`IPV6_V6ONLY`);
/// with `bind_interface` the first address of the interface for each version.
struct ListenerAddresses: Sendable {
    /// Finds the addresses of a host name; none if it has none.
    let resolve: @Sendable (String) -> [NetworkAddress]
    /// The addresses of this device.
    let interfaces: [NetworkInterface]

    /// All addresses of one version.
    static let any = [NetworkAddress(text: "0.0.0.0", isIPv6: false), NetworkAddress(text: "::", isIPv6: true)]

    /// An address in its usual form; nil for a name.
    static func numeric(_ text: String) -> NetworkAddress? { AddressLookup.literal(text) }

    /// The addresses that a listener binds. None for a socket in the file system.
    func addresses(of listener: MosquittoModel.Listener) -> [NetworkAddress] {
        guard listener.port != 0 else { return [] }
        let interface = listener.settings["bind_interface"]?.value
        let family = listener.settings["socket_domain"]?.value
        return addresses(host: listener.host, interface: interface).filter { address in
            switch family {
            case "ipv4": !address.isIPv6
            case "ipv6": address.isIPv6
            default: true
            }
        }
    }

    private func addresses(host: String?, interface: String?) -> [NetworkAddress] {
        let named = host.map(known)
        guard let interface else { return named ?? Self.any }
        let own = interfaces.filter { $0.name.lowercased() == interface.lowercased() }.map(\.address)
        if let named { return named.filter(own.contains) }
        return [own.first { !$0.isIPv6 }, own.first { $0.isIPv6 }].compactMap { $0 }
    }

    private func known(_ host: String) -> [NetworkAddress] {
        let bare = host.hasPrefix("[") && host.hasSuffix("]") ? String(host.dropFirst().dropLast()) : host
        switch bare.lowercased() {
        case "localhost", "ip6-localhost":
            return [NetworkAddress(text: "127.0.0.1", isIPv6: false), NetworkAddress(text: "::1", isIPv6: true)]
        default: return Self.numeric(bare).map { [$0] } ?? resolve(bare)
        }
    }

    /// Whether two listeners want the same address and port.
    func clash(_ one: MosquittoModel.Listener, _ other: MosquittoModel.Listener) -> Bool {
        guard one.port == other.port, one.port != 0 else { return false }
        return Self.overlap(addresses(of: one), addresses(of: other))
    }

    /// Whether a socket of one list and one of the other cannot be open on the same port.
    static func overlap(_ ones: [NetworkAddress], _ others: [NetworkAddress]) -> Bool {
        ones.contains { one in
            others.contains { other in
                one.isIPv6 == other.isIPv6 && (one == other || any.contains(one) || any.contains(other))
            }
        }
    }

    /// Whether a host is this device.
    func isLocal(_ host: String) -> Bool { !localAddresses(of: host).isEmpty }

    /// Whether a client on this device that dials a host of this device reaches a listener.
    func reaches(_ host: String, _ listener: MosquittoModel.Listener) -> Bool {
        Self.overlap(localAddresses(of: host), addresses(of: listener))
    }

    private func localAddresses(of host: String) -> [NetworkAddress] {
        known(host).filter { address in
            address.text.hasPrefix("127.") || address.text == "::1" || interfaces.contains { $0.address == address }
        }
    }
}
