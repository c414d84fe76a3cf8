import Testing

@testable import TedgeCore

/// The edits of a change, as texts by the names of the files below `/etc/tedge`; nil for a file to remove.
func editing(
    _ settings: SettingsFixture, _ change: (inout SettingsEditor) throws -> Void
) throws -> [String: String?] {
    var editor = SettingsEditor(try settings.load())
    try change(&editor)
    var texts: [String: String?] = [:]
    for edit in editor.edits {
        let name = String(edit.path.dropFirst(SettingsFixture.directory.count + 1))
        #expect(edit.original == settings.files[name].map { Array($0.utf8) })
        texts.updateValue(edit.contents.map { String(decoding: $0, as: UTF8.self) }, forKey: name)
    }
    return texts
}

@Suite struct SettingsEditorTests {
    static let text = """
        # The gateway of hall 3.
        mine = "kept"   # whatever it is

        [device]
        type = 'gateway' # a comment

        [c8y]
          url = "old.example.com"    # the tenant
        topics = [
            "a", # first
            "b",
        ]
        [config]
        version = "2"

        """

    @Test("a value is replaced in its place; everything else stays as it is")
    func replace() throws {
        let edits = try editing(SettingsFixture(Self.text)) {
            try $0.set(SettingName("c8y.url"), to: "new.example.com")
        }
        #expect(edits == ["tedge.toml": Self.text.replacing("old.example.com", with: "new.example.com")])
    }

    @Test("a new value goes to its table")
    func addToTable() throws {
        let edits = try editing(SettingsFixture("[device]\ntype = 'x'\n[c8y]\nurl = 'a'\n")) {
            try $0.set(SettingName("device.id"), to: "gateway")
        }
        #expect(edits == ["tedge.toml": "[device]\ntype = 'x'\nid = \"gateway\"\n[c8y]\nurl = 'a'\n"])
    }

    @Test("a file is created if there is none")
    func newFile() throws {
        let edits = try editing(SettingsFixture()) { try $0.set(SettingName("c8y.url"), to: "a.b") }
        #expect(edits == ["tedge.toml": "[c8y]\nurl = \"a.b\"\n"])
    }

    @Test("what is set can be read again, for each setting", arguments: KeyFixture.all)
    func roundTrip(_ fixture: KeyFixture) throws {
        let typical = ["bool": "true", "NonZeroU16": "1884", "ProxyUrl": "proxy"]
        let typed = fixture.examples.first ?? typical[fixture.type] ?? "/x"
        let name = try SettingName(fixture.key)
        let edits = try editing(SettingsFixture(Self.text)) { try $0.set(name, to: typed) }
        let again = SettingsFixture(edits["tedge.toml"] ?? Self.text)
        let setting = try #require(try again.setting(fixture.key))
        let expected = try name.key.type.parse(typed, currentDirectory: { "/home/pi" }).value
        #expect(setting.value == expected)
        #expect(setting.origin.word == "file")
        #expect(try again.load().warnings().map(\.text).filter { !$0.contains("\"mine\"") }.isEmpty)
    }

    @Test("values are stored with their types")
    func storedForms() throws {
        func line(_ key: String, _ typed: String) throws -> String? {
            let edits = try editing(SettingsFixture()) { try $0.set(SettingName(key), to: typed) }
            return (edits["tedge.toml"] ?? nil)?.split(separator: "\n").last.map(String.init)
        }
        #expect(try line("mqtt.bind.port", "1884") == "port = 1884")
        #expect(try line("sudo.enable", "false") == "enable = false")
        #expect(try line("c8y.topics", "a,b") == #"topics = ["a", "b"]"#)
        #expect(try line("tmp.path", "x/../y") == #"path = "/home/pi/y""#)
        #expect(try line("service.timestamp_format", "rfc3339") == #"timestamp_format = "rfc-3339""#)
        #expect(try line("c8y.auth_method", "password") == #"auth_method = "basic""#)
        #expect(try line("c8y.mqtt", "a.b") == #"mqtt = "a.b""#)
        #expect(try line("flows.stats.interval", "90") == #"interval = "90""#)
        #expect(try line("device.type", #"a"b\"#) == #"type = "a\"b\\""#)
        #expect(try line("c8y.bridge.include.local_cleansession", "true") == #"local_cleansession = "true""#)
    }

