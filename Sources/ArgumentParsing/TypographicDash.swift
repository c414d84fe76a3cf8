/// Dashes that word processors and web pages make of hyphens.
enum TypographicDash {
    /// Dashes of Unicode, and what an en dash, an em dash and a minus sign become when their UTF-8 is taken for Windows-1252
    /// or Latin-1.
    private static let spellings: [String] = {
        let dashes: [Unicode.Scalar] = [
            "\u{2010}", "\u{2011}", "\u{2012}", "\u{2013}", "\u{2014}", "\u{2015}", "\u{2212}", "\u{FE58}", "\u{FE63}",
            "\u{FF0D}",
        ]
        let misread = [
            "\u{E2}\u{20AC}\u{201C}", "\u{E2}\u{20AC}\u{201D}", "\u{E2}\u{20AC}\u{2013}", "\u{E2}\u{20AC}\u{2014}",
            "\u{E2}\u{80}\u{93}", "\u{E2}\u{80}\u{94}", "\u{E2}\u{2C6}\u{2019}", "\u{E2}\u{88}\u{92}",
        ]
        return dashes.map { String($0) } + misread
    }()

    /// What follows the dashes at the beginning of a word, for example `user=alice` of `–-user=alice`. Nil if there is no
    /// such dash among them, or nothing behind them.
    static func body(of word: String) -> String? {
        guard word.utf8.contains(where: { $0 >= 0x80 }) else { return nil }
        var rest = word.unicodeScalars[...]
        var isTypographic = false
        while let length = length(ofDash: rest) {
            isTypographic = isTypographic || rest.first != "-"
            rest = rest.dropFirst(length)
        }
        return isTypographic && !rest.isEmpty ? String(rest) : nil
    }

    private static func length(ofDash text: Substring.UnicodeScalarView) -> Int? {
        if text.first == "-" { return 1 }
        return spellings.first { text.starts(with: $0.unicodeScalars) }?.unicodeScalars.count
    }
}
