import TOML

extension SettingType {
    /// Checks a value from a file. Throws the reason if it is refused.
    func read(_ stored: TOMLValue) throws(SettingRefusal) -> SettingValue {
        switch (self, stored) {
        case (.flag, .boolean(let flag)):
            return .flag(flag)
        case (.port, .integer(let number)), (.nonZeroPort, .integer(let number)), (.number, .integer(let number)),
            (.payloadLimit, .integer(let number)):
            return .number(try checkNumber(number))
        case (.duration, .integer(let seconds)):
            return .duration(try SettingDuration(parsing: String(seconds)))
        case (.choice(.auto), .boolean(let flag)):
            return .text(flag ? "true" : "false")
        case (.list, .array(let entries)): return .list(try texts(entries))
        case (.counts, .array(let entries)): return try Self.counts(try texts(entries))
        case (_, .string(let text)) where storesText:
            try Self.checkCharacters(of: text)
            return try check(text)
        default:
            throw mismatch("a value of type \(stored.typeName)")
        }
    }

    private func texts(_ entries: [TOMLValue]) throws(SettingRefusal) -> [String] {
        var texts: [String] = []
        for entry in entries {
            guard case .string(let text) = entry else { throw mismatch("an entry of type \(entry.typeName)") }
            try Self.checkCharacters(of: text)
            texts.append(text)
        }
        return texts
    }

    /// Reads a list as `config get` prints it, `["a", "b"]`; nil for other texts.
    func printedList(_ text: String) -> SettingValue? {
        guard text.hasPrefix("["), text.hasSuffix("]"),
            let value = try? TOMLDocument(parsing: Array("value = \(text)".utf8))[path: ["value"]]
        else { return nil }
        return try? read(value)
    }

    /// The TOML to store for a value of this type.
    func stored(_ value: SettingValue) -> TOMLValue {
        switch value {
        case .text(let text):
            if case .choice(let choice) = self { return .string(choice.aliases[text] ?? text) }
            return .string(text)
        case .flag(let flag): return .boolean(flag)
        case .number(let number): return .integer(Int64(number))
        case .hostPort(let endpoint): return .string(endpoint.stored)
        case .duration(let duration): return .string(duration.text)
        case .proxy(let proxy): return .string(proxy.stored)
        case .list(let entries), .counts(let entries): return .array(entries.map { .string($0) })
        }
    }

    private var storesText: Bool {
        switch self {
        case .flag, .port, .nonZeroPort, .number, .payloadLimit, .list, .counts: false
        default: true
        }
    }

    private func mismatch(_ found: String) -> SettingRefusal {
        switch self {
        case .flag: SettingRefusal("expected true or false without quotes, found \(found)")
        case .port, .nonZeroPort, .number, .payloadLimit:
            SettingRefusal("expected a number without quotes, found \(found)", hint: rangeHint)
        case .list, .counts: SettingRefusal("expected an array of strings, found \(found)")
        default: SettingRefusal("expected a string in quotes, found \(found)")
        }
    }
}
