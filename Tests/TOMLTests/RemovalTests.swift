import TOML
import Testing

/// Everything at and below a path is taken out at once.
@Suite struct RemovalTests {
    private func text(_ before: String, without path: String) throws -> String {
        var document = try TOMLDocument(parsing: Array(before.utf8))
        try document.removeAll(path.split(separator: ".").map(String.init))
        return String(decoding: document.bytes, as: UTF8.self)
    }

    @Test(
        "tables are removed with their comments and the blank lines above, everything else stays byte for byte",
        arguments: [
            ("# x\na = 1\n\n# t\n[t] # y\n# k\nk = 1\n\n[u]\nb = 2\n", "# x\na = 1\n\n[u]\nb = 2\n"),
            ("[t]\nk = 1\n\nl = 2\n\n[t.s]\nm = 3\n\n[u]\nb = 2\n", "[u]\nb = 2\n"),
            ("a = 1\n\n[t.s]\nm = 3\n\n[u]\nb = 2\n\n[t.r]\nn = 4\n", "a = 1\n\n[u]\nb = 2\n"),
            // A header that only names others leaves its comment, which may be about more than it.
            ("# about\n[t]\n[t.s]\nm = 3\n", "# about\n"),
            ("t.a = 1\nb = 2\nt.c = 3\n", "b = 2\n"), ("# x\nt = { a = 1 }\nb = 2\n", "b = 2\n"),
            ("a = 1\n", "a = 1\n"), ("\u{FEFF}[t]\nk = 1\n", "\u{FEFF}"), ("[t]\r\nk = 1\r\n[u]\r\n", "[u]\r\n"),
        ])
    func removal(_ before: String, _ after: String) throws {
        #expect(try text(before, without: "t") == after)
    }

    @Test(
        "in an inline table only the entries below the path are removed",
        arguments: [
            ("x = { t = { a = 1 }, b = 2 }\n", "x = { b = 2 }\n"),
            ("x = { t.a = 1, b = 2, t.c = 3 }\n", "x = { b = 2 }\n"),
            ("x = {\n  t.a = 1, # a\n  b = 2,\n  t.c = 3,\n}\n", "x = {\n  b = 2,\n}\n"),
            ("x = { t = 1 }\n", "x = {}\n"),
        ])
    func inline(_ before: String, _ after: String) throws {
        #expect(try text(before, without: "x.t") == after)
    }

    @Test("an array of tables below the path is refused, and nothing has changed")
    func arrays() throws {
        let before = Array("[t]\nk = 1\n[[t.s]]\nm = 1\n".utf8)
        var document = try TOMLDocument(parsing: before)
        #expect(throws: TOMLError.self) { try document.removeAll(["t"]) }
        #expect(document.bytes == before)
    }

    @Test("tens of thousands of tables are removed as fast as the document is read", .timeLimit(.minutes(1)))
    func many() throws {
        let tables = (0..<22_000).map { "[t.p\($0)]\nurl = \"h\"\n" }.joined()
        #expect(try text("a = 1\n\n" + tables + "\n[u]\nb = 2\n", without: "t") == "a = 1\n\n[u]\nb = 2\n")
    }
}
