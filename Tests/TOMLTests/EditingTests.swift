@testable import TOML
import Testing

/// Reads a document that must be valid.
func document(_ text: String) throws -> TOMLDocument { try TOMLDocument(parsing: Array(text.utf8)) }

extension TOMLDocument {
    /// The document as it is written.
    var text: String { String(decoding: bytes, as: UTF8.self) }
}

@Suite("setting a key") struct SettingTests {
    struct Edit: CustomTestStringConvertible, Sendable {
        let testDescription: String
        let before: String
        let key: [String]
        let value: TOMLValue
        let after: String

        init(_ what: String, _ before: String, _ key: String, _ value: TOMLValue, _ after: String) {
            (testDescription, self.before, self.value, self.after) = (what, before, value, after)
            self.key = key.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
        }
    }

    static let edits = [
        Edit("an empty document gets a line", "", "a", 1, "a = 1\n"),
        Edit("an empty document gets a table", "", "a.b", 1, "[a]\nb = 1\n"),
        Edit("a deep key makes one header", "", "a.b.c", 1, "[a.b]\nc = 1\n"),
        Edit("a value is replaced, its comment stays", "a = 'x'  # why\n", "a", "y", "a = \"y\"  # why\n"),
        Edit("the key keeps its spelling", "[t]\n  \"a\"=1\n", "t.a", 2, "[t]\n  \"a\"=2\n"),
        Edit("what is the same stays as it was written", "a = 0x10\n", "a", 16, "a = 0x10\n"),
        Edit(
            "an array over lines is replaced as a whole", "a = [\n 1, # one\n 2\n] # x\nb = 1\n", "a", 1,
            "a = 1 # x\nb = 1\n"),
        Edit("a multi-line string is replaced", "a = \"\"\"\nx\ny\"\"\"\n", "a", "z", "a = \"z\"\n"),
        Edit(
            "a new key goes to the end of its table", "[a]\nb = 1 # b\n\n[c]\nd = 1\n", "a.e", 2,
            "[a]\nb = 1 # b\ne = 2\n\n[c]\nd = 1\n"),
        Edit("a new key is indented as the others", "[a]\n\tb = 1\n[c]\n", "a.e", 2, "[a]\n\tb = 1\n\te = 2\n[c]\n"),
        Edit("a new key of an empty table follows the header", "[a] # a\n[b]\n", "a.c", 1, "[a] # a\nc = 1\n[b]\n"),
        Edit(
            "a new key follows a value over lines", "[a]\nb = [\n1\n] # b\n[c]\n", "a.d", 1,
            "[a]\nb = [\n1\n] # b\nd = 1\n[c]\n"),
        Edit(
            "a deeper key of a table with a header is dotted", "[a]\nb = 1\n[c]\n", "a.d.e", 1,
            "[a]\nb = 1\nd.e = 1\n[c]\n"),
        Edit("a new table is set off", "a = 1\n", "b.c", 1, "a = 1\n\n[b]\nc = 1\n"),
        Edit("a blank line at the end is enough", "a = 1\n\n", "b.c", 1, "a = 1\n\n[b]\nc = 1\n"),
        Edit("a missing line end is added", "a = 1", "b", 1, "a = 1\nb = 1\n"),
        Edit("a missing line end is added before a table", "a = 1", "b.c", 1, "a = 1\n\n[b]\nc = 1\n"),
        Edit("a missing line end is added to the table", "[a]", "a.b", 1, "[a]\nb = 1\n"),
        Edit("a key of the document goes before the first table", "a = 1\n[b]\n", "c", 1, "a = 1\nc = 1\n[b]\n"),
        Edit("a first key of the document is set off from the table", "[b]\n", "c", 1, "c = 1\n\n[b]\n"),
        Edit(
            "comments directly above a header stay there", "# file\n\n# b\n[b]\n", "c", 1,
            "# file\n\nc = 1\n\n# b\n[b]\n"),
        Edit("comments alone stay first", "# file\n", "c", 1, "# file\nc = 1\n"),
        Edit("a table that only has tables gets a header", "[a.b]\nc = 1\n", "a.d", 1, "[a.b]\nc = 1\n\n[a]\nd = 1\n"),
        Edit(
            "dotted keys get another beside them", "a.b = 1\nz = 1\n[c]\n", "a.d", 1, "a.b = 1\na.d = 1\nz = 1\n[c]\n"),
        Edit(
            "dotted keys of a table get another", "[t]\na.b.c = 1\nz = 1\n", "t.a.d", 1,
            "[t]\na.b.c = 1\na.d = 1\nz = 1\n"),
        Edit("an inline table is added to", "a = { b = 1 } # x\n", "a.c", 2, "a = { b = 1, c = 2 } # x\n"),
        Edit("an empty inline table is filled", "a = {}\n", "a.c", 2, "a = { c = 2 }\n"),
        Edit("a blank inline table is filled", "a = {   }\n", "a.c.d", 2, "a = { c.d = 2 }\n"),
        Edit(
            "a dotted key of an inline table", "a = { b.c = 1, d = 1 }\n", "a.b.e", 2,
            "a = { b.c = 1, b.e = 2, d = 1 }\n"),
        Edit("an inline table in one", "a = { b = { c = 1 } }\n", "a.b.d", 2, "a = { b = { c = 1, d = 2 } }\n"),
        Edit("a value of an inline table", "a = { b = 1, c = 2 }\n", "a.b", 3, "a = { b = 3, c = 2 }\n"),
        Edit("an inline table gives way to a value", "a = { b = 1 }\n", "a", 3, "a = 3\n"),
        Edit("an inline table over lines gives way", "a = {\n  b = 1,\n} # x\n", "a", 3, "a = 3 # x\n"),
        Edit(
            "a comma at the end of an inline table stays there", "a = { b = 1, }\n", "a.c", 2, "a = { b = 1, c = 2, }\n"
        ),
        Edit(
            "an inline table over lines gets a line", "a = {\n  b = 1, # b\n}\n", "a.c", 2,
            "a = {\n  b = 1, # b\n  c = 2,\n}\n"),
        Edit(
            "a comma goes before the comment", "a = {\r\n\tb = 1 # b\r\n}\r\n", "a.c", 2,
            "a = {\r\n\tb = 1, # b\r\n\tc = 2\r\n}\r\n"),
        Edit(
            "an entry after others on its line stays there", "a = { b = 1,\n  c = 2 }\n", "a.d", 3,
            "a = { b = 1,\n  c = 2, d = 3 }\n"),
        Edit(
            "a comma on a line of its own", "a = {\n  b = 1\n  , }\n", "a.c", 2, "a = {\n  b = 1,\n  c = 2\n  , }\n"),
        Edit(
            "a dotted key of an inline table over lines", "a = {\n  b.c = 1,\n  d = 1,\n}\n", "a.b.e", 2,
            "a = {\n  b.c = 1,\n  b.e = 2,\n  d = 1,\n}\n"),
        Edit(
            "an inline table in one over lines", "a = {\n  b = {\n    c = 1\n  },\n}\n", "a.b.d", 2,
            "a = {\n  b = {\n    c = 1,\n    d = 2\n  },\n}\n"),
        Edit(
            "a comment after the last of several entries",
            "t = {\n    p = { k = 1 },\n    q = { k = 2 }  # comment\n}\n",
            "t.added", 3, "t = {\n    p = { k = 1 },\n    q = { k = 2 },  # comment\n    added = 3\n}\n"),
        Edit("a dotted key at the end without a line end", "[x]\na.b = {}", "x.c", 3, "[x]\na.b = {}\nc = 3\n"),
        Edit("empty braces over lines", " a = {\n }\n", "a.b", 2, " a = {\n   b = 2\n }\n"),
        Edit("braces around a comment", "a = { # c\n}\n", "a.b", 2, "a = {\n  b = 2 # c\n}\n"),
        Edit("lines end as those of the document", "a = 1\r\n", "b.c", 1, "a = 1\r\n\r\n[b]\r\nc = 1\r\n"),
        Edit("a byte order mark stays first", "\u{FEFF}[a]\nb = 1\n", "c", 1, "\u{FEFF}c = 1\n\n[a]\nb = 1\n"),
        Edit("a byte order mark alone", "\u{FEFF}", "c", 1, "\u{FEFF}c = 1\n"),
        Edit("a key that is not bare is quoted", "", "a b.\u{E9}", 1, "[\"a b\"]\n\"\u{E9}\" = 1\n"),
        Edit("an empty key is quoted", "", "", 1, "\"\" = 1\n"),
    ]

