import Testing

@testable import TedgeCore

@Suite struct SettingsMapperFilesTests {
    static let files = [
        "mappers/c8y/mapper.toml": "cloud_type = \"c8y\"\nurl = \"main.example.com\"\n\n[device]\nkey_path = \"/k\"\n",
        "mappers/c8y.second/mapper.toml": "cloud_type = \"c8y\"\nurl = \"second.example.com\"\n",
        "mappers/c8y.nofile/bridge/mqtt-core.toml": "",
        "mappers/local/mapper.toml": "this is [ no TOML",
    ]

    @Test("a cloud's settings are those of its own file")
    func values() throws {
        let fixture = SettingsFixture("[device]\ntype = 'x'\n", files: Self.files)
        let setting = try #require(try fixture.setting("c8y.url"))
        #expect(setting.value == .text("main.example.com"))
        #expect(setting.origin == .file(path: "/etc/tedge/mappers/c8y/mapper.toml", line: 2))
        #expect(try fixture.value("c8y.device.key_path") == "/k")
        #expect(try fixture.value("c8y.url", profile: "second") == "second.example.com")
        #expect(try fixture.value("device.type") == "x")
        #expect(try fixture.load().warnings().isEmpty)
    }

    @Test("the profiles are those that have a file")
    func profiles() throws {
        #expect(try SettingsFixture(files: Self.files).load().profiles(of: .c8y).map(\.text) == ["second"])
    }

    @Test("a table of that cloud in the main file does not count, with a warning")
    func ignoredTable() throws {
        let fixture = SettingsFixture(
            "[c8y]\nurl = 'old.example.com'\n[az]\nurl = 'hub.example.com'\n", files: Self.files)
        #expect(try fixture.value("c8y.url") == "main.example.com")
        #expect(try fixture.value("az.url") == "hub.example.com")
        #expect(
            try fixture.load().warnings().map(\.text) == [
                "c8y configuration found in `/etc/tedge/tedge.toml`, but this will be ignored in favour of "
                    + "configuration in /etc/tedge/mappers/c8y/mapper.toml and /etc/tedge/mappers/c8y.*/mapper.toml"
            ])
    }

    @Test("if a profile has a file, the settings of the default profile in the main file do not count")
    func profileFileAlone() throws {
        let fixture = SettingsFixture(
            "[c8y]\nurl = 'old.example.com'\n", files: ["mappers/c8y.second/mapper.toml": "url = \"a.b\"\n"])
        #expect(try fixture.value("c8y.url") == nil)
        #expect(try fixture.value("c8y.url", profile: "second") == "a.b")
    }

    @Test("a directory of a cloud without such a file does not count")
    func directoryAlone() throws {
        let fixture = SettingsFixture("[c8y]\nurl = 'a.b'\n", files: ["mappers/c8y/bridge/mqtt-core.toml": ""])
        #expect(try fixture.value("c8y.url") == "a.b")
        #expect(try fixture.load().warnings().isEmpty)
    }

    @Test("a variable overrides a cloud's own file")
    func variable() throws {
        let fixture = SettingsFixture(files: Self.files, environment: ["TEDGE_C8Y_URL": "v.example.com"])
        #expect(try fixture.value("c8y.url") == "v.example.com")
    }

    @Test("a warning names an unknown key in a cloud's file")
    func unknownKey() throws {
        let fixture = SettingsFixture(files: ["mappers/az/mapper.toml": "cloud_type = \"az\"\n[a]\nb = 1\n"])
        #expect(
            try fixture.load().warnings() == [
                .unknownInFile(key: "a.b", path: "/etc/tedge/mappers/az/mapper.toml", line: 3)
            ])
    }

    @Test("a wrong type in a cloud's file is an error with its place")
    func wrongType() throws {
        let fixture = SettingsFixture(files: ["mappers/c8y/mapper.toml": "cloud_type = \"c8y\"\nurl = 1\n"])
        let error = try #require(throws: SettingsError.self) { try fixture.value("c8y.url") }
        #expect(error.causes.first?.hasPrefix("/etc/tedge/mappers/c8y/mapper.toml, line 2, ") == true)
    }
}
