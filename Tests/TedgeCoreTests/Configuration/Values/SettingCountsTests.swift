import Testing

@testable import TedgeCore

@Suite struct SettingCountsTests {
    @Test(
        "a list of numbers by names is sorted, each name once",
        arguments: [
            ("*:5,software_list:1", "[*:5, software_list:1]"), ("b:2, a:1,*:0", "[*:0, a:1, b:2]"), ("a", "[a:1]"),
            ("a:1,a:3", "[a:3]"), ("", "[]"), ("[*:5, a:2]", "[*:5, a:2]"), (#"["a:2","b"]"#, "[a:2, b:1]"),
            ("[]", "[]"), (" a : 7 ", "[a:7]"),
        ])
    func parsed(_ typed: String, _ printed: String) throws {
        let value = try SettingType.counts.parse(typed, currentDirectory: { "/" }).value
        #expect(value.printed == printed)
        #expect(try SettingType.counts.read(SettingType.counts.stored(value)) == value)
        #expect(try SettingType.counts.parse(printed, currentDirectory: { "/" }).value == value)
    }

    @Test("anything else is refused", arguments: ["a:b", "a:-1", "a:", ":1", "a:4294967296", "a:1:2", ",a:x"])
    func refused(_ typed: String) {
        #expect(throws: SettingRefusal.self) { try SettingType.counts.parse(typed, currentDirectory: { "/" }) }
    }

    @Test("add replaces the number of a name, and remove takes a name with any number")
    func editing() throws {
        func text(_ change: (inout SettingsEditor, SettingName) throws -> Void) throws -> String? {
            let settings = try SettingsFixture().load()
            var editor = SettingsEditor(settings)
            try change(&editor, try SettingName("logs.max_per_operation"))
            return editor.edits.first?.contents.map { String(decoding: $0, as: UTF8.self) }
        }
        #expect(
            try text { try $0.add($1, "*:9,restart:2") }
                == "[logs]\nmax_per_operation = [\"*:9\", \"restart:2\", \"software_list:1\"]\n")
        #expect(try text { try $0.remove($1, "software_list") } == "[logs]\nmax_per_operation = [\"*:5\"]\n")
        #expect(try text { try $0.remove($1, "other") } == nil)
    }
}
