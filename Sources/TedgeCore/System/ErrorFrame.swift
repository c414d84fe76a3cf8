/// The layout of an error on stderr.
public enum ErrorFrame {
    /// The title and the causes. One cause is not numbered, several are numbered from 0 in five columns; further lines of
    /// a cause align under its first. Control characters are escaped, so that nothing that a file or a server said reaches
    /// the terminal as a command, and what is huge is shortened.
    public static func text(title: String, causes: [String], hint: String?) -> String {
        let (title, causes, hint) = (shortened(title), causes.map(shortened), hint.map(shortened))
        var text = "Error: \(printable(title))\n"
        if !causes.isEmpty {
            text += "\nCaused by:\n"
            for (number, cause) in causes.enumerated() {
                let digits = String(number)
                let label =
                    causes.count == 1
                    ? "    " : String(repeating: " ", count: max(0, 5 - digits.utf8.count)) + digits + ": "
                let indent = String(repeating: " ", count: label.utf8.count)
                text += label + indented(printable(cause), by: indent) + "\n"
            }
        }
        if let hint { text += "\nHint: " + indented(printable(hint), by: "      ") + "\n" }
        return text
    }

    /// The text with every control character but the line feed escaped as in Swift source.
    ///
    /// - Parameter keepsTabs: Whether tabs stay, too.
    public static func printable(_ text: String, keepsTabs: Bool = false) -> String {
        var result = ""
        for scalar in text.unicodeScalars {
            switch (scalar, scalar.properties.generalCategory) {
            case ("\n", _): result.unicodeScalars.append(scalar)
            case ("\t", _) where keepsTabs: result.unicodeScalars.append(scalar)
            case (_, .control), (_, .format), (_, .lineSeparator), (_, .paragraphSeparator), (_, .privateUse):
                result += "\\u{\(String(scalar.value, radix: 16))}"
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }

    /// The longest word, as of a path, and the longest text that stay whole, in Unicode scalars.
    private static let (longestWord, longestText) = (1000, 10_000)

    /// The text with `…` for the rest of a word that is too long, and of the text.
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
