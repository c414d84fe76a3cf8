import Testing
@testable import TOML

@Suite("fragments, and moving them") struct FragmentTests {
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

    @Test("a fragment has the comments above, the value as written and the remark", arguments: places)
    func fragment(_ place: Place) throws {
        let found = try document(place.text).fragment(of: place.key.split(separator: ".").map(String.init))
        #expect(found == TOMLFragment(comments: place.comments, value: place.value, remark: place.remark))
    }

    @Test("a table without a header or braces has no fragment", arguments: ["x", "a.x", "t", "t.u.v", "d", "l"])
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
        "nothing is moved if a value is in the way, or if it is a table",
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

    @Test("keys are written with the quotes that they need")
    func keys() {
        #expect(TOMLDocument.dottedKey(["a", "b c", "é", ""]) == #"a."b c"."é".."#.replacing("..", with: ".\"\""))
    }
}
