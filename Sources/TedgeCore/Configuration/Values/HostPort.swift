/// A host and a port on it.
public struct HostPort: Sendable, Equatable, CustomStringConvertible {
    /// The host as it is typed; an IPv6 address has its brackets.
    let host: String
    /// The port.
    let port: UInt16
    /// The text to store in a file, which has a port only if one was typed.
    let stored: String

    /// Reads `host`, `host:port`, `[IPv6]` or `[IPv6]:port`.
    init(parsing text: String, defaultPort: UInt16) throws(SettingRefusal) {
        let hostPart: Substring
        let rest: Substring
        if text.first == "[", let bracket = text.firstIndex(of: "]") {
            hostPart = text[...bracket]
            rest = text[text.index(after: bracket)...]
        } else {
            let colon = text.firstIndex(of: ":") ?? text.endIndex
            hostPart = text[..<colon]
            rest = text[colon...]
        }
        guard HostName.isValid(hostPart) else {
            throw SettingRefusal(
                "Could not parse hostname",
                hint: "Give HOST or HOST:PORT, for example 'mqtt.example.com:8883'; an IPv6 address goes in brackets.")
        }
        if rest.isEmpty {
            port = defaultPort
        } else {
            guard rest.first == ":", let number = UInt16(digits: rest.dropFirst()), number > 0 else {
                throw SettingRefusal("Could not parse port", hint: "A port is a whole number from 1 to 65535.")
            }
            port = number
        }
        host = String(hostPart)
        stored = text
    }

    /// The host without the brackets of an IPv6 address, for a resolver and mosquitto's `address` line.
    var bareHost: String {
        host.first == "[" ? String(host.dropFirst().dropLast()) : host
    }

    /// The host and the port with a colon between them.
    public var description: String { "\(host):\(port)" }
}

/// Rules for host names.
enum HostName {
    /// Whether the text is a DNS name in ASCII (with underscores), an IPv4 address, or an IPv6 address in brackets. A text
    /// whose last label is all digits must be an address, as in the URL standard.
    static func isValid(_ text: some StringProtocol) -> Bool {
        let bytes = Array(text.utf8)
        if bytes.first == UInt8(ascii: "[") {
            return bytes.last == UInt8(ascii: "]") && IPAddress.isVersion6(String(text.dropFirst().dropLast()))
        }
        let labels = bytes.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        let named = labels.last?.isEmpty == true ? labels.dropLast() : labels[...]
        guard let last = named.last, bytes.count <= 254, named.allSatisfy(isLabel) else { return false }
        return last.allSatisfy(\.isDigit) ? IPAddress.isVersion4(String(text)) : true
    }

    private static func isLabel(_ label: ArraySlice<UInt8>) -> Bool {
        (1...63).contains(label.count) && label.allSatisfy(isAllowed)
    }

    private static func isAllowed(_ byte: UInt8) -> Bool {
        byte.isDigit || (byte | 0x20) &- UInt8(ascii: "a") < 26 || byte == UInt8(ascii: "-")
            || byte == UInt8(ascii: "_")
    }

    private static let schemes = [
        "http": ["80"], "https": ["443"], "mqtt": ["1883"], "mqtts": ["8883"], "ssl": ["8883", "443"],
        "tcp": ["1883", "8883"], "tls": ["8883", "443"], "ws": ["80"], "wss": ["443"],
    ]

    /// The host, and the port if there is one, of a pasted address without its scheme, path and query. Nil if the text is only
    /// a host and port already. A path after a word without dots is not recognised, only a single slash.
    static func authority(ofPasted text: String) -> String? {
        var rest = text[...]
        if let separator = text.firstRange(of: "://") {
            guard schemes[text[..<separator.lowerBound].lowercased()] != nil else { return nil }
            rest = text[separator.upperBound...]
        } else if text.hasPrefix("//") {
            rest = text.dropFirst(2)
        }
        let authority = rest.prefix { !"/?#".contains($0) }
        if rest.startIndex == text.startIndex {
            // Not an address, or one with a mistyped scheme, as in "https:/host" and "https//host".
            let rest = text[authority.endIndex...]
            let isWhole = rest.isEmpty || rest != "/" && !authority.contains(".")
            guard !isWhole, authority.last != ":", !text.contains("//") else { return nil }
        }
        return String(authority)
    }

    /// The default ports for the scheme of a pasted address.
    static func usualPorts(ofPasted text: String) -> [String] {
        guard let separator = text.firstRange(of: "://") else { return [] }
        return schemes[text[..<separator.lowerBound].lowercased()] ?? []
    }
}
