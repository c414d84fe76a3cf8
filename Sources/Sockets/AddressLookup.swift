import Glibc

/// A numeric address of a host.
public struct NetworkAddress: Hashable, Sendable {
    /// The text of the address, without brackets.
    public let text: String
    /// Whether it is an IPv6 address.
    public let isIPv6: Bool

    /// Creates an address from its text.
    public init(text: String, isIPv6: Bool) {
        self.text = text
        self.isIPv6 = isIPv6
    }
}

/// Finds the addresses of a host name without waiting past a deadline.
public enum AddressLookup {
    /// Why there are no addresses.
    public struct Failure: Error {
        /// The text of the resolver.
        public let reason: String

        /// Creates a failure with the text of the resolver.
        public init(reason: String) { self.reason = reason }
    }

    /// Finds the addresses of a host.
    public typealias Resolver = @Sendable (_ host: String) -> Result<[NetworkAddress], Failure>

    /// Looks in `/etc/hosts`, the name servers and the other sources of `/etc/nsswitch.conf`.
    public static let system: Resolver = { resolve($0, flags: 0) }

    /// The numeric address in `text`, in its usual form; nil if `text` is a name.
    public static func literal(_ text: String) -> NetworkAddress? {
        guard case .success(let addresses) = resolve(text, flags: AI_NUMERICHOST) else { return nil }
        return addresses.first
    }

    /// The addresses of a host, in the order of the resolver. Throws `nameNotResolved`, `nameServerSilent` or
    /// `interrupted`.
    public static func addresses<Problem: SocketFailure>(
        of host: String, until deadline: ContinuousClock.Instant, _ waiter: Waiter<Problem>,
        resolver: @escaping Resolver = system
    ) throws(Problem) -> [NetworkAddress] {
        if case .success(let literal) = resolve(host, flags: AI_NUMERICHOST) { return literal }
        // getaddrinfo blocks until the name servers answer.
        switch try SideThread.run(until: deadline, waiter, { resolver(host) }) {
        case .ended(.success(let addresses)): return addresses
        case .ended(.failure(let failure)): throw .socket(.nameNotResolved(host: host, reason: failure.reason))
        case .late: throw .socket(.nameServerSilent(host: host))
        case .notBegun(let code): throw .socket(.nameNotResolved(host: host, reason: SystemErrorText.text(code)))
        }
    }

    private static func resolve(_ host: String, flags: Int32) -> Result<[NetworkAddress], Failure> {
        var hints = addrinfo()
        hints.ai_flags = flags
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        var list: UnsafeMutablePointer<addrinfo>?
        let code = getaddrinfo(host, nil, &hints, &list)
        guard code == 0 else {
            let reason = code == EAI_SYSTEM ? SystemErrorText.text(errno) : String(cString: gai_strerror(code))
            return .failure(Failure(reason: reason))
        }
        defer { freeaddrinfo(list) }
        let addresses = sequence(first: list, next: { $0?.pointee.ai_next }).compactMap { entry -> NetworkAddress? in
            guard let entry, [AF_INET, AF_INET6].contains(entry.pointee.ai_family) else { return nil }
            var text = [CChar](repeating: 0, count: Int(NI_MAXHOST))
            let code = getnameinfo(
                entry.pointee.ai_addr, entry.pointee.ai_addrlen, &text, socklen_t(text.count), nil, 0, NI_NUMERICHOST)
            guard code == 0 else { return nil }
            let bytes = text.prefix { $0 != 0 }.map(UInt8.init(bitPattern:))
            return NetworkAddress(
                text: String(decoding: bytes, as: UTF8.self), isIPv6: entry.pointee.ai_family == AF_INET6)
        }
        return addresses.isEmpty ? .failure(Failure(reason: "no address")) : .success(addresses)
    }
}

/// The texts of the C library for error numbers.
public enum SystemErrorText {
    /// For example `Connection refused (os error 111)`.
    public static func text(_ code: Int32) -> String { "\(String(cString: strerror(code))) (os error \(code))" }
}
