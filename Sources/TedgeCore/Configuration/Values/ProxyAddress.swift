/// The address of an HTTP proxy.
struct ProxyAddress: Sendable, Equatable, CustomStringConvertible {
    /// The protocol between this device and the proxy.
    enum Scheme: String, Sendable, Equatable {
        case http, https
    }

    /// The protocol between this device and the proxy.
    let scheme: Scheme
    /// Its host and port.
    let endpoint: HostPort
    /// What was typed.
    let stored: String

    /// Reads `[http://]host[:port]` or `https://host[:port]`; the default ports are 80 and 443.
    init(parsing text: String) throws(SettingRefusal) {
        var rest = text[...]
        var scheme = Scheme.http
        if let separator = text.firstRange(of: "://") {
            guard let named = Scheme(rawValue: text[..<separator.lowerBound].lowercased()) else {
                throw Self.refusal(of: text, because: "the scheme must be http or https")
            }
            scheme = named
            rest = text[separator.upperBound...]
        }
        if rest.last == "/" { rest.removeLast() }
        if rest.unicodeScalars.contains("@") {
            throw Self.refusal(
                of: text, because: "set user and password as 'proxy.username' and 'proxy.password' instead")
        }
        do {
            endpoint = try HostPort(parsing: String(rest), defaultPort: scheme == .http ? 80 : 443)
        } catch {
            throw Self.refusal(of: text, because: error.reason)
        }
        self.scheme = scheme
        stored = text
    }

    /// The address with scheme and port.
    var description: String { "\(scheme.rawValue)://\(endpoint)" }

    private static func refusal(of text: String, because reason: String) -> SettingRefusal {
        let shown = text.unicodeScalars.contains("@") ? "" : " '\(text)'"
        return SettingRefusal(
            "Invalid proxy URL:\(shown) \(reason)",
            hint: "Give [http://|https://]HOST[:PORT], for example 'http://proxy.example.com:3128'.")
    }
}
