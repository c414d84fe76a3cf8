import Glibc

/// Addresses of this machine.
public enum LocalAddress {
    /// The error number of bind(2) or listen(2) if a program cannot listen on a numeric address; nil if it can.
    ///
    /// The system decides, from its interfaces and settings such as `ip_nonlocal_bind`. Port 0 means any port.
    public static func refusal(_ address: String, port: UInt16) -> Int32? {
        var hints = addrinfo()
        hints.ai_flags = AI_NUMERICHOST | AI_PASSIVE
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        var list: UnsafeMutablePointer<addrinfo>?
        guard getaddrinfo(address, "\(port)", &hints, &list) == 0, let entry = list?.pointee else {
            return EADDRNOTAVAIL
        }
        defer { freeaddrinfo(list) }
        let descriptor = socket(entry.ai_family, entry.ai_socktype | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { return errno }
        defer { close(descriptor) }
        var on: Int32 = 1
        setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &on, 4)
        if entry.ai_family == AF_INET6 { setsockopt(descriptor, Int32(IPPROTO_IPV6), IPV6_V6ONLY, &on, 4) }
        guard bind(descriptor, entry.ai_addr, entry.ai_addrlen) == 0 else { return errno }
        return port == 0 || listen(descriptor, 1) == 0 ? nil : errno
    }
}
