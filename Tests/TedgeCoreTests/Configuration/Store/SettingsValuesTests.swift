import Testing

@testable import TedgeCore

@Suite struct SettingsValuesTests {
    @Test("each setting has its default", arguments: KeyFixture.all)
    func defaults(_ fixture: KeyFixture) throws {
        let setting = try SettingsFixture().setting(fixture.key)
        let expected: String? =
            switch fixture.fallback {
            case "-": nil
            case let text where text.hasPrefix("= "): try SettingsFixture().value(String(text.dropFirst(2)))
            default: fixture.fallback.replacing("<root>", with: "/etc/tedge")
            }
        #expect(setting?.value.printed == expected)
        #expect(setting.map(\.origin) == (expected == nil ? nil : .fallback))
    }

    @Test("a value of a file is taken with its line")
    func fromFile() throws {
        let settings = SettingsFixture("# a device\n[mqtt.bind]\nport = 1884\n[device]\ntype = 'x'\n")
        let setting = try #require(try settings.setting("mqtt.bind.port"))
        #expect(setting.value == .number(1884))
        #expect(setting.origin == .file(path: "/etc/tedge/tedge.toml", line: 3))
        #expect(try settings.setting("device.type")?.origin == .file(path: "/etc/tedge/tedge.toml", line: 5))
    }

    @Test("a value is found however its table is written")
    func spellingsOfTables() throws {
        for text in [
            "mqtt.bind.port = 1884\n", "[mqtt]\nbind = { port = 1884 }\n", "[mqtt]\nbind.port = 1884\n",
            "\"mqtt\".'bind'.port = 0x75C\n",
        ] {
            #expect(try SettingsFixture(text).value("mqtt.bind.port") == "1884")
        }
    }

    @Test(
        "a value of the wrong type is an error with its position",
        arguments: [
            (
                "mqtt.bind.port", "[mqtt.bind]\nport = \"1883\"",
                "expected a number without quotes, found a value of type string"
            ),
            ("mqtt.bind.port", "[mqtt.bind]\nport = 0", "number would be zero for non-zero type"),
            ("mqtt.bind.port", "[mqtt.bind]\nport = -1", "number is negative"),
            ("http.bind.port", "[http.bind]\nport = 65536", "number too large to fit in target type"),
            ("c8y.url", "[c8y]\nurl = 5", "expected a string in quotes, found a value of type integer"),
            ("c8y.url", "[c8y.url]\nhost = 'x'", "expected a string in quotes, found a value of type table"),
            (
                "sudo.enable", "[sudo]\nenable = \"true\"",
                "expected true or false without quotes, found a value of type string"
            ),
            ("c8y.topics", "[c8y]\ntopics = 'a,b'", "expected an array of strings, found a value of type string"),
            (
                "c8y.topics", "[c8y]\ntopics = ['a', 1]",
                "expected an array of strings, found an entry of type integer"
            ),
            ("logs.path", "[logs]\npath = 'log'", "Cannot be converted to an absolute path: log"),
            (
                "device.type", "[device]\ntype = \"a\\nb\"",
                "The value contains the control character U+000A, which no setting can"
            ),
            (
                "c8y.topics", "[c8y]\ntopics = [\"a\\rb\"]",
                "The value contains the control character U+000D, which no setting can"
            ),
            (
                "tmp.path", "[tmp]\npath = \"/tmp\\n/x\"",
                "The value contains the control character U+000A, which no setting can"
            ),
            ("c8y.bridge.keepalive_interval", "[c8y.bridge]\nkeepalive_interval = -1", "expected a number before '-1'"),
        ])
    func wrongType(_ key: String, _ text: String, _ reason: String) throws {
        let error = try #require(throws: SettingsError.self) { try SettingsFixture("\n\(text)\n").value(key) }
        guard case .invalidInFile(key, let place, let refusal) = error else {
            Issue.record("expected an invalid value, got \(error)")
            return
        }
        #expect(refusal.reason == reason)
        #expect(place.path == "/etc/tedge/tedge.toml")
        #expect(place.line == 3 || place.line == 2)
        #expect(error.causes.first == "\(place.text): the value of '\(key)' is not valid")
        #expect(error.hint?.hasSuffix("Run 'tedge config set \(key) <value>' to correct it.") == true)
    }

    @Test("a value of the wrong type does not affect other settings")
    func wrongTypeOfAnother() throws {
        #expect(try SettingsFixture("[mqtt.bind]\nport = 'x'\n[device]\ntype = 'x'\n").value("device.type") == "x")
    }

    @Test(
        "something else instead of a table is an error with its position",
        arguments: ["c8y = 5\n", "[[c8y]]\nurl = 'a'\n"])
    func noTable(_ text: String) throws {
        let error = try #require(throws: SettingsError.self) { try SettingsFixture(text).value("c8y.url") }
        #expect(error.causes.last?.hasPrefix("'c8y' must be a table, it is a value of type ") == true)
        #expect(error.causes.first?.hasPrefix("/etc/tedge/tedge.toml, line 1,") == true)
    }

    @Test("a number of seconds and true or false are taken without quotes where words are usual")
    func lenientTypes() throws {
        let settings = SettingsFixture("[c8y.bridge]\nkeepalive_interval = 30\ninclude.local_cleansession = false\n")
        #expect(try settings.value("c8y.bridge.keepalive_interval") == "30")
        #expect(try settings.load().duration("c8y.bridge.keepalive_interval") == .seconds(30))
        #expect(try settings.value("c8y.bridge.include.local_cleansession") == "false")
    }

    @Test("a setting follows the setting that is its default")
    func sameAs() throws {
        let settings = SettingsFixture("[device]\nkey_path = '/k'\n[mqtt.bind]\nport = 1884\n[c8y]\nurl = 'a.b'\n")
        #expect(try settings.value("c8y.device.key_path") == "/k")
        #expect(try settings.value("mqtt.client.port") == "1884")
        #expect(try settings.value("c8y.http") == "a.b:443")
        #expect(try settings.value("c8y.mqtt") == "a.b:8883")
        #expect(try settings.setting("c8y.http")?.origin == .fallback)
    }

    @Test("the address of the file transfer service follows what was set for the broker, not its default")
    func firstSet() throws {
        #expect(try SettingsFixture("").value("http.bind.address") == "127.0.0.1")
        let bind = "[mqtt.bind]\naddress = '10.0.0.1'\n"
        #expect(try SettingsFixture(bind).value("http.bind.address") == "10.0.0.1")
        let both = bind + "[mqtt.external.bind]\naddress = '10.0.0.2'\n"
        #expect(try SettingsFixture(both).value("http.bind.address") == "10.0.0.2")
        #expect(try SettingsFixture(both + "[http.bind]\naddress = '::1'\n").value("http.bind.address") == "::1")
    }

    @Test("the bridge is mosquitto's where nobody has set it")
    func builtInBridge() throws {
        #expect(try SettingsFixture().load().bool("mqtt.bridge.built_in") == false)
        #expect(try SettingsFixture("mqtt.bridge.built_in = true\n").load().bool("mqtt.bridge.built_in"))
    }
}
