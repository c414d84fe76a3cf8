/// Host names for requests and for the check of a certificate.
enum HostName {
    /// Whether the text can be a host name. For OpenSSL an empty name means no check, a name that begins with a dot
    /// matches all names below it, and a zero byte ends the name.
    static func isPossible(_ host: String) -> Bool {
        !host.isEmpty && host.utf8.first != UInt8(ascii: ".") && !host.utf8.contains { $0 <= 0x20 || $0 == 0x7F }
    }

    /// The name, with brackets around an IPv6 address as in a URL.
    static func bracketed(_ host: String) -> String {
        host.utf8.contains(UInt8(ascii: ":")) && host.utf8.first != UInt8(ascii: "[") ? "[\(host)]" : host
    }
}