    @Test("setting the same value changes no file")
    func noChange() throws {
        #expect(
            try editing(SettingsFixture("[c8y]\nurl = \"a.b\"\n")) { try $0.set(SettingName("c8y.url"), to: "a.b") }
                .isEmpty)
    }

    @Test("a value that is refused is an error with the reason, and changes nothing")
    func refused() throws {
        var editor = SettingsEditor(try SettingsFixture(Self.text).load())
        let name = try SettingName("c8y.url")
        let error = try #require(throws: SettingsError.self) { try editor.set(name, to: "a b") }
        #expect(error.causes.first == "Failed to parse input")
        #expect(error.causes.count == 2)
        #expect(error.id == "setting-invalid")
        #expect(editor.edits.isEmpty)
    }

    @Test("a pasted address is stored as a host, with a warning")
    func pasted() throws {
        var editor = SettingsEditor(try SettingsFixture().load())
        try editor.set(SettingName("c8y.url"), to: "https://a.b/")
        #expect(editor.warnings == [.taken("a.b", insteadOf: "https://a.b/", isHostOfAddress: true)])
        #expect(editor.edits.first?.contents == Array("[c8y]\nurl = \"a.b\"\n".utf8))
    }

    @Test("unset removes the line; without a value it changes nothing")
    func unset() throws {
        let edits = try editing(SettingsFixture(Self.text)) { try $0.unset(SettingName("c8y.url")) }
        let expected = Self.text.replacing("  url = \"old.example.com\"    # the tenant\n", with: "")
        #expect(edits == ["tedge.toml": expected])
        #expect(try editing(SettingsFixture(Self.text)) { try $0.unset(SettingName("az.url")) }.isEmpty)
        #expect(try editing(SettingsFixture()) { try $0.unset(SettingName("az.url")) }.isEmpty)
    }

    @Test("unset removes a value of the wrong type as well")
    func unsetBroken() throws {
        let edits = try editing(SettingsFixture("[mqtt.bind]\nport = 'x'\naddress = '::1'\n")) {
            try $0.unset(SettingName("mqtt.bind.port"))
        }
        #expect(edits == ["tedge.toml": "[mqtt.bind]\naddress = '::1'\n"])
    }

    @Test("several changes are one edit of a file")
    func several() throws {
        let edits = try editing(SettingsFixture("[c8y]\nurl = \"a\"\n")) { editor in
            try editor.set(SettingName("c8y.url"), to: "b")
            try editor.set(SettingName("c8y.auth_method"), to: "basic")
        }
        #expect(edits == ["tedge.toml": "[c8y]\nurl = \"b\"\nauth_method = \"basic\"\n"])
    }

    @Test("the settings of the editor have the changes")
    func settingsAfterwards() throws {
        var editor = SettingsEditor(try SettingsFixture(environment: ["TEDGE_DEVICE_TYPE": "v"]).load())
        try editor.set(SettingName("c8y.url"), to: "a.b")
        #expect(try editor.settings.string("c8y.mqtt") == "a.b:8883")
        #expect(try editor.settings.string("device.type") == "v")
    }

    @Test("a variable is never stored")
    func environment() throws {
        let variables = ["TEDGE_C8Y_URL": "v.example.com", "TEDGE_C8Y_TOPICS": "v", "TEDGE_DEVICE_TYPE": "v"]
        let edits = try editing(SettingsFixture("[device]\ntype = \"x\"\n", environment: variables)) { editor in
            try editor.add(SettingName("c8y.smartrest.templates"), "t")
            try editor.remove(SettingName("device.type"), "v")
            try editor.add(SettingName("diag.plugin_paths"), "/p")
        }
        #expect((edits["tedge.toml"] ?? nil)?.contains("type = \"x\"") == true)
        #expect((edits["tedge.toml"] ?? nil)?.contains("v.example.com") == false)
        let topics = try editing(SettingsFixture(environment: variables)) {
            try $0.remove(SettingName("c8y.topics"), "v")
        }
        #expect(topics.isEmpty)
    }

    @Test("something else at the place of a file is an error that names it")
    func notEditable() throws {
        for text in ["c8y = 5\n", "[c8y.url]\nx = 1\n"] {
            var editor = SettingsEditor(try SettingsFixture(text).load())
            let name = try SettingName("c8y.url")
            let error = try #require(throws: SettingsError.self) { try editor.set(name, to: "a.b") }
            #expect(error.id == "settings-not-editable")
            #expect(error.causes.first == "Cannot change /etc/tedge/tedge.toml")
            #expect(editor.edits.isEmpty)
        }
    }
}
