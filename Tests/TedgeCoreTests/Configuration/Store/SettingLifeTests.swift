import Testing

@testable import TedgeCore

/// Every setting from its default over a value in a file and one in the environment back to its default.
@Suite struct SettingLifeTests {
    /// Values for settings that the fixture has no example of, by type.
    private static let typical = [
        "bool": "true", "NonZeroU16": "1884", "ProxyUrl": "http://proxy:3128", "string": "words", "AbsolutePath": "/x",
    ]

    /// A value as it is typed.
    private func typed(_ fixture: KeyFixture) throws -> String {
        try #require(fixture.examples.last ?? Self.typical[fixture.type])
    }

    /// How a typed value is printed.
    private func printed(_ typed: String, _ fixture: KeyFixture) -> String {
        switch fixture.type {
        case "TemplatesSet": "[" + typed.split(separator: ",").map { "\"\($0)\"" }.joined(separator: ", ") + "]"
        case "CountPerGroup": "[\(typed.replacing(",", with: ", "))]"
        case "TimeFormat": typed == "rfc-3339" ? "rfc3339" : typed
        default: typed
        }
    }

    /// The default as the fixture has it; nil where there is none, or it is that of a setting that has none.
    private func fallback(_ fixture: KeyFixture) throws -> String? {
        if fixture.fallback.hasPrefix("= ") {
            let other = try #require(KeyFixture.all.first { $0.key == fixture.fallback.dropFirst(2) })
            return try fallback(other)
        }
        return fixture.fallback == "-" ? nil : fixture.fallback.replacing("<root>", with: SettingsFixture.directory)
    }

    @Test("without a file and variables it is its default, and says so", arguments: KeyFixture.all)
    func byDefault(_ fixture: KeyFixture) throws {
        let setting = try SettingsFixture().setting(fixture.key)
        #expect(setting?.value.printed == (try fallback(fixture)))
        #expect(setting == nil || setting?.origin == .fallback)
        #expect(setting == nil || setting?.origin.word == "default")
    }

    @Test("set, overridden and unset, a setting has the last value", arguments: KeyFixture.all)
    func life(_ fixture: KeyFixture) throws {
        try live(fixture, SettingName(fixture.key), in: SettingsFixture("# ours\n[unknown]\nx = 1\n"))
    }

