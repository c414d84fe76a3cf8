import Testing

@testable import TedgeCore

@Suite struct SettingsOldFormTests {
    static let moves: [(String, String, String)] = [
        ("mqtt.port = 1884", "mqtt.bind.port", "1884"),
        ("mqtt.bind_address = '10.0.0.1'", "mqtt.bind.address", "10.0.0.1"),
        ("mqtt.client_host = 'broker'", "mqtt.client.host", "broker"),
        ("mqtt.client_port = 1885", "mqtt.client.port", "1885"),
        ("mqtt.client_ca_file = '/f'", "mqtt.client.auth.ca_file", "/f"),
        ("mqtt.client_ca_path = '/d'", "mqtt.client.auth.ca_dir", "/d"),
        ("mqtt.client_auth.cert_file = '/c'", "mqtt.client.auth.cert_file", "/c"),
        ("mqtt.client_auth.key_file = '/k'", "mqtt.client.auth.key_file", "/k"),
        ("mqtt.external_port = 8883", "mqtt.external.bind.port", "8883"),
        ("mqtt.external_bind_address = '0.0.0.0'", "mqtt.external.bind.address", "0.0.0.0"),
        ("mqtt.external_bind_interface = 'wlan0'", "mqtt.external.bind.interface", "wlan0"),
        ("mqtt.external_capath = '/d'", "mqtt.external.ca_path", "/d"),
        ("mqtt.external_certfile = '/c'", "mqtt.external.cert_file", "/c"),
        ("mqtt.external_keyfile = '/k'", "mqtt.external.key_file", "/k"),
        ("az.mapper_timestamp = false", "az.mapper.timestamp", "false"),
        ("azure.mapper_timestamp = false", "az.mapper.timestamp", "false"),
        ("aws.mapper_timestamp = false", "aws.mapper.timestamp", "false"),
        ("http.port = 8001", "http.bind.port", "8001"),
        ("http.bind_address = '::1'", "http.bind.address", "::1"),
        ("software.default_plugin_type = 'apt'", "software.plugin.default", "apt"),
        ("firmware.child_update_timeout = 60", "firmware.child.update.timeout", "60"),
        ("c8y.smartrest_templates = ['a']", "c8y.smartrest.templates", #"["a"]"#),
        ("apt.dpk.options.config = 'keepnew'", "apt.dpkg.options.config", "keepnew"),
    ]

    @Test("a setting is read where earlier releases stored it", arguments: moves)
    func moved(_ line: String, _ key: String, _ value: String) throws {
        let setting = try #require(try SettingsFixture("\(line)\n").setting(key))
        #expect(setting.value.printed == value)
        #expect(setting.origin == .file(path: "/etc/tedge/tedge.toml", line: 1))
        #expect(try SettingsFixture("\(line)\n[config]\nversion = \"1\"\n").value(key) == value)
        #expect(try SettingsFixture("\(line)\n").load().warnings().isEmpty)
    }

    @Test("setting an older name removes the old line and writes the current one", arguments: moves)
    func set(_ line: String, _ key: String, _ value: String) throws {
        let old = String(line.prefix { $0 != " " })
        let name = try SettingName.parse(old)
        #expect(name.name == (try SettingName(key)))
        #expect(name.warning == .deprecatedKey(old, instead: key))
        for text in ["", "\(line)\n", "[config]\nversion = \"1\"\n\n[run]\npath = '/r'\n"] {
            let typed = value.filter { !"[]\"".contains($0) }
            let edits = try editing(SettingsFixture(text)) { try $0.set(name.name, to: typed) }
            let written = try #require(edits["tedge.toml"] ?? text)
            #expect(try SettingsFixture(written).value(key) == value)
            let parts = key.split(separator: ".").map(String.init)
            #expect(try SettingsFixture(written).load().main?.document[path: parts] != nil, "\(written)")
            let oldParts = old.split(separator: ".").map(String.init)
            #expect(try SettingsFixture(written).load().main?.document[path: oldParts] == nil, "\(written)")
        }
    }

    @Test("in a file of version 2 those places are not settings", arguments: moves.filter { !$0.0.hasPrefix("azure") })
    func notMoved(_ line: String, _ key: String, _ value: String) throws {
        let fixture = SettingsFixture("\(line)\n[config]\nversion = \"2\"\n")
        #expect(try fixture.value(key) != value)
        let old = String(line.prefix { $0 != " " })
        #expect(
            try fixture.load().warnings() == [.unknownInFile(key: old, path: "/etc/tedge/tedge.toml", line: 1)])
    }

    @Test("the table of an earlier release's name for Azure is read in each version")
    func azure() throws {
        for version in ["", "[config]\nversion = \"2\"\n"] {
            let fixture = SettingsFixture(
                "[azure]\nurl = 'hub.example.com'\n[azure.profiles.b]\nurl = 'b.c'\n\(version)")
            #expect(try fixture.value("az.url") == "hub.example.com")
            #expect(try fixture.value("az.url", profile: "b") == "b.c")
            #expect(try fixture.load().warnings().isEmpty)
        }
    }

    @Test("an older name in the same table is read in each version")
    func sameTable() throws {
        let text = "[config]\nversion = \"2\"\n[mqtt.external]\ncapath = '/d'\n[c8y.enable]\nlog_management = false\n"
        #expect(try SettingsFixture(text).value("mqtt.external.ca_path") == "/d")
        #expect(try SettingsFixture(text).value("c8y.enable.log_upload") == "false")
        #expect(try SettingsFixture(text).load().warnings().isEmpty)
    }

    @Test("a file of the first release is read")
    func firstRelease() throws {
        let text =
            "[device]\nkey_path = '/k.pem'\ncert_path = '/c.pem'\n\n[c8y]\nurl = 'x.example.com'\n"
            + "root_cert_path = '/etc/ssl/certs'\n\n[az]\n\n[mqtt]\nport = 2883\n"
        let settings = try SettingsFixture(text).load()
        #expect(try settings.string("c8y.url") == "x.example.com")
        #expect(try settings.string("mqtt.bind.port") == "2883")
        #expect(settings.warnings().isEmpty)
    }

    @Test("a setting with its name and an older one is an error that says what to do")
    func twice() throws {
        let fixture = SettingsFixture("[mqtt]\nport = 1\nbind.port = 2\n")
        let error = try #require(throws: SettingsError.self) { try fixture.value("mqtt.bind.port") }
        #expect(
            error.causes == [
                "/etc/tedge/tedge.toml, line 2, column 1: 'mqtt.port' is an older name of 'mqtt.bind.port', which the "
                    + "file has as well. Please manually remove one of them."
            ])
        #expect(error.hint == "Run 'tedge config set mqtt.bind.port <value>' to keep only that value.")
        #expect(error.id == "setting-twice")
    }

    @Test("the current name of a setting is not read as an older name of another")
    func ownName() throws {
        let fixture = SettingsFixture("[c8y.entity_store]\nclean_start = false\nauto_register = false\n")
        #expect(try fixture.value("agent.entity_store.auto_register") == "true")
        #expect(try fixture.value("c8y.entity_store.auto_register") == "false")
    }
}
