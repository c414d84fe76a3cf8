import Synchronization
import Testing

@testable import TedgeCore

/// What a terminal obeys, or does not show, in what a file or a server said.
@Suite struct TerminalResultTests {
    private static let tricks: [(String, String)] = [
        ("a\u{1B}[2Jb", "a\\u{1b}[2Jb"), ("\u{9B}31m", "\\u{9b}31m"), ("a\u{202E}b", "a\\u{202e}b"),
        ("\u{2066}\u{2067}\u{2068}\u{2069}", "\\u{2066}\\u{2067}\\u{2068}\\u{2069}"),
        ("\u{200B}\u{200F}\u{FEFF}", "\\u{200b}\\u{200f}\\u{feff}"), ("\u{E0041}", "\\u{e0041}"),
        ("\u{E0080}\u{E0FFF}", "\\u{e0080}\\u{e0fff}"), ("\u{3164}", "\\u{3164}"), ("\u{2028}", "\\u{2028}"),
        ("\r", "\\u{d}"), ("\u{7F}", "\\u{7f}"),
    ]

    @Test("it is escaped on a terminal, and stays as it is in a pipe", arguments: tricks)
    func result(_ text: String, _ shown: String) {
        let (terminal, pipe) = (Lines(), Lines())
        Console(isTerminal: true) { _, text in terminal.texts.withLock { $0 += text } }.result(text + "\n")
        Console { _, text in pipe.texts.withLock { $0 += text } }.result(text + "\n")
        #expect(terminal.all == shown + "\n")
        #expect(Array(pipe.all.utf8) == Array("\(text)\n".utf8))
        #expect(ErrorFrame.printable(text) == shown)
    }

    @Test("words of every script, emoji, tabs and line ends stay on a terminal")
    func words() {
        let text = "Ünïcödé 日本語 हिन्दी ❤\u{FE0F} 🏭\tx\n"
        let terminal = Lines()
        Console(isTerminal: true) { _, text in terminal.texts.withLock { $0 += text } }.result(text)
        #expect(terminal.all == text)
    }

    @Test("JSON always escapes them")
    func json() {
        #expect(JSONValue.string("\u{202E}\u{E0041}").text == #""\u202e\udb40\udc41""#)
    }
}

private final class Lines: Sendable {
    let texts = Mutex("")
    var all: String { texts.withLock { $0 } }
}
