import Testing

@testable import TedgeCore

@Suite struct SettingsListEditingTests {
    func text(_ fixture: SettingsFixture, _ change: (inout SettingsEditor) throws -> Void) throws -> String? {
        try editing(fixture, change)["tedge.toml"] ?? nil
    }

    @Test("adding to a list sorts it and begins with the default")
    func addToDefault() throws {
        let stored = try text(SettingsFixture()) { try $0.add(SettingName("az.topics"), "x/#,a") }
        let topics =
            #"["a", "te/+/+/+/+/a/+", "te/+/+/+/+/e/+", "te/+/+/+/+/m/+", "te/+/+/+/+/status/health", "x/#"]"#
        #expect(stored == "[az]\ntopics = \(topics)\n")
    }

    @Test("adding to a list drops what is there twice")
    func addTwice() throws {
        let stored = try text(SettingsFixture("[c8y]\nsmartrest.templates = [\"b\", \"a\", \"b\"]\n")) {
            try $0.add(SettingName("c8y.smartrest.templates"), "a")
        }
        #expect(stored == "[c8y]\nsmartrest.templates = [\"a\", \"b\"]\n")
    }

    @Test("removing from a list keeps the order of the others")
    func remove() throws {
        let fixture = SettingsFixture("[c8y]\nsmartrest.templates = [\"c\", \"b\", \"a\"]\n")
        #expect(
            try text(fixture) { try $0.remove(SettingName("c8y.smartrest.templates"), "b,x") }
                == "[c8y]\nsmartrest.templates = [\"c\", \"a\"]\n")
        #expect(
            try text(fixture) { try $0.remove(SettingName("c8y.smartrest.templates"), "a,b,c") }
                == "[c8y]\nsmartrest.templates = []\n")
    }

    @Test("removing what is not in a list changes nothing")
    func removeNothing() throws {
        #expect(try text(SettingsFixture()) { try $0.remove(SettingName("az.topics"), "x") } == nil)
    }

    @Test("removing from the default stores the rest")
    func removeFromDefault() throws {
        let name = try SettingName("diag.plugin_paths")
        let stored = try text(SettingsFixture()) { try $0.remove(name, "/usr/share/tedge/diag-plugins") }
        #expect(stored == "[diag]\nplugin_paths = []\n")
    }

    @Test("adding to another setting sets it")
    func addToScalar() throws {
        #expect(try text(SettingsFixture()) { try $0.add(SettingName("c8y.url"), "a.b") } == "[c8y]\nurl = \"a.b\"\n")
    }

    @Test("removing from another setting unsets it if it has exactly this value")
    func removeFromScalar() throws {
        let fixture = SettingsFixture("[c8y]\nurl = \"a.b\"\nmqtt = \"a.b\"\n")
        #expect(try text(fixture) { try $0.remove(SettingName("c8y.url"), "a.b") } == "[c8y]\nmqtt = \"a.b\"\n")
        #expect(try text(fixture) { try $0.remove(SettingName("c8y.url"), "c.d") } == nil)
        #expect(try text(SettingsFixture()) { try $0.remove(SettingName("mqtt.bind.port"), "1883") } == nil)
    }

    @Test("values that the type cannot hold are refused in both")
    func refused() throws {
        var editor = SettingsEditor(try SettingsFixture().load())
        let (port, topics) = (try SettingName("mqtt.bind.port"), try SettingName("c8y.topics"))
        #expect(throws: SettingsError.self) { try editor.add(port, "x") }
        #expect(throws: SettingsError.self) { try editor.remove(port, "x") }
        #expect(throws: SettingsError.self) { try editor.add(topics, "a\nb") }
    }

    @Test("the list of a new profile begins with the default")
    func newProfile() throws {
        let name = try SettingName("c8y.smartrest.templates", profile: ProfileName(parsing: "p"))
        let stored = try text(SettingsFixture("[c8y]\nsmartrest.templates = [\"main\"]\n")) { try $0.add(name, "t") }
        #expect(try SettingsFixture(stored).value("c8y.smartrest.templates", profile: "p") == #"["t"]"#)
        #expect(try SettingsFixture(stored).value("c8y.smartrest.templates") == #"["main"]"#)
    }
}
