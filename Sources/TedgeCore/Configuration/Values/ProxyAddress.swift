/// Where an HTTP proxy is.
struct ProxyAddress: Sendable, Equatable, CustomStringConvertible {
    /// How one talks to the proxy.
    enum Scheme: String, Sendable, Equatable {
        case http, https
    }

    /// How one talks to the proxy.
    let scheme: Scheme
    /// Its host and port.
    let endpoint: HostPort
    /// What was typed.
    let stored: String

    /// Reads `[http://]host[:port]` or `https://host[:port]`; the ports are 80 and 443 where none is given.
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
                of: text, because: "user and password do not go here but into 'proxy.username' and 'proxy.password'")
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
