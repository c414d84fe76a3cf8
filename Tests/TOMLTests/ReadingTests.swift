@testable import TOML
import Testing

@Suite("reading a value") struct ValueTests {
    static let values: [(String, TOMLValue)] = [
        ("1", 1), ("+1", 1), ("-17", -17), ("0", 0), ("-0", 0), ("1_000", 1000),
        ("9223372036854775807", .integer(.max)),
        ("-9223372036854775808", .integer(.min)), ("0xDEAD_beef", 0xDEAD_BEEF), ("0o755", 0o755), ("0b1101", 0b1101),
        ("1.0", .float(1)), ("-0.5", .float(-0.5)), ("5e+22", .float(5e22)), ("1e06", .float(1e6)),
        ("6.626e-34", .float(6.626e-34)), ("224_617.445_991", .float(224_617.445991)), ("inf", .float(.infinity)),
        ("-inf", .float(-.infinity)), ("+nan", .float(.nan)), ("1e400", .float(.infinity)),
        ("true", .boolean(true)), ("false", .boolean(false)),
        ("\"\"", ""), ("''", ""), (#""a\tb\"c\\ \u00e9 \U0001F600""#, "a\tb\"c\\ \u{E9} \u{1F600}"),
        (#"'a\tb"'"#, #"a\tb""#), ("\"\"\"\nx\ny\"\"\"", "x\ny"), ("\"\"\"a\\\n   \n  b\"\"\"", "ab"),
        ("\"\"\"a\"\"b\"\"\"\"", "a\"\"b\""), ("'''\n\\x''y''''", "\\x''y'"), ("\"\"\"a\r\nb\"\"\"", "a\nb"),
        ("[]", .array([])), ("[1, 'a', [2]]", .array([1, "a", .array([2])])), ("[\n1, # one\n\n2,\n]", .array([1, 2])),
        ("{}", .table([:])), ("{ a = 1, b.c = 'x' }", .table(["a": 1, "b": .table(["c": "x"])])),
        ("[{ a = 1 }, {}]", .array([.table(["a": 1]), .table([:])])),
        // New in TOML 1.1.
        (#""\e[1m \x41\xe9\x7F""#, "\u{1B}[1m A\u{E9}\u{7F}"), ("\"\"\"\\x0a\\e\"\"\"", "\n\u{1B}"),
        ("{ a = 1, }", .table(["a": 1])), ("{\n}", .table([:])),
        (
            "{ # one\n\n  a = 1, # two\r\n  b.c = {\n d = 'x' } # three\n  , # four\n}",
            .table(["a": 1, "b": .table(["c": .table(["d": "x"])])])
        ),
        ("[{\na = 1\n}]", .array([.table(["a": 1])])),
    ]

    @Test("gives what the standard says", arguments: values)
    func value(text: String, expected: TOMLValue) throws {
        #expect(try document("a = \(text)")[path: ["a"]] == expected)
        #expect(try document("a = \(text) # comment\nb = 1\n")[path: ["b"]] == 1)
        #expect(try document("a = { b = [\(text)] }")[path: ["a", "b"]] == .array([expected]))
    }

    static let times = [
        "1979-05-27T07:32:00Z", "1979-05-27T00:32:00-07:00", "1979-05-27T00:32:00.999999+23:59", "1979-05-27T07:32:00",
        "1979-05-27T07:32:00.5", "1979-05-27", "07:32:00", "00:00:00.000000001", "2000-02-29", "23:59:60", "0000-01-01",
    ]

    @Test("reads dates and times, and writes them as they were", arguments: times)
    func time(text: String) throws {
        let value = try #require(try document("a = \(text)")[path: ["a"]])
        #expect(Spelling.value(value) == text)
    }

    static let withoutSeconds = [
        ("1979-05-27T07:32Z", "1979-05-27T07:32:00Z"), ("1979-05-27 07:32-07:00", "1979-05-27T07:32:00-07:00"),
        ("1979-05-27T07:32", "1979-05-27T07:32:00"), ("23:59", "23:59:00"),
    ]

    @Test("takes a time without seconds, and writes it for readers of TOML 1.0", arguments: withoutSeconds)
    func shortTime(text: String, written: String) throws {
        let value = try #require(try document("a = \(text)")[path: ["a"]])
        #expect(Spelling.value(value) == written)
        #expect(try document("a = [\(text), {}] # \(text)")[path: ["a"]] == .array([value, .table([:])]))
    }

    @Test("accepts the other forms of a date and time")
    func otherForms() throws {
        let expected = try document("a = 1979-05-27T07:32:00Z")[path: ["a"]]
        #expect(try document("a = 1979-05-27t07:32:00z")[path: ["a"]] == expected)
        #expect(try document("a = 1979-05-27 07:32:00+00:00")[path: ["a"]] == expected)
        #expect(expected?.typeName == "offset date-time")
    }
}

@Suite("reading a document") struct DocumentTests {
    @Test("tables, dotted keys, arrays of tables and quoted keys make one tree")
    func tree() throws {
        let read = try document(
            """
            # top
            title = "x"
            a.b.c = 1
            "a b".'c.d' = 2

            [servers.alpha] # header
            ip = '10.0.0.1'
            [servers]
            n = 1
            [[fruit]]
            name = 'apple'
            [fruit.physical]
            color = 'red'
            [[fruit.variety]]
            name = 'one'
            [[fruit.variety]]
            name = 'two'
            [[fruit]]
            name = 'banana'
            """)
        let expected: TOMLTable = [
            "title": "x", "a": .table(["b": .table(["c": 1])]), "a b": .table(["c.d": 2]),
            "servers": .table(["alpha": .table(["ip": "10.0.0.1"]), "n": 1]),
            "fruit": .array([
                .table([
                    "name": "apple", "physical": .table(["color": "red"]),
                    "variety": .array([.table(["name": "one"]), .table(["name": "two"])]),
                ]), .table(["name": "banana"]),
            ]),
        ]
        #expect(read.root == expected)
        #expect(read.root.keys == ["title", "a", "a b", "servers", "fruit"])
    }

    @Test("keys are told apart by their bytes, not by how they look")
    func normalization() throws {
        let read = try document("\"\u{E9}\" = 1\n\"e\u{301}\" = 2\n")
        #expect(read.root.count == 2)
        #expect(read[path: ["\u{E9}"]] == 1 && read[path: ["e\u{301}"]] == 2)
    }

    @Test("the position of a key is its line and column")
    func position() throws {
        let read = try document("\u{FEFF}a = 1\r\n[b]\n  \u{22}\u{E9}\u{22} = 1\n  c.d = 1\n")
        let places = [["a"], ["b"], ["b", "\u{E9}"], ["b", "c", "d"]].map { read.position(of: $0) }
        #expect(places.map { $0?.line } == [1, 2, 3, 4])
        #expect(places.map { $0?.column } == [1, 1, 3, 3])
        #expect(read.position(of: ["x"]) == nil)
    }

    @Test("keys in an inline table over lines have their positions")
    func positionInLines() throws {
        let read = try document("a = {\n  b = 1, # c\n\n  c.d = '''\n''', e = 1,\n}\nf = 1\n")
        let paths = [["a"], ["a", "b"], ["a", "c", "d"], ["a", "e"], ["f"]]
        #expect(paths.map { read.line(of: $0) } == [1, 2, 4, 5, 7])
        #expect(paths.map { read.position(of: $0)?.column } == [1, 3, 3, 6, 1])
    }

    static let olderOrNewer = [
        ("a = { b = [\n1, # c\n], c = '''\n''' }", false), ("a = 07:32:00", false), (#"a = "\u001B""#, false),
        ("a = [ # c\n]", false), ("a = 07:32", true), (#"a = "\e""#, true), (#"a = "\x1b""#, true),
        ("a = { b = 1, }", true), ("a = {\n}", true), ("a = [{ b = 1 # c\n}]", true), (#""\e" = 1"#, true),
    ]

    @Test("whether a reader of TOML 1.0 takes it is known", arguments: olderOrNewer)
    func versions(text: String, isNewer: Bool) throws {
        #expect(try document(text).tree.isNewer == isNewer)
    }

    @Test(
        "what is read is the same bytes",
        arguments: ["", "\u{FEFF}", "\n\r\n", "a=1", "[a]\r\nb = [ 1 ,\n2]#x", " # x", "a={\r\n#x\nb=1\n,}"])
    func bytes(text: String) throws {
        #expect(try document(text).text == text)
    }
}
