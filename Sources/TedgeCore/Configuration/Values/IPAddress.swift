#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// IP addresses as the C library reads them. The texts hold no NUL.
enum IPAddress {
    /// Whether the text is four decimal numbers with dots.
    static func isVersion4(_ text: String) -> Bool {
        var address = in_addr()
        return unsafe inet_pton(AF_INET, text, &address) == 1
    }

    /// Whether the text is an IPv6 address without brackets and zone.
    static func isVersion6(_ text: String) -> Bool {
        var address = in6_addr()
        return unsafe inet_pton(AF_INET6, text, &address) == 1
    }
}
