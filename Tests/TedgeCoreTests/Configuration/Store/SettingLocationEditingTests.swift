import Testing

@testable import TedgeCore

/// Which file, and which place in it, an edit goes to.
@Suite struct SettingLocationEditingTests {
    static let path = "/etc/tedge/device-certs/tedge-certificate.pem"

    @Test("an identity cannot be set while there is a certificate")
    func identity() throws {
        var editor = SettingsEditor(try SettingsFixture(certificates: [Self.path: "gateway"]).load())
        for key in ["device.id", "c8y.device.id"] {
            let name = try SettingName(key)
            let error = try #require(throws: SettingsError.self) { try editor.set(name, to: "other") }
            #expect(error == .identityOfCertificate(key: key, commonName: "gateway", path: Self.path))
            #expect(error.causes.first?.contains("tedge cert create --device-id") == true)
            #expect(throws: SettingsError.self) { try editor.add(name, "other") }
        }
        #expect(editor.edits.isEmpty)
    }

    @Test("an identity that is stored beside a certificate can be unset")
    func unsetIdentity() throws {
        let fixture = SettingsFixture("[device]\nid = 'x'\ntype = 'y'\n", certificates: [Self.path: "gateway"])
        let edits = try editing(fixture) { try $0.unset(SettingName("device.id")) }
        #expect(edits == ["tedge.toml": "[device]\ntype = 'y'\n"])
    }

    @Test("a setting under an older name gets its current one in the same edit")
    func olderName() throws {
        let edits = try editing(SettingsFixture("[mqtt]\nport = 1884 # ours\n\n[mqtt.bind]\naddress = '::1'\n")) {
            try $0.set(SettingName("mqtt.bind.port"), to: "1885")
        }
        #expect(edits == ["tedge.toml": "[mqtt]\n\n[mqtt.bind]\naddress = '::1'\nport = 1885\n"])
    }

    @Test("set and unset resolve a setting with two names")
    func twoNames() throws {
        let fixture = SettingsFixture("[mqtt]\nport = 1884\nbind.port = 1885\ntopic_root = 'te'\n")
        let set = try editing(fixture) { try $0.set(SettingName("mqtt.bind.port"), to: "1886") }
        #expect(set == ["tedge.toml": "[mqtt]\nbind.port = 1886\ntopic_root = 'te'\n"])
        let unset = try editing(fixture) { try $0.unset(SettingName("mqtt.bind.port")) }
        #expect(unset == ["tedge.toml": "[mqtt]\ntopic_root = 'te'\n"])
    }

    @Test("a key that a file of version 2 does not know is left alone")
    func unknownOldPlace() throws {
        let text = "[mqtt]\nport = 1884\n[config]\nversion = \"2\"\n"
        let edits = try editing(SettingsFixture(text)) { try $0.set(SettingName("mqtt.bind.port"), to: "1885") }
        #expect((edits["tedge.toml"] ?? nil)?.contains("[mqtt]\nport = 1884\n") == true)
    }

    @Test("a profile in the main file begins with its first setting and ends with its last one")
    func profileInMainFile() throws {
        let name = try SettingName("c8y.url", profile: ProfileName(parsing: "p"))
        let fixture = SettingsFixture("[c8y]\nurl = \"a\"\n")
        let made = try editing(fixture) { try $0.set(name, to: "b") }
        let after = SettingsFixture(made["tedge.toml"] ?? nil)
        #expect(try after.load().profiles(of: .c8y).map(\.text) == ["p"])
        #expect(try after.value("c8y.url") == "a")
        let gone = SettingsFixture(try editing(after) { try $0.unset(name) }["tedge.toml"] ?? nil)
        #expect(try gone.load().profiles(of: .c8y).isEmpty)
        #expect(try gone.value("c8y.url") == "a")
        #expect(gone.files["tedge.toml"]?.contains("profiles") == false)
    }

    @Test("the empty tables of a profile go with its last setting, others stay")
    func emptyTables() throws {
        let text = "[c8y]\nurl = 'a'\n[c8y.profiles.p]\n[c8y.profiles.p.device]\nkey_pin = 'x'\n[az]\n[az.device]\n"
        let name = try SettingName("c8y.device.key_pin", profile: ProfileName(parsing: "p"))
        let edits = try editing(SettingsFixture(text)) { try $0.unset(name) }
        #expect(edits == ["tedge.toml": "[c8y]\nurl = 'a'\n[az]\n[az.device]\n"])
        let kept = try editing(SettingsFixture("[az]\nurl = 'a'\n")) { try $0.unset(SettingName("az.url")) }
        #expect(kept == ["tedge.toml": "[az]\n"])
    }

