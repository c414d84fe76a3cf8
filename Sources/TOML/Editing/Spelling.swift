/// How keys and values are written.
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

    /// A string in double quotes. What is no control character stands for itself.
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
            case _ where scalar.value < 0x20 || scalar.value == 0x7F:
                let digits = String(scalar.value, radix: 16, uppercase: true)
                result += "\\u" + String(repeating: "0", count: 4 - digits.utf8.count) + digits
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result + "\""
    }

    /// The shortest decimal number that is read back as the same; Swift writes a point or an exponent in each.
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
