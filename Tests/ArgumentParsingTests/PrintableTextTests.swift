import Testing

@testable import ArgumentParsing

@Suite("Words of the user in errors")
struct PrintableTextTests {
    @Test(
        "what a terminal shows stays as it is", arguments: ["", "c8y.url", "größe", "日本", "a b", "\\", "'", "e\u{301}"])
    func plain(word: String) {
        #expect(word.printable == word)
        #expect(word.printableLines == word)
    }

    @Test(
        "what a terminal obeys is escaped",
        arguments: [
            ("\u{1B}[31m", "\\u{1b}[31m"), ("\0", "\\u{0}"), ("\u{7F}", "\\u{7f}"), ("\u{9B}2J", "\\u{9b}2J"),
            ("a\r\nb", "a\\r\\nb"), ("\t", "\\t"), ("\u{202E}abc", "\\u{202e}abc"), ("\u{2028}", "\\u{2028}"),
            ("\u{FEFF}", "\\u{feff}"), ("\u{E000}", "\\u{e000}"), ("\u{10FFFF}", "\\u{10ffff}"),
        ])
    func escaped(word: String, text: String) {
        #expect(word.printable == text)
    }

    @Test("only the text of several lines keeps its line feeds")
    func lines() {
        #expect("a\nb".printable == "a\\nb")
        #expect("a\nb".printableLines == "a\nb")
        #expect("a\r\nb".printableLines == "a\\r\nb")
    }

    @Test("a long word is cut, a long text is not")
    func limit() {
        let fits = String(repeating: "a", count: 200)
        #expect(fits.printable == fits)
        #expect((fits + "b").printable == fits + "…")
        #expect((fits + "b").printableLines == fits + "b")
    }
}
