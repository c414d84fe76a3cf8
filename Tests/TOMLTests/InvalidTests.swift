@testable import TOML
import Testing

@Suite("invalid documents") struct InvalidTests {
    static let documents: [(String, String)] = [
        ("a", "line 1, column 2: expected '=' after the key, found the end of the file"),
        ("a\n= 1", "line 1, column 2: expected '=' after the key, found the end of the line"),
        ("a =", "line 1, column 4: expected a value (write a text in quotes), found the end of the file"),
        ("url = example.com", "line 1, column 7: expected a value (write a text in quotes), found 'e'"),
        ("a = 1 b = 2", "line 1, column 7: expected the end of the line, found 'b'"),
        ("= 1", "line 1, column 1: expected a key, found '='"),
        ("a. = 1", "line 1, column 4: expected a key, found '='"),
        ("\n\n\u{E9} = 1", "line 3, column 1: expected a key, found '\u{E9}'"),
        ("[a", "line 1, column 3: expected ']' at the end of the table's name, found the end of the file"),
        ("[[a]\n", "line 1, column 5: expected ']' at the end of the table's name, found the end of the line"),
        ("[]", "line 1, column 2: expected a key, found ']'"),
        ("a = [1 2]", "line 1, column 8: expected ',' or ']' in the array, found '2'"),
        ("a = [1", "line 1, column 7: expected ',' or ']' in the array, found the end of the file"),
        ("a = { b = 1 c = 2 }", "line 1, column 13: expected ',' or '}' in the inline table, found 'c'"),
        ("a = { , }", "line 1, column 7: expected a key, found ','"),
        ("a = { b = 1,, c = 2 }", "line 1, column 13: expected a key, found ','"),
        ("a = {\n b = 1\n c = 2 }", "line 3, column 2: expected ',' or '}' in the inline table, found 'c'"),
        ("a = { b\n= 1 }", "line 1, column 8: expected '=' after the key, found the end of the line"),
        (
            "a = { b =\n1 }",
            "line 1, column 10: expected a value (write a text in quotes), found the end of the line"
        ),
        ("a = { b = 1, # }", "line 1, column 17: expected a key, found the end of the file"),
        ("a = 07:", "line 1, column 8: expected a digit, found the end of the file"),
        ("a = 07:32.5", "line 1, column 10: expected the end of the line, found '.'"),
        ("a = 1979-05-27T07", "line 1, column 18: expected ':' in the date or time, found the end of the file"),
        (
            #"a = "\xZ0""#,
            "line 1, column 6: \\x needs two, \\u four and \\U eight hexadecimal digits of a Unicode character that is not a surrogate"
        ),
        ("a = \"x\nb = 1", "line 1, column 5: the string is not closed"),
        ("a = '''x\n", "line 1, column 5: the string is not closed"),
        (
            #"a = "C:\dir""#,
            "line 1, column 8: no such escape; write \\\\ for a backslash, or use a string in single quotes"
        ),
        (
            #"a = "\uD800""#,
            "line 1, column 6: \\x needs two, \\u four and \\U eight hexadecimal digits of a Unicode character that is not a surrogate"
        ),
        ("\"\"\"a\"\"\" = 1", "line 1, column 1: a multi-line string cannot be a key"),
        ("a = 01", "line 1, column 5: a number cannot begin with a needless zero; write a text in quotes"),
        ("a = 9223372036854775808", "line 1, column 5: the integer does not fit in 64 bits"),
        ("a = -0x1", "line 1, column 5: a hexadecimal, octal or binary integer has no sign"),
        ("a = 2001-02-29", "line 1, column 13: there is no such day"),
        ("a = 25:00:00", "line 1, column 5: there is no such hour"),
        ("a = 1\n[t]\na = 1\n a = 2", "line 4, column 2: the key 'a' is already defined on line 3"),
        ("[a]\n[b]\n[a]", "line 3, column 2: the table 'a' is already defined on line 1"),
        ("a = 1\n[a.b]", "line 2, column 2: 'a' is not a table: it has a value on line 1"),
        (
            "a = { b = 1 }\n[a.c]",
            "line 2, column 2: the inline table 'a' on line 1 is complete; add the key between its braces"
        ),
        ("a = []\n[[a]]", "line 2, column 3: the array 'a' on line 1 is complete; add the entry between its brackets"),
        ("[[a]]\n[a]", "line 2, column 2: 'a' is an array of tables since line 1"),
        ("[a.b.c]\nx = 1\n[a]\nb.c.d = 1", "line 4, column 3: the table 'b.c' is already defined on line 1"),
        ("\u{9F}", "line 1, column 1: expected a key, found U+009F"),
        ("\u{301} = 1", "line 1, column 1: expected a key, found U+0301"),
        ("\u{E000}", "line 1, column 1: expected a key, found U+E000"),
        ("\u{10FFFF}", "line 1, column 1: expected a key, found U+10FFFF"),
        ("a = 1\rb = 2", "line 1, column 6: a carriage return must be followed by a line feed; in a string write \\r"),
        ("# \u{7F}", "line 1, column 3: the control character U+007F is not allowed; in a string write \\u007F"),
        ("a = \"\u{0}\"", "line 1, column 6: the control character U+0000 is not allowed; in a string write \\u0000"),
    ]