    @Test("a profile that is written in capitals is edited where it is")
    func profileInCapitals() throws {
        let name = try SettingName("c8y.url", profile: ProfileName(parsing: "p"))
        let edits = try editing(SettingsFixture("[c8y.profiles.P]\nurl = \"a\"\n")) { try $0.set(name, to: "b") }
        #expect(edits == ["tedge.toml": "[c8y.profiles.P]\nurl = \"b\"\n"])
    }

    static let mapper = "cloud_type = \"c8y\"\nurl = \"a.b\"\n"

    @Test("if a cloud has a file of its own, that file is edited and not the main file")
    func mapperFile() throws {
        let fixture = SettingsFixture("[c8y]\nurl = \"old\"\n", files: ["mappers/c8y/mapper.toml": Self.mapper])
        let edits = try editing(fixture) { editor in
            try editor.set(SettingName("c8y.url"), to: "c.d")
            try editor.set(SettingName("c8y.bridge.topic_prefix"), to: "x")
        }
        #expect(
            edits == [
                "mappers/c8y/mapper.toml":
                    "cloud_type = \"c8y\"\nurl = \"c.d\"\n\n[bridge]\ntopic_prefix = \"x\"\n"
            ])
    }

    @Test("another cloud's settings stay in the main file")
    func otherCloud() throws {
        let fixture = SettingsFixture(files: ["mappers/c8y/mapper.toml": Self.mapper])
        let edits = try editing(fixture) { try $0.set(SettingName("az.url"), to: "c.d") }
        #expect(edits == ["tedge.toml": "[az]\nurl = \"c.d\"\n"])
    }

    @Test("a new profile of a cloud with files gets a file that names the cloud")
    func newMapperFile() throws {
        let name = try SettingName("c8y.url", profile: ProfileName(parsing: "p"))
        let fixture = SettingsFixture(files: ["mappers/c8y/mapper.toml": Self.mapper])
        let edits = try editing(fixture) { try $0.set(name, to: "c.d") }
        #expect(edits == ["mappers/c8y.p/mapper.toml": "cloud_type = \"c8y\"\nurl = \"c.d\"\n"])
    }

    @Test("a file with nothing but the cloud's name is removed")
    func removeMapperFile() throws {
        let name = try SettingName("c8y.url", profile: ProfileName(parsing: "p"))
        let files = ["mappers/c8y/mapper.toml": Self.mapper, "mappers/c8y.p/mapper.toml": Self.mapper]
        let edits = try editing(SettingsFixture(files: files)) { try $0.unset(name) }
        #expect(edits == ["mappers/c8y.p/mapper.toml": nil])
    }

    @Test("a file that holds a comment, or that keeps ignored settings from counting, is not removed")
    func keepMapperFile() throws {
        let name = try SettingName("c8y.url")
        let commented = SettingsFixture(files: ["mappers/c8y/mapper.toml": "# ours\n\(Self.mapper)"])
        #expect(
            try editing(commented) { try $0.unset(name) }
                == ["mappers/c8y/mapper.toml": "# ours\ncloud_type = \"c8y\"\n"])
        let shadowing = SettingsFixture("[c8y]\nurl = 'old'\n", files: ["mappers/c8y/mapper.toml": Self.mapper])
        #expect(
            try editing(shadowing) { try $0.unset(name) }
                == ["mappers/c8y/mapper.toml": "cloud_type = \"c8y\"\n"])
    }

    @Test("a file that holds only the cloud's name and is not edited stays")
    func untouchedMapperFile() throws {
        let fixture = SettingsFixture(files: ["mappers/c8y/mapper.toml": "cloud_type = \"c8y\"\n"])
        #expect(try editing(fixture) { try $0.unset(SettingName("c8y.url")) }.isEmpty)
    }

    @Test("the main file is the last to change")
    func order() throws {
        var editor = SettingsEditor(
            try SettingsFixture("a = 1\n", files: ["mappers/c8y/mapper.toml": Self.mapper]).load())
        try editor.set(SettingName("device.type"), to: "x")
        try editor.set(SettingName("c8y.url"), to: "x")
        #expect(
            editor.edits.map(\.path) == ["/etc/tedge/mappers/c8y/mapper.toml", "/etc/tedge/tedge.toml"])
    }
}
