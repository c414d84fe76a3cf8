/// A directory of trusted certificates. OpenSSL finds those alone that a name by hash leads to, as `openssl rehash` makes it.
struct TrustDirectory {
    private let names: [String]

    /// Looks into a directory; nil if the path is none, or cannot be looked into.
    init?(_ path: String, _ files: any Files) {
        guard ((try? files.status(path)) ?? nil)?.kind == .directory, let names = try? files.list(path) else {
            return nil
        }
        self.names = names
    }

    /// A certificate of a directory in which no name is by hash; nil if there is one by hash, or no certificate.
    var unlinked: String? {
        guard !names.contains(where: Self.isByHash) else { return nil }
        return names.sorted().first { name in [".pem", ".crt", ".cer"].contains { name.lowercased().hasSuffix($0) } }
    }

    /// Such as `5ed36f99.0`.
    private static func isByHash(_ name: String) -> Bool {
        let parts = name.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        let isHexadecimal = { (byte: UInt8) in byte &- 0x30 < 10 || byte &- 0x61 < 6 }
        return parts.count == 2 && parts[0].count == 8 && parts[0].allSatisfy(isHexadecimal)
            && UInt8(digits: String(parts[1]) ?? "") != nil
    }
}
