/// Removes what people paste or type around a value, before the value is checked.
extension SettingType {
    /// The value without blanks and a pair of quotes around it, and in the spelling that the type knows. Free texts stay as
    /// they are, and so do lists, whose entries are tidied one by one.
    func tidied(_ typed: String) -> String {
        switch self {
        case .text, .list, .counts: return typed
        default: break
        }
        let text = Self.trimmed(Self.unquoted(Self.trimmed(typed)))
        switch self {
        case .flag, .choice(.auto): return Self.flags[text.lowercased()] ?? spelled(text)
        case .choice: return spelled(text)
        case .path: return text.hasPrefix("file:///") ? String(text.dropFirst("file://".count)) : text
        case .ipAddress:
            let isBracketed = text.hasPrefix("[") && text.hasSuffix("]") && text.utf8.count > 2
            return isBracketed ? String(text.dropFirst().dropLast()) : text
        default: return text
        }
    }

    private static let flags = [
        "true": "true", "yes": "true", "on": "true", "1": "true",
        "false": "false", "no": "false", "off": "false", "0": "false",
    ]

    /// The word of a choice in its own letter case.
    private func spelled(_ text: String) -> String {
        guard case .choice(let choice) = self else { return text }
        let words = choice.words + choice.aliases.keys.sorted()
        return words.contains(text) ? text : words.first { $0 == text.lowercased() } ?? text
    }

    private static let quotes: [(Character, Character)] = [
        ("\"", "\""), ("'", "'"), ("`", "`"), ("\u{201C}", "\u{201D}"), ("\u{201D}", "\u{201D}"),
        ("\u{201E}", "\u{201C}"), ("\u{2018}", "\u{2019}"), ("\u{2019}", "\u{2019}"), ("\u{201A}", "\u{2018}"),
        ("\u{AB}", "\u{BB}"), ("<", ">"),
    ]

    private static func unquoted(_ text: String) -> String {
        // The first byte of every quote.
        guard let first = text.utf8.first, first >= 0x80 || "\"'`<".utf8.contains(first) else { return text }
        guard text.count > 2, quotes.contains(where: { $0.0 == text.first && $0.1 == text.last }) else { return text }
        return String(text.dropFirst().dropLast())
    }

    /// The text without blanks and no-break spaces at both ends.
    static func trimmed(_ text: String) -> String {
        // The bytes that a blank and a no-break space begin and end with.
        guard let first = text.utf8.first, let last = text.utf8.last else { return text }
        if first != 0x20, first != 0xC2, last != 0x20, last != 0xA0 { return text }
        let isBlank = { (character: Character) in character == " " || character == "\u{A0}" }
        var rest = text.drop(while: isBlank)
        while let last = rest.last, isBlank(last) { rest.removeLast() }
        return String(rest)
    }
}