    @Test("is refused with its place and the reason", arguments: documents)
    func refused(text: String, message: String) {
        let error = #expect(throws: TOMLError.self) { try document(text) }
        #expect(error?.description == message)
    }

    @Test(
        "bytes that are not UTF-8 are refused at their position",
        arguments: [[0xFF], [0xC3, 0x28], [0xED, 0xA0, 0x80]] as [[UInt8]])
    func encoding(bytes: [UInt8]) {
        let error = #expect(throws: TOMLError.self) { try TOMLDocument(parsing: Array("a = 1\nb = '".utf8) + bytes) }
        #expect(error?.kind == .invalidUTF8)
        #expect(error?.line == 2 && error?.column == 6)
    }

    @Test(
        "endless nesting is refused",
        arguments: [
            "a = " + String(repeating: "[", count: 200_000), "a = " + String(repeating: "{a=", count: 200_000),
            String(repeating: "a.", count: 200_000) + "a = 1", "[" + String(repeating: "a.", count: 200_000) + "a]",
        ])
    func deep(text: String) {
        let error = #expect(throws: TOMLError.self) { try document(text) }
        #expect(error?.kind == .tooDeep(limit: 128))
    }

    static let megabytes: [(String, String, Int)] = [
        ("a = ", "[", 132), ("a = ", "{a=", 195), ("", "a.", 257), ("[", "a.", 258), ("", "[", 3),
        ("a = ", "[{a=", 174),
        ("", "\u{0}", 1), ("a = \"", "x", 5), ("a = '''", "x\n", 5), ("a = \"\"\"", "\\\n", 5), ("a = ", "1", 5),
        ("a = 0x", "F", 5), ("", "x", (1 << 20) + 1), ("# ", "\u{1}", 3), ("a = \"", "\\q", 6),
    ]

    @Test("a megabyte of the same character is refused at its position", arguments: megabytes)
    func megabyte(start: String, piece: String, column: Int) {
        let text = start + String(repeating: piece, count: ((1 << 20) - start.utf8.count) / piece.utf8.count)
        let error = #expect(throws: TOMLError.self) { try document(text) }
        #expect(error?.line == 1)
        #expect(error?.column == column, "\(error.map { "\($0)" } ?? "")")
    }

    @Test(
        "very many keys or headers are read, and an error after them has its position",
        arguments: [("k", " = 1"), ("[k", "]"), ("k", ".a = 1"), ("[[k", "]]")])
    func manyKeys(before: String, after: String) throws {
        let text = (1...60_000).map { "\(before)\($0)\(after)\n" }.joined()
        #expect(try document(text).root.count == 60_000)
        let error = #expect(throws: TOMLError.self) { try document(text + "\(before)1\(after)\n]") }
        #expect(error.map { (60_001...60_002).contains($0.line) } == true)
    }

    @Test("no beginning of a document, and no byte changed in it, is more than an error")
    func mutations() throws {
        let text = """
            a.b = { c = [1, 2.5e3, "x\\u00e9"], d = 1979-05-27T07:32:00.5+01:00 }
            [t."q k"] # comment
            e = '''
            multi''' \r
            [[u]]
            f = 0xFF
            """
        let bytes = Array(text.utf8)
        for count in bytes.indices { _ = try? TOMLDocument(parsing: Array(bytes[..<count])) }
        for index in bytes.indices {
            for byte in [0x00, 0x0A, 0x22, 0x27, 0x2E, 0x3D, 0x5B, 0x5C, 0x5D, 0x7B, 0x7D, 0xFF] as [UInt8] {
                var changed = bytes
                changed[index] = byte
                if let read = try? TOMLDocument(parsing: changed) { #expect(read.bytes == changed) }
            }
        }
    }
}
