extension String {
    /// The longest part of a user's word that is repeated in an error, in Unicode scalars.
    private static var printableLimit: Int { 200 }

    /// The text on one line, safe for a terminal: control, format and separator characters are escaped as in Swift source, and
    /// what is longer than 200 Unicode scalars ends in `…`.
    var printable: String { escaped(limit: Self.printableLimit, keepsLines: false) }

    /// The text with the same escapes but with its line feeds and in full.
    var printableLines: String { escaped(limit: .max, keepsLines: true) }

    private func escaped(limit: Int, keepsLines: Bool) -> String {
        var result = ""
        for (count, scalar) in unicodeScalars.enumerated() {
            if count == limit { return result + "…" }
            switch (scalar, scalar.properties.generalCategory) {
            case ("\n", _) where keepsLines: result.unicodeScalars.append(scalar)
            case ("\n", _): result += "\\n"
            case ("\r", _): result += "\\r"
            case ("\t", _): result += "\\t"
            case (_, .control), (_, .format), (_, .lineSeparator), (_, .paragraphSeparator), (_, .privateUse),
                (_, .unassigned):
                result += "\\u{\(String(scalar.value, radix: 16))}"
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }
}
