/// The hosts to reach without the proxy (`proxy.no_proxy`).
///
/// The entries are separated by commas. Each is `*` for every host, a domain with or without a dot before it, an address, or
/// an address range such as `192.168.1.0/24`. A port after a name or an address limits the entry to that port. Addresses and
/// ranges match only hosts that are given as addresses: names are not looked up.
struct ProxyExemptions: Sendable, Equatable {
    private enum Entry: Sendable, Equatable {
        case everything
        /// In lower case, without a dot at either end.
        case domain(String)
        case range(IPAddress.Range)
    }

    private let entries: [(entry: Entry, port: UInt16?)]

    /// Reads the list. Invalid entries are ignored.
    init(_ text: String) {
        entries = text.split(separator: Character(",")).compactMap {
            Self.read($0.lowercased().filter { !$0.isWhitespace })
        }
    }

    /// Whether a host is reached without the proxy. An IPv6 address may be in brackets.
    func contains(_ host: String, port: UInt16) -> Bool {
        let host = Self.bare(host.lowercased())
        let address = IPAddress.bytes(host)
        return entries.contains { entry, onlyPort in
            guard onlyPort == nil || onlyPort == port else { return false }
            switch entry {
            case .everything: return true
            case .domain(let domain): return address == nil && (host == domain || host.hasSuffix(".\(domain)"))
            case .range(let range): return address.map(range.contains) ?? false
            }
        }
    }

    private static func read(_ text: String) -> (Entry, UInt16?)? {
        if text == "*" { return (.everything, nil) }
        if let range = IPAddress.Range(text) { return (.range(range), nil) }
        let (name, port) = splitPort(text)
        if let range = IPAddress.Range(bare(name)) { return (.range(range), port) }
        var domain = Substring(name)
        if domain.hasPrefix("*.") { domain = domain.dropFirst() }
        domain = domain.drop { $0 == "." }
        while domain.last == "." { domain.removeLast() }
        return HostName.isValid(domain) ? (.domain(String(domain)), port) : nil
    }

    private static func splitPort(_ text: String) -> (String, UInt16?) {
        guard let colon = text.lastIndex(of: ":"), let port = UInt16(digits: text[text.index(after: colon)...]),
            text.first == "[" || text.firstIndex(of: ":") == colon
        else { return (text, nil) }
        return (String(text[..<colon]), port)
    }

    /// The host without the brackets of an IPv6 address and without a dot at the end.
    private static func bare(_ host: String) -> String {
        if host.first == "[", host.last == "]" { return String(host.dropFirst().dropLast()) }
        return host.last == "." ? String(host.dropLast()) : host
    }

    static func == (left: ProxyExemptions, right: ProxyExemptions) -> Bool {
        left.entries.elementsEqual(right.entries) { $0 == $1 }
    }
}