    @Test("changes the bytes it must and no others", arguments: edits)
    func bytes(_ edit: Edit) throws {
        var document = try document(edit.before)
        try document.set(edit.key, to: edit.value)
        #expect(document.text == edit.after)
        #expect(document[path: edit.key] == edit.value)
    }

    static let refusals: [(String, String, TOMLError)] = [
        ("[a]\nb = 1\n", "a", TOMLError(line: 1, column: 2, kind: .tableInTheWay("a"))),
        ("\n[a.b]\n", "a", TOMLError(line: 2, column: 2, kind: .tableInTheWay("a"))),
        ("a.b = 1\n", "a", TOMLError(line: 1, column: 1, kind: .tableInTheWay("a"))),
        ("a = 1\n", "a.b", TOMLError(line: 1, column: 1, kind: .notATable("a", firstLine: 1))),
        ("[[a]]\nb = 1\n", "a.b", TOMLError(line: 1, column: 3, kind: .arrayOfTables("a", firstLine: 1))),
        ("[[a]]\nb = 1\n", "a", TOMLError(line: 1, column: 3, kind: .arrayOfTables("a", firstLine: 1))),
        ("a = [1]\n", "a.b", TOMLError(line: 1, column: 1, kind: .notATable("a", firstLine: 1))),
    ]

