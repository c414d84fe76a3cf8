/// The layout of an error on stderr.
public enum ErrorFrame {
    /// Formats the title and the causes. A single cause is not numbered; several are numbered from 0 in five columns, and
    /// further lines of a cause align under its first line. Control characters are escaped, so that no text of a file or
    /// a server reaches the terminal as a command, and very long text is shortened.
    public static func text(title: String, causes: [String], hint: String?) -> String {
        let (title, causes, hint) = (shortened(title), causes.map(shortened), hint.map(shortened))
        var text = "Error: \(shown(title))\n"
        if !causes.isEmpty {
            text += "\nCaused by:\n"
            for (number, cause) in causes.enumerated() {
                let digits = String(number)
                let label =
                    causes.count == 1
                    ? "    " : String(repeating: " ", count: max(0, 5 - digits.utf8.count)) + digits + ": "
                let indent = String(repeating: " ", count: label.utf8.count)
                text += label + indented(shown(cause), by: indent) + "\n"
            }
        }
        if let hint { text += "\nHint: " + indented(shown(hint), by: "      ") + "\n" }
        return text
    }

    /// A message without secrets and without control sequences for a terminal.
    static func shown(_ text: String) -> String { printable(Masking.inMessage(text)) }

    /// The text with unprintable characters, except line feeds, escaped as in Swift source.
    ///
    /// - Parameter keepsTabs: Whether tabs are kept, too.
    public static func printable(_ text: String, keepsTabs: Bool = false) -> String {
        var result = ""
        for scalar in text.unicodeScalars {
            if scalar == "\n" || (scalar == "\t" && keepsTabs) || isPrintable(scalar) {
                result.unicodeScalars.append(scalar)
            } else {
                result += "\\u{\(String(scalar.value, radix: 16))}"
            }
        }
        return result
    }

    /// Whether a terminal shows the character in its place and does not treat it as a command: no control or format
    /// character, and no invisible character such as a tag character. Variation selectors, as in emoji, are printable.
    static func isPrintable(_ scalar: Unicode.Scalar) -> Bool {
        if scalar.value < 0x7F { return scalar.value >= 0x20 }
        switch scalar.properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator, .privateUse, .unassigned: return false
        default:
            return !scalar.properties.isDefaultIgnorableCodePoint || (0xFE00...0xFE0F).contains(scalar.value)
        }
    }

    /// The longest word (for example a path) and the longest text that are not shortened, in Unicode scalars.
    private static let (longestWord, longestText) = (1000, 10_000)

    /// The text, with `…` instead of the rest of a word or text that is too long.
    private static func shortened(_ text: String) -> String {
        guard text.utf8.count > longestWord else { return text }
        var result = ""
        var length = 0
        for (position, scalar) in text.unicodeScalars.enumerated() {
            if position == longestText { return result + "…" }
            length = scalar == " " || scalar == "\n" ? 0 : length + 1
            if length <= longestWord { result.unicodeScalars.append(scalar) }
            if length == longestWord + 1 { result += "…" }
        }
        return result
    }

    private static func indented(_ text: String, by indent: String) -> String {
        text.split(separator: Character("\n"), omittingEmptySubsequences: false).joined(separator: "\n\(indent)")
    }
}
