import Testing

@testable import ArgumentParsing

@Suite("Lines and columns")
struct TextLayoutTests {
    @Test("a text that fits stays as it is, with its empty lines and indentations")
    func fits() {
        #expect(TextLayout.wrap("a\n\n  b", width: 10) == ["a", "", "  b"])
        #expect(TextLayout.wrap("", width: 10) == [""])
        #expect(TextLayout.wrap("0123456789", width: 10) == ["0123456789"])
    }

    @Test("a line is broken at the last space that leaves it short enough")
    func breaks() {
        #expect(TextLayout.wrap("aaa bbb ccc", width: 7) == ["aaa bbb", "ccc"])
        #expect(TextLayout.wrap("aaa bbb ccc", width: 6) == ["aaa", "bbb", "ccc"])
        #expect(TextLayout.wrap("aaa bbb ccc", width: 10) == ["aaa bbb", "ccc"])
    }

    @Test("a word that is wider than the line has a line of its own")
    func wideWord() {
        #expect(TextLayout.wrap("a bbbbbbbbbbbb c", width: 5) == ["a", "bbbbbbbbbbbb", "c"])
    }

    @Test("an indented line goes on at its indentation")
    func indentation() {
        #expect(TextLayout.wrap("  aaa bbb ccc", width: 9) == ["  aaa bbb", "  ccc"])
    }

    @Test("a line with a gap goes on below the text behind the gap")
    func gap() {
        #expect(TextLayout.wrap("  0  aaa bbb ccc", width: 12) == ["  0  aaa bbb", "     ccc"])
    }

    @Test("a gap far to the right does not squeeze the text")
    func farGap() {
        let lines = TextLayout.wrap("aaaaaaaaaaaaaa  bb cc dd", width: 16)
        #expect(lines.count > 1)
        #expect(lines.dropFirst().allSatisfy { $0.hasPrefix("        ") && $0.count <= 16 })
        #expect(lines.joined().filter { $0 != " " } == "aaaaaaaaaaaaaabbccdd")
    }

    @Test("a line of nothing but spaces does not trap")
    func spaces() {
        #expect(
            TextLayout.wrap(String(repeating: " ", count: 30), width: 10).allSatisfy { $0.allSatisfy { $0 == " " } })
    }

    private func row(_ label: String, _ text: String, _ note: String = "") -> TextLayout.Row {
        TextLayout.Row(label: label, text: text, note: note)
    }

    private func words(_ count: Int) -> String {
        Array(repeating: "word", count: count).joined(separator: " ")
    }

    @Test("texts line up behind the widest label")
    func columns() {
        let lines = TextLayout.columns([row("a", "one"), row("long", "two"), row("b", "")])
        #expect(lines == ["  a     one", "  long  two", "  b"])
    }

    @Test("a text that is too long goes on in its column")
    func longText() {
        let lines = TextLayout.columns([row("name", words(30))])
        #expect(lines.count == 2)
        #expect(lines[0].hasPrefix("  name  word"))
        #expect(lines[1].hasPrefix("        word"))
        #expect(lines.allSatisfy { $0.count <= TextLayout.width })
    }

    @Test("a note stands behind its text where both fit, else on its own line")
    func note() {
        #expect(TextLayout.columns([row("a", "one", "[default: 1]")]) == ["  a  one [default: 1]"])
        #expect(TextLayout.columns([row("a", "", "[default: 1]")]) == ["  a  [default: 1]"])
        #expect(
            TextLayout.columns([row("a", words(18), "[default: 1]")]) == ["  a  " + words(18), "     [default: 1]"])
    }

    @Test("a label that is too wide has its text below and does not move the others")
    func wideLabel() {
        let wide = String(repeating: "w", count: TextLayout.widestLabel(in: TextLayout.width) + 1)
        let lines = TextLayout.columns([row(wide, "one"), row("a", "two")])
        #expect(lines == ["  " + wide, "     one", "  a  two"])
    }
}