    @Test("a profile has every setting of its cloud", arguments: KeyFixture.all)
    func lifeOfProfile(_ fixture: KeyFixture) throws {
        let name = try SettingName(fixture.key, profile: ProfileName(parsing: "second"))
        guard let cloud = name.profile.flatMap({ _ in name.key.cloud?.rawValue }) else {
            #expect(throws: SettingsError.profileOfPlainKey(fixture.key)) {
                try SettingName.parse(fixture.key, profile: "second")
            }
            return
        }
        #expect(name.text == "\(cloud).profiles.second.\(fixture.key.dropFirst(cloud.count + 1))")
        let other = fixture.key.hasSuffix(".url") ? "bridge.topic_prefix" : "url"
        try live(fixture, name, in: SettingsFixture("[\(cloud).profiles.second]\n\(other) = \"x\"\n"))
    }

    private func live(_ fixture: KeyFixture, _ name: SettingName, in settings: SettingsFixture) throws {
        let typed = try typed(fixture)
        let before = try settings.load().value(of: name)
        // In the file.
        let set = try editing(settings) { try $0.set(name, to: typed) }
        let stored = SettingsFixture(try #require(set["tedge.toml"] ?? nil))
        let setting = try #require(try stored.load().value(of: name))
        #expect(setting.value.printed == printed(typed, fixture))
        #expect(setting.origin.word == "file")
        guard case .file(SettingsFixture.directory + "/tedge.toml", let line) = setting.origin else {
            Issue.record("\(setting.origin)")
            return
        }
        let lines = stored.files["tedge.toml"]?.split(separator: "\n", omittingEmptySubsequences: false)
        let last = try #require(name.key.name.split(separator: ".").last)
        #expect(lines?[line - 1].hasPrefix("\(last) = ") == true || lines?[line - 1].contains(".\(last) = ") == true)
        // In the environment.
        var overridden = stored
        overridden.environment[name.variable] = fixture.examples.first ?? typed
        let override = try #require(try overridden.load().value(of: name))
        #expect(override.value.printed == printed(fixture.examples.first ?? typed, fixture))
        #expect(override.origin == .environment(variable: name.variable))
        #expect(name.variable == "TEDGE_" + name.text.uppercased().replacing(".", with: "_"))
        overridden.environment[name.variable] = ""
        #expect(try overridden.load().value(of: name)?.value == before?.value)
        // A value that is refused.
        var editor = SettingsEditor(try stored.load())
        #expect(throws: SettingsError.self) { try editor.set(name, to: fixture.badValue) }
        #expect(editor.edits.isEmpty)
        // Not at all.
        let unset = try editing(stored) { try $0.unset(name) }
        let after = SettingsFixture(try #require(unset["tedge.toml"] ?? nil))
        #expect(try after.load().value(of: name) == before)
        #expect(try after.load().warnings() == settings.load().warnings())
    }

    @Test(
        "a default that is another setting's value follows that setting, also with a certificate",
        arguments: KeyFixture.all.filter { $0.fallback.hasPrefix("= ") })
    func derived(_ fixture: KeyFixture) throws {
        let other = try SettingName(String(fixture.fallback.dropFirst(2)))
        let source = try #require(KeyFixture.all.first { $0.key == other.text })
        let typed = try self.typed(source)
        let ports = ["HostPort(443)": ":443", "HostPort(8883)": ":8883"]
        let edits = try editing(SettingsFixture()) { try $0.set(other, to: typed) }
        let settings = SettingsFixture(try #require(edits["tedge.toml"] ?? nil))
        let setting = try #require(try settings.setting(fixture.key))
        #expect(setting.value.printed == typed + (ports[fixture.type] ?? ""))
        #expect(setting.origin == .fallback)
        if fixture.key.hasSuffix("device.id") {
            let path = "/etc/tedge/device-certs/tedge-certificate.pem"
            let identity = try SettingsFixture("[device]\nid = 'stored'\n", certificates: [path: "of-the-certificate"])
                .setting(fixture.key)
            #expect(identity?.value == .text("of-the-certificate"))
            #expect(identity?.origin == .certificate(path: path))
            #expect(identity?.origin.word == "certificate")
        }
    }

    @Test("the address of the file transfer service is that of the broker, where that is set")
    func addressOfFileTransfer() throws {
        let key = "http.bind.address"
        #expect(try SettingsFixture("[mqtt.bind]\naddress = '10.0.0.1'\n").value(key) == "10.0.0.1")
        #expect(
            try SettingsFixture("[mqtt.bind]\naddress = '10.0.0.1'\n[mqtt.external.bind]\naddress = '10.0.0.2'\n")
                .value(
                    key)
                == "10.0.0.2")
        #expect(try SettingsFixture("[mqtt.external.bind]\nport = 1\n").value(key) == "127.0.0.1")
    }

    /// Every spelling of release 0 (§2.2 of the facts), with the key that it is now.
    static let firstSpellings = [
        "device.id", "device.type", "device.key.path", "device.cert.path", "c8y.url", "c8y.root.cert.path",
        "c8y.smartrest.templates", "az.url", "az.root.cert.path", "aws.url", "aws.root.cert.path",
        "aws.mapper.timestamp",
        "az.mapper.timestamp", "mqtt.bind_address = mqtt.bind.address", "http.address = http.bind.address",
        "mqtt.client.host",
        "mqtt.client.port", "mqtt.client.auth.cafile = mqtt.client.auth.ca_file",
        "mqtt.client.auth.cadir = mqtt.client.auth.ca_dir",
        "mqtt.client.auth.certfile = mqtt.client.auth.cert_file",
        "mqtt.client.auth.keyfile = mqtt.client.auth.key_file",
        "mqtt.port = mqtt.bind.port", "http.port = http.bind.port", "mqtt.external.port = mqtt.external.bind.port",
        "mqtt.external.bind_address = mqtt.external.bind.address",
        "mqtt.external.bind_interface = mqtt.external.bind.interface",
        "mqtt.external.capath = mqtt.external.ca_path", "mqtt.external.certfile = mqtt.external.cert_file",
        "mqtt.external.keyfile = mqtt.external.key_file", "software.plugin.default", "software.plugin.exclude",
        "software.plugin.include", "software.plugin.max_packages", "tmp.path", "logs.path", "run.path", "data.path",
        "firmware.child.update.timeout", "service.type", "run.lock_files", "apt.name", "apt.maintainer",
        "azure.url = az.url", "azure.root.cert.path = az.root_cert_path",
        "azure.mapper.timestamp = az.mapper.timestamp",
        "azure.device.key_path = az.device.key_path", "apt.dpk.options.config = apt.dpkg.options.config",
        "c8y.enable.log_management = c8y.enable.log_upload",
    ]

    @Test("a spelling of the first releases is understood, in a variable too", arguments: firstSpellings)
    func firstSpelling(_ row: String) throws {
        let parts = row.split(separator: " = ").map(String.init)
        let folded = parts[0].replacing(".", with: "_")
        let key =
            parts.count > 1
            ? parts[1] : try #require(KeyFixture.all.first { $0.key.replacing(".", with: "_") == folded }).key
        let parsed = try SettingName.parse(parts[0])
        #expect(parsed.name.text == key)
        #expect(parsed.warning == (parts[0] == key ? nil : .deprecatedKey(parts[0], instead: key)))
        let fixture = try #require(KeyFixture.all.first { $0.key == key })
        let variable = "TEDGE_" + folded.uppercased()
        let setting = try SettingsFixture(environment: [variable: typed(fixture)]).setting(key)
        #expect(setting?.origin == .environment(variable: variable))
    }

    @Test(
        "an older spelling of the table is accepted as it is typed",
        arguments: KeyFixture.all.filter { !$0.older.isEmpty })
    func olderSpelling(_ fixture: KeyFixture) throws {
        for older in fixture.older where SettingTable.key(older) == nil {
            let parsed = try SettingName.parse(older)
            #expect(parsed.name.text == fixture.key)
            #expect(parsed.warning == .deprecatedKey(older, instead: fixture.key))
        }
    }
}
