import Glibc

/// Which addresses of a host to try.
public enum AddressChoice: Sendable {
    /// One after the other, until one accepts.
    case each
    /// Only the address that mosquitto's bridge uses: the first to which a connection can be started.
    case first
}

/// Makes TCP connections.
public enum TCPConnector {
    /// Connects to the first address of a host that accepts, with a share of the time for each; or only to the address
    /// that `choice` selects. The descriptor does not block, sends small packets at once, and is closed in children.
    ///
    /// Throws the error of the last address, or the reason why there is no address.
    public static func connect<Problem: SocketFailure>(
        host: String, port: UInt16, choice: AddressChoice = .each, until deadline: ContinuousClock.Instant,
        _ waiter: Waiter<Problem>, resolver: @escaping AddressLookup.Resolver = AddressLookup.system
    ) throws(Problem) -> Int32 {
        var addresses = try AddressLookup.addresses(of: host, until: deadline, waiter, resolver: resolver)
        if choice == .first, let first = first(of: addresses, port: port) { addresses = [first] }
        return try connect(to: addresses, of: host, port: port, until: deadline, waiter)
    }

    /// Connects to the first address that accepts, as `connect(host:port:)` does.
    public static func connect<Problem: SocketFailure>(
        to addresses: [NetworkAddress], of host: String, port: UInt16, until deadline: ContinuousClock.Instant,
        _ waiter: Waiter<Problem>
    ) throws(Problem) -> Int32 {
        var failure = SocketError.noAnswer(host: host, port: port)
        for (index, address) in addresses.enumerated() {
            let now = ContinuousClock.now
            let share = now + now.duration(to: deadline) / (addresses.count - index)
            switch try reach(address, port: port, until: share, waiter) {
            case .success(let descriptor): return descriptor
            case .failure(.code(let code)): failure = .cannotConnect(host: host, port: port, errno: code)
            case .failure(.silence): failure = .noAnswer(host: host, port: port)
            }
        }
        throw .socket(failure)
    }

    /// The address that mosquitto's bridge uses: the first to which a connection can be started, whether or not it
    /// succeeds. Nil if there is none.
    public static func first(of addresses: [NetworkAddress], port: UInt16) -> NetworkAddress? {
        addresses.first { address in
            guard let descriptor = makeSocket(for: address) else { return false }
            defer { close(descriptor) }
            let code = start(descriptor, address, port)
            return code == nil || code == EINPROGRESS
        }
    }

    private enum Failure: Error {
        case code(Int32)
        case silence
    }

    private static func reach<Problem: SocketFailure>(
        _ address: NetworkAddress, port: UInt16, until deadline: ContinuousClock.Instant, _ waiter: Waiter<Problem>
    ) throws(Problem) -> Result<Int32, Failure> {
        guard let descriptor = makeSocket(for: address) else { return .failure(.code(errno)) }
        var isConnected = false
        defer { if !isConnected { close(descriptor) } }
        var yes: Int32 = 1
        setsockopt(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &yes, socklen_t(MemoryLayout<Int32>.size))
        if let code = start(descriptor, address, port), code != EINPROGRESS { return .failure(.code(code)) }
        guard try waiter.ready(descriptor, Int16(POLLOUT), until: deadline) != 0 else { return .failure(.silence) }
        var code: Int32 = 0
        var size = socklen_t(MemoryLayout<Int32>.size)
        getsockopt(descriptor, SOL_SOCKET, SO_ERROR, &code, &size)
        guard code == 0 else { return .failure(.code(code)) }
        isConnected = true
        return .success(descriptor)
    }

    private static func makeSocket(for address: NetworkAddress) -> Int32? {
        let kind = Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue) | Int32(SOCK_NONBLOCK.rawValue)
        let descriptor = socket(address.isIPv6 ? AF_INET6 : AF_INET, kind, 0)
        return descriptor >= 0 ? descriptor : nil
    }

    /// Starts to connect. Returns the error number, or nil if the connection is made at once.
    private static func start(_ descriptor: Int32, _ address: NetworkAddress, _ port: UInt16) -> Int32? {
        var hints = addrinfo()
        hints.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        var list: UnsafeMutablePointer<addrinfo>?
        guard getaddrinfo(address.text, String(port), &hints, &list) == 0, let first = list else {
            return EADDRNOTAVAIL
        }
        defer { freeaddrinfo(list) }
        return Glibc.connect(descriptor, first.pointee.ai_addr, first.pointee.ai_addrlen) == 0 ? nil : errno
    }
}
