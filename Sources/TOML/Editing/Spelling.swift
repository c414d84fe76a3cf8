extension TOMLValue {
    /// The value as a document has it, on one line.
    public var text: String { Spelling.value(self) }
}

/// Writes keys and values.
enum Spelling {
    /// A key of several parts, for example `c8y."my key".url`.
    static func dottedKey(_ path: some Collection<String>) -> String {
        path.map(key).joined(separator: ".")
    }

    /// One part of a key: bare where TOML allows it, else in quotes.
    static func key(_ text: String) -> String {
        !text.isEmpty && text.utf8.allSatisfy(\.isBareKey) ? text : string(text)
    }

    /// A value on one line.
    static func value(_ value: TOMLValue) -> String {
        switch value {
        case .string(let text): string(text)
        case .integer(let number): String(number)
        case .float(let number): float(number)
        case .boolean(let bool): bool ? "true" : "false"
        case .offsetDateTime(let instant): instant.description
        case .localDateTime(let dateTime): dateTime.description
        case .localDate(let date): date.description
        case .localTime(let time): time.description
        case .array(let elements): "[\(elements.map(Self.value).joined(separator: ", "))]"
        case .table(let table): self.table(table)
        }
    }

    /// A string in double quotes. Only quotes, backslashes and control characters are escaped.
    private static func string(_ text: String) -> String {
        var result = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": result += "\\\""
            case "\\": result += "\\\\"
            case "\u{8}": result += "\\b"
            case "\t": result += "\\t"
            case "\n": result += "\\n"
            case "\u{C}": result += "\\f"
            case "\r": result += "\\r"
            case _ where scalar.value < 0x20 || scalar.value == 0x7F: result += "\\u" + hexadecimal(scalar.value)
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result + "\""
    }

    /// The number in four or more hexadecimal digits, as in `\u` escapes and `U+` names.
    static func hexadecimal(_ number: UInt32) -> String {
        let digits = String(number, radix: 16, uppercase: true)
        return String(repeating: "0", count: max(0, 4 - digits.utf8.count)) + digits
    }

    /// The shortest decimal number that reads back as the same number. Swift always writes a point or an exponent.
    private static func float(_ number: Double) -> String {
        if number.isNaN { return "nan" }
        if number.isInfinite { return number < 0 ? "-inf" : "inf" }
        return number.description
    }

    private static func table(_ table: TOMLTable) -> String {
        guard !table.isEmpty else { return "{}" }
        return "{ \(table.map { "\(key($0.key)) = \(value($0.value))" }.joined(separator: ", ")) }"
    }
}