    @Test("refuses an edit with something in the way, and changes nothing", arguments: refusals)
    func refusal(before: String, key: String, error: TOMLError) throws {
        var document = try document(before)
        #expect(throws: error) { try document.set(key.split(separator: ".").map(String.init), to: 1) }
        #expect(document.text == before)
        #expect(throws: TOMLError(line: 1, column: 1, kind: .emptyPath)) { try document.set([], to: 1) }
    }

    @Test("refuses a key deeper than a document may be, and changes nothing")
    func tooDeep() throws {
        var document = try document("a = 1\n")
        let path = [String](repeating: "x", count: 129)
        let error = #expect(throws: TOMLError.self) { try document.set(path, to: 1) }
        #expect(error?.kind == .tooDeep(limit: 128))
        #expect(document.text == "a = 1\n")
        try document.set(path.dropLast(), to: 1)
        #expect(document[path: path.dropLast()] == 1)
    }
}

@Suite("removing a key") struct RemovingTests {
    static let edits: [(String, String, String)] = [
        ("a = 1 # x\nb = 2\n", "a", "b = 2\n"),
        ("b = 2\na = 1", "a", "b = 2\n"),
        ("[t]\r\n a = [\r\n1] # x\r\n\r\nb = 1\r\n", "t.a", "[t]\r\n\r\nb = 1\r\n"),
        ("a = '''\nx\n''' # x\nb = 1\n", "a", "b = 1\n"),
        ("x.a = 1\nx.b = 2\n", "x.a", "x.b = 2\n"),
        ("t = { a = 1, b = 2 }\n", "t.a", "t = { b = 2 }\n"),
        ("t = { a = 1, b = 2 }\n", "t.b", "t = { a = 1 }\n"),
        ("t = { a = 1 ,b = 2 , c = 3 }\n", "t.b", "t = { a = 1 ,c = 3 }\n"),
        ("t = { a = 1 } # x\n", "t.a", "t = {} # x\n"),
        ("t = { x.a = 1, b = { c = 1 } }\n", "t.x.a", "t = { b = { c = 1 } }\n"),
        ("t = { b = { c = 1 } }\n", "t.b", "t = {}\n"),
        ("t = { b = { c = 1 } }\n", "t.b.c", "t = { b = {} }\n"),
        ("t = { a = 1, }\n", "t.a", "t = { }\n"),
        ("t = { a = 1, b = 2, }\n", "t.b", "t = { a = 1, }\n"),
        ("t = {\n  a = 1, # a\n  b = 2 # b\n} # t\n", "t.a", "t = {\n  b = 2 # b\n} # t\n"),
        ("t = {\r\n  a = 1, # a\r\n  b = 2 # b\r\n}\r\n", "t.b", "t = {\r\n  a = 1, # a\r\n}\r\n"),
        ("t = {\n  a = [\n  1\n  ],\n}\n", "t.a", "t = {\n}\n"),
        ("t = { a = 1, # a\n  b = 2 }\n", "t.a", "t = { # a\n  b = 2 }\n"),
        ("t = { a = 1, # a\n  b = 2 }\n", "t.b", "t = { a = 1, # a\n   }\n"),
        ("t = { a = 1 # a\n  , b = 2 }\n", "t.a", "t = {  b = 2 }\n"),
        ("t = { a = 1 # a\n}\n", "t.a", "t = {  # a\n}\n"),
        ("t = {\n  a = 1\n  , b = 2 }\n", "t.a", "t = {\n   b = 2 }\n"),
        ("[a]\n[b]\nc = 1\n", "a", "[b]\nc = 1\n"),
        ("\u{FEFF}a = 1\nb = 2\n", "a", "\u{FEFF}b = 2\n"),
    ]

    @Test("removes only its own lines", arguments: edits)
    func bytes(before: String, key: String, after: String) throws {
        var document = try document(before)
        let path = key.split(separator: ".").map(String.init)
        #expect(try document.remove(path))
        #expect(document.text == after)
        #expect(document[path: path] == nil)
        #expect(try !document.remove(path))
    }

    @Test(
        "leaves tables with keys and arrays of tables", arguments: ["[a]\nb = 1\n", "a.b = 1\n", "[a.b]\n", "[[a]]\n"])
    func refusal(before: String) throws {
        var document = try document(before)
        #expect(throws: TOMLError.self) { try document.remove(["a"]) }
        #expect(document.text == before)
    }

    @Test("finds nothing where there is nothing")
    func nothing() throws {
        var document = try document("[a]\nb = 1\n")
        #expect(try !document.remove(["c"]))
        #expect(try !document.remove(["a", "c"]))
        #expect(throws: TOMLError.self) { try document.remove(["a", "b", "c"]) }
        #expect(document.text == "[a]\nb = 1\n")
    }
}

extension TOMLValue: ExpressibleByIntegerLiteral, ExpressibleByStringLiteral {
    /// An integer.
    public init(integerLiteral value: Int64) { self = .integer(value) }
    /// A string.
    public init(stringLiteral value: String) { self = .string(value) }
}
