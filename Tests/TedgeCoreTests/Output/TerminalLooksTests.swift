import Testing

@testable import TedgeCore

@Suite struct TerminalLooksTests {
    private static let good = ["TERM": "xterm", "LANG": "C.UTF-8"]

    @Test(
        "a terminal with colours in a UTF-8 locale gets colours and symbols",
        arguments: [
            [:], ["LANG": "de_DE.utf8"], ["LC_ALL": "en_US.UTF-8", "LANG": "C"], ["LC_CTYPE": "en_US.UTF-8@euro"],
            ["NO_COLOR": ""],
        ])
    func colours(_ changes: [String: String]) {
        #expect(TerminalLooks(Self.good.merging(changes) { $1 }, isTerminal: true).isColourful)
    }

    @Test(
        "no terminal, a dumb or unnamed one, NO_COLOR, and a locale without UTF-8 get neither",
        arguments: [
            ["TERM": "dumb"], ["TERM": ""], ["NO_COLOR": "1"], ["LC_ALL": "C"], ["LC_ALL": "POSIX"], ["LANG": ""],
            ["LC_CTYPE": "de_DE.ISO-8859-1"],
        ])
    func plain(_ changes: [String: String]) {
        #expect(!TerminalLooks(Self.good.merging(changes) { $1 }, isTerminal: true).isColourful)
        #expect(!TerminalLooks(Self.good, isTerminal: false).isColourful)
    }

    @Test("COLUMNS counts before what the terminal tells, and nothing without a terminal")
    func columns() {
        #expect(TerminalLooks([:], isTerminal: true, size: { 132 }).columns == 132)
        #expect(TerminalLooks(["COLUMNS": "60"], isTerminal: true, size: { 132 }).columns == 60)
        #expect(TerminalLooks(["COLUMNS": "wide"], isTerminal: true, size: { 132 }).columns == 132)
        #expect(TerminalLooks(["COLUMNS": "60"], isTerminal: false, size: { 132 }).columns == nil)
        #expect(TerminalLooks(["COLUMNS": "3"], isTerminal: true).columns == nil)
        #expect(TerminalLooks([:], isTerminal: true).columns == nil)
    }
}
