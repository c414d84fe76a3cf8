#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// IP addresses as the C library parses them. The texts contain no NUL.
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

    /// The 4 or 16 bytes of an address; nil for other texts. An IPv4 address in IPv6 notation has 4.
    static func bytes(_ text: String) -> [UInt8]? {
        var four = in_addr()
        if unsafe inet_pton(AF_INET, text, &four) == 1 { return unsafe withUnsafeBytes(of: &four) { unsafe Array($0) } }
        var six = in6_addr()
        guard unsafe inet_pton(AF_INET6, text, &six) == 1 else { return nil }
        let bytes = unsafe withUnsafeBytes(of: &six) { unsafe Array($0) }
        return bytes.prefix(12).elementsEqual([0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF])
            ? Array(bytes.suffix(4)) : bytes
    }

    /// All addresses that begin with the same bits.
    struct Range: Sendable, Equatable {
        private let bytes: [UInt8]
        private let bits: Int

        /// Reads `ADDRESS/BITS`, or an address alone. Nil for other texts.
        init?(_ text: String) {
            let parts = text.split(separator: Character("/"), maxSplits: 1, omittingEmptySubsequences: false)
            guard let bytes = IPAddress.bytes(String(parts[0])) else { return nil }
            self.bytes = bytes
            guard parts.count == 2 else {
                bits = bytes.count * 8
                return
            }
            guard let bits = Int(digits: parts[1]), bits <= bytes.count * 8 else { return nil }
            self.bits = bits
        }

        /// Whether an address is in the range.
        func contains(_ address: [UInt8]) -> Bool {
            guard address.count == bytes.count else { return false }
            let (whole, rest) = (bits / 8, bits % 8)
            guard address.prefix(whole).elementsEqual(bytes.prefix(whole)) else { return false }
            return rest == 0 || (address[whole] ^ bytes[whole]) >> UInt8(8 - rest) == 0
        }
    }
}
