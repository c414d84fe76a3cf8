import Testing

@testable import TedgeCore

/// What a power cut may leave of the files of an upgrade, which are made durable together.
@Suite struct HalfMovedTests {
    private static let main = "[c8y]\nurl = \"a.example.com\"\n"

    private func url(_ files: [String: String]) throws -> String? {
        try Settings.load(from: SettingsFixture(Self.main, files: files).source).value(of: SettingName("c8y.url"))?
            .value
            .printed
    }

    @Test(
        "a file that is broken does not count while the sign is there", arguments: ["", "\0\0\0", "cloud_type = \"c"])
    func broken(_ text: String) throws {
        let files = ["mappers/c8y/mapper.toml": text, ".upgrade.unfinished": "x"]
        #expect(try url(files) == "a.example.com")
        let edits = try SettingsUpgrade(Settings.load(from: SettingsFixture(Self.main, files: files).source)).edits
        #expect(edits.first?.path == "/etc/tedge/mappers/c8y/mapper.toml")
        #expect(edits.first?.contents.map { String(decoding: $0, as: UTF8.self).contains("a.example.com") } == true)
    }

    @Test("without the mark it is an error")
    func unsigned() {
        #expect(throws: SettingsError.self) { try url(["mappers/c8y/mapper.toml": "\0"]) }
    }
}
