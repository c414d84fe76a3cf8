import Testing

@testable import TedgeCore

@Suite struct SettingsWarningsTests {
    @Test("a warning names each unknown key of the file with its line")
    func unknownKeys() throws {
        let text = """
            top = 1
            [config]
            version = "2"
            other = true
            [c8y]
            url = "a.b"
            urls = "a.b"
            [c8y.profiles.p]
            url = "a.b"
            urls = "a.b"
            [c8y.profiles."not valid"]
            url = "a.b"
            [[mine]]
            x = 1
            [mine2.deep.table]
            y = [1, 2]
            [empty]
            """
        #expect(
            try SettingsFixture(text).load().warnings().map(\.text)
                == [
                    ("top", 1), ("config.other", 4), ("c8y.urls", 7), ("c8y.profiles.p.urls", 10),
                    ("c8y.profiles.not valid.url", 12), ("mine", 13), ("mine2.deep.table.y", 16),
                ].map { #"Unknown configuration field "\#($0)" from toml file /etc/tedge/tedge.toml, line \#($1)"# })
    }

    @Test("each of very many unknown keys is named with its line")
    func manyUnknownKeys() throws {
        let lines = (1...30_000).map { "k\($0) = 1\n" }.joined()
        let line = (1...5000).map { "k\($0) = 1" }.joined(separator: ", ")
        let warnings = try SettingsFixture("\(lines)t = { \(line) }\n").load().warnings()
        #expect(warnings.count == 35_000)
        let path = "/etc/tedge/tedge.toml"
        #expect(warnings[29_999] == .unknownInFile(key: "k30000", path: path, line: 30_000))
        #expect(warnings.last == .unknownInFile(key: "t.k5000", path: path, line: 30_001))
    }

    @Test("a quoted key that only looks like a setting is unknown")
    func quotedKey() throws {
        let fixture = SettingsFixture("\"c8y.url\" = 'a.b'\n")
        #expect(try fixture.value("c8y.url") == nil)
        #expect(
            try fixture.load().warnings() == [.unknownInFile(key: "c8y.url", path: "/etc/tedge/tedge.toml", line: 1)])
    }

    @Test("another spelling of a key that files never had is unknown in a file")
    func otherSpelling() throws {
        let fixture = SettingsFixture("device_type = 'x'\n[device.key]\npath = '/k'\n")
        #expect(try fixture.load().warnings().count == 2)
    }

    @Test("a file with each setting is without warnings")
    func allKnown() throws {
        let text = KeyFixture.all.map { "\($0.key) = 0\n" }.joined()
        #expect(try SettingsFixture(text).load().warnings().isEmpty)
        let inProfile = KeyFixture.all.filter { $0.key.hasPrefix("c8y.") }
            .map { "\($0.key.replacing("c8y.", with: "c8y.profiles.p.", maxReplacements: 1)) = 0\n" }.joined()
        #expect(try SettingsFixture(inProfile).load().warnings().isEmpty)
    }

    @Test("a pasted address prints a warning")
    func taken() {
        #expect(
            SettingsWarning.taken("a.b", insteadOf: "https://a.b/", isHostOfAddress: true).text
                == "Using 'a.b' instead of 'https://a.b/': only the host is stored.")
    }
}
