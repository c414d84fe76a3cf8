/// The result of parsing a typed value.
struct ParsedSetting: Equatable {
    let value: SettingValue
    /// The text that was used instead of the typed one, if a person should know.
    var taken: String?
    /// Whether that text is the host of a typed address.
    var isHostOfAddress = false
}

extension SettingType {
    /// Parses a typed value. Throws the reason if it is refused.
    func parse(_ typed: String, currentDirectory: () -> String) throws(SettingRefusal) -> ParsedSetting {
        try Self.checkCharacters(of: typed)
        let text = tidied(typed)
        var parsed = try parse(tidied: text, currentDirectory)
        if text != typed, parsed.taken == nil { parsed.taken = text }
        return parsed
    }

    private func parse(tidied text: String, _ currentDirectory: () -> String) throws(SettingRefusal) -> ParsedSetting {
        switch self {
        case .path:
            guard !text.isEmpty else { throw .emptyPath }
            guard text.first != "~", text.first != "$" else { throw .unexpanded(text) }
            return ParsedSetting(value: .text(Path.absolute(text, relativeTo: currentDirectory())))
        case .host, .hostPort:
            return try parseEndpoint(text)
        case .flag:
            guard let flag = Bool(text) else { throw .notAFlag }
            return ParsedSetting(value: .flag(flag))
        case .port, .nonZeroPort, .number, .payloadLimit:
            return ParsedSetting(value: .number(try parseNumber(text)))
        case .list:
            if let printed = printedList(text) { return ParsedSetting(value: printed) }
            let entries = text.utf8.split(separator: UInt8(ascii: ",")).map { Self.trimmed(String(Substring($0))) }
            return ParsedSetting(value: .list(entries.filter { !$0.isEmpty }))
        case .counts:
            var rest = text
            if rest.hasPrefix("["), rest.hasSuffix("]") { rest = String(rest.dropFirst().dropLast()) }
            let entries = rest.utf8.split(separator: UInt8(ascii: ",")).map { String(Substring($0)) }
            return ParsedSetting(value: try Self.counts(entries))
        default:
            return ParsedSetting(value: try check(text))
        }
    }

    /// Checks a text that is stored in a file, or typed and already tidied.
    func check(_ text: String) throws(SettingRefusal) -> SettingValue {
        switch self {
        case .name:
            guard !text.isEmpty else { throw SettingRefusal("The value must not be empty") }
        case .path:
            guard Path.isAbsolute(text) else {
                throw SettingRefusal(
                    "Cannot be converted to an absolute path: \(text.beginning)", hint: "Begin it with '/'.")
            }
        case .plainPath:
            guard !text.isEmpty else { throw .emptyPath }
        case .ipAddress:
            guard IPAddress.isVersion4(text) || IPAddress.isVersion6(text) else {
                throw SettingRefusal("invalid IP address syntax", hint: "For example '127.0.0.1' or '::1'.")
            }
        case .host:
            guard HostName.isValid(text) else { throw .notAHost(text) }
        case .hostPort(let port): return .hostPort(try HostPort(parsing: text, defaultPort: port))
        case .topicPrefix: try Self.checkTopicPrefix(text)
        case .topicID: try Self.checkTopicID(text)
        case .duration: return .duration(try SettingDuration(parsing: text))
        case .proxyURL: return .proxy(try ProxyAddress(parsing: text))
        case .choice(let choice):
            let word = choice.aliases[text] ?? text
            guard choice.words.contains(word) else {
                throw SettingRefusal("Failed to parse flag: \(text.beginning). Supported values are: \(choice.listing)")
            }
            return .text(choice.printed[word] ?? word)
        case .text, .flag, .port, .nonZeroPort, .number, .payloadLimit, .list, .counts: break
        }
        return .text(text)
    }

    /// Refuses control characters and line ends, because values are written into single lines of other programs' files.
    static func checkCharacters(of text: String) throws(SettingRefusal) {
        if text.utf8.allSatisfy({ 0x20..<0x7F ~= $0 }) { return }
        let scalar = text.unicodeScalars.first {
            $0.properties.generalCategory == .control || $0 == "\u{2028}" || $0 == "\u{2029}"
        }
        if let scalar {
            let number = scalar.value.hexadecimal(4, uppercase: true)
            throw SettingRefusal("The value contains the control character U+\(number), which no setting can")
        }
    }

    private func parseEndpoint(_ text: String) throws(SettingRefusal) -> ParsedSetting {
        guard var authority = HostName.authority(ofPasted: text) else { return ParsedSetting(value: try check(text)) }
        if self == .host, let port = HostName.usualPorts(ofPasted: text).first(where: { authority.hasSuffix(":\($0)") })
        {
            authority.removeLast(port.utf8.count + 1)
        }
        do {
            return ParsedSetting(value: try check(authority), taken: authority, isHostOfAddress: true)
        } catch {
            throw self == .host ? .notAHost(text) : error
        }
    }

    private func parseNumber(_ text: String) throws(SettingRefusal) -> UInt32 {
        guard !text.isEmpty else { throw SettingRefusal("cannot parse integer from empty string", hint: rangeHint) }
        guard text.isDigits else {
            throw SettingRefusal("invalid digit found in string", hint: rangeHint)
        }
        return try checkNumber(Int64(text) ?? .max)
    }
}

extension SettingRefusal {
    fileprivate static let notAFlag = SettingRefusal(
        "provided string was not `true` or `false`", hint: "Give true or false.")

    fileprivate static func unexpanded(_ path: String) -> SettingRefusal {
        SettingRefusal(
            "Only a shell can replace '\(path.prefix { $0 != "/" })' with a directory",
            hint: "Give the whole path, or omit the quotes so that the shell replaces it.")
    }

    fileprivate static let emptyPath = SettingRefusal("Cannot be converted to an absolute path: the path is empty")

    fileprivate static func notAHost(_ text: String) -> SettingRefusal {
        let isEmpty = text.isEmpty || text.hasSuffix("://")
        let advice =
            isEmpty || text.utf8.allSatisfy { $0 < 0x80 }
            ? "Provided URL should contain only domain, eg: 'subdomain.cumulocity.com'."
            : "Write an international name in its ASCII form, which has a part that begins with 'xn--'."
        return SettingRefusal(
            "Could not parse provided URL: '\(text.beginning)' as a valid domain name.\n         \(advice)")
    }
}
