/// Names of hosts as they go into requests and into the check of a certificate.
enum HostName {
    /// Whether it can be one. OpenSSL takes an empty name for none to check, one that begins with a dot for all names
    /// beneath it, and a zero byte for the end.
    static func isPossible(_ host: String) -> Bool {
        !host.isEmpty && host.utf8.first != UInt8(ascii: ".") && !host.utf8.contains { $0 <= 0x20 || $0 == 0x7F }
    }

    /// The name with brackets around an address of version 6, as in a URL.
    static func bracketed(_ host: String) -> String {
        host.utf8.contains(UInt8(ascii: ":")) && host.utf8.first != UInt8(ascii: "[") ? "[\(host)]" : host
    }
}
