import Testing
@testable import TOML

@Suite("what stands at a key, and moving it") struct FragmentTests {
    struct Place: Sendable {
        let text: String
        let key: String
        let comments: String
        let value: String
        let remark: String

        init(_ text: String, _ key: String, _ comments: String, _ value: String, _ remark: String) {
            (self.text, self.key, self.comments, self.value, self.remark) = (text, key, comments, value, remark)
        }
    }

    static let places = [
        Place("a = 1\n", "a", "", "1", ""), Place("a = 1", "a", "", "1", ""), Place("a = 1\r\n", "a", "", "1", ""),
        Place("# x\na = 0x10  # y\n", "a", "# x\n", "0x10", "  # y"),
        Place("# far\n\n# near\n  # nearer\na = 'b'\n", "a", "# near\n  # nearer\n", "'b'", ""),
        Place("b = 2 # b\na = 1\n", "a", "", "1", ""),
        Place("a = [\n 1, # one\n] # x\n", "a", "", "[\n 1, # one\n]", " # x"),
        Place("a = \"\"\"\n# no\n\"\"\"\n", "a", "", "\"\"\"\n# no\n\"\"\"", ""),
        Place("# t\n[t] # u\n# x\na.b = { c = 1 } # y\n", "t", "# t\n", "[t]", " # u"),
        Place("# t\n[t] # u\n# x\na.b = { c = 1 } # y\n", "t.a.b", "# x\n", "{ c = 1 }", " # y"),
        Place("# x\na = { b = 'c' } # y\n", "a.b", "", "'c'", ""),
        Place("# x\na = {b=1,c = 2}\n", "a.c", "", "2", ""), Place("\u{FEFF}# x\na = 1\n", "a", "# x\n", "1", ""),
    ]

    @Test("the comments above, the value as it is written and what follows are told", arguments: places)
    func fragment(_ place: Place) throws {
        let found = try document(place.text).fragment(of: place.key.split(separator: ".").map(String.init))
        #expect(found == TOMLFragment(comments: place.comments, value: place.value, remark: place.remark))
    }

    @Test("nothing is told of what has no place of its own", arguments: ["x", "a.x", "t", "t.u.v", "d", "l"])
    func nothing(_ key: String) throws {
        let text = "a = 1\nd.e = 1\n[t.u]\nb = 2\n[[l]]\nc = 1\n"
        #expect(try document(text).fragment(of: key.split(separator: ".").map(String.init)) == nil)
    }

    static let moves: [(before: String, from: String, to: String, after: String)] = [
        // In its line where the new key can be written there.
        ("[m]\nport = 0x10 # x\nb = 1\n", "m.port", "m.bind.port", "[m]\nbind.port = 0x10 # x\nb = 1\n"),
        ("m.port=1\n", "m.port", "m.bind.port", "m.bind.port=1\n"),
        ("[m]\n  \"a b\"  = 1\n", "m.a b", "m.c d", "[m]\n  \"c d\"  = 1\n"),
        ("a = 1\n[b]\n", "a", "c.d", "c.d = 1\n[b]\n"),
        ("[m]\np = [\n1, # x\n]\n", "m.p", "m.q", "[m]\nq = [\n1, # x\n]\n"),
        // Else where a new key goes.
        ("[m]\nport = 1 # x\n[m.bind]\na = 2\n", "m.port", "m.bind.port", "[m]\n[m.bind]\na = 2\nport = 1 # x\n"),
        ("[a.b]\nc = '1' # x\n", "a.b.c", "d.e", "[a.b]\n\n[d]\ne = '1' # x\n"),
        ("a = { b = 1, c = 2 }\n", "a.b", "d.e", "a = { c = 2 }\n\n[d]\ne = 1\n"),
        ("a = 1 # x\nb = { c = 2 }\n", "a", "b.d", "b = { c = 2, d = 1 }\n"),
        ("a = 1\n", "x", "y", "a = 1\n"),
    ]

    @Test("a value moves as it is written", arguments: moves)
    func move(_ before: String, _ from: String, _ to: String, _ after: String) throws {
        var document = try document(before)
        try document.move(from.split(separator: ".").map(String.init), to: to.split(separator: ".").map(String.init))
        #expect(document.text == after)
    }

    @Test(
        "nothing moves where a value is in the way, or a table is to be moved",
        arguments: [
            ("a = 1\nb = 2\n", "a", "b"), ("[m]\na = 1\nb.c = 2\n", "m.a", "m.b"), ("a = 1\nb = 2\n", "a", "b.c"),
            ("[a]\nb = 1\n", "a", "c"),
            ("[[a]]\nb = 1\n", "a", "c"),
        ])
    func obstacle(_ text: String, _ from: String, _ to: String) throws {
        var document = try document(text)
        #expect(throws: TOMLError.self) {
            try document.move(
                from.split(separator: ".").map(String.init), to: to.split(separator: ".").map(String.init))
        }
        #expect(document.text == text)
    }

    static let removals: [(before: String, key: String, after: String)] = [
        ("a = 1\n\n# far\n\n# b\nb = 2 # x\nc = 3\n", "b", "a = 1\n\n# far\n\nc = 3\n"),
        ("a = 1\n\n\n# t\n[t] # x\n\n# u\n[u]\n", "t", "a = 1\n\n# u\n[u]\n"), ("[t]\n", "t", ""),
        ("\n\n[t]\n", "t", ""),
        ("a = 1\n  \n[t]\n", "t", "a = 1\n"), ("a = 1 # x\n[t]\n", "t", "a = 1 # x\n"),
        ("# x\na = { b = 1, c = 2 }\n", "a.b", "# x\na = { c = 2 }\n"),
        ("\u{FEFF}# x\na = 1\n", "a", "\u{FEFF}"), ("a = 1\n", "b", "a = 1\n"),
    ]

    @Test("a key goes with its comments, a header with the blank lines above it as well", arguments: removals)
    func removal(_ before: String, _ key: String, _ after: String) throws {
        var document = try document(before)
        let isThere = try document.removeWithComments(key.split(separator: ".").map(String.init))
        #expect(document.text == after)
        #expect(isThere == (before != after))
    }

    @Test("keys are written with the quotes that they need")
    func keys() {
        #expect(TOMLDocument.dottedKey(["a", "b c", "é", ""]) == #"a."b c"."é".."#.replacing("..", with: ".\"\""))
    }
}
