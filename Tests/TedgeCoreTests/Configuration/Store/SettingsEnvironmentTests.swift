import Testing

@testable import TedgeCore

@Suite struct SettingsEnvironmentTests {
    @Test("a variable overrides the file")
    func overrides() throws {
        let settings = SettingsFixture(
            "[c8y]\nurl = 'file.example.com'\n[mqtt.bind]\nport = 1\n",
            environment: ["TEDGE_C8Y_URL": "variable.example.com", "TEDGE_MQTT_BIND_PORT": "1884"])
        let setting = try #require(try settings.setting("c8y.url"))
        #expect(setting.value == .text("variable.example.com"))
        #expect(setting.origin == .environment(variable: "TEDGE_C8Y_URL"))
        #expect(try settings.load().port("mqtt.bind.port") == 1884)
        #expect(try settings.value("mqtt.client.port") == "1884")
    }

    @Test("each setting can be overridden", arguments: KeyFixture.all)
    func everySetting(_ fixture: KeyFixture) throws {
        let typical = ["bool": "true", "NonZeroU16": "1884", "ProxyUrl": "proxy"]
        let value = fixture.examples.first ?? typical[fixture.type] ?? "/x"
        let variable = "TEDGE_" + fixture.key.uppercased().replacing(".", with: "_")
        let setting = try SettingsFixture(environment: [variable: value]).setting(fixture.key)
        #expect(setting?.origin == .environment(variable: variable))
    }

    @Test("an empty variable hides what the file says")
    func empty() throws {
        let settings = SettingsFixture(
            "[c8y]\nurl = 'a.b'\n[mqtt.bind]\nport = 1884\n",
            environment: ["TEDGE_C8Y_URL": "", "TEDGE_MQTT_BIND_PORT": ""])
        #expect(try settings.value("c8y.url") == nil)
        #expect(try settings.value("mqtt.bind.port") == "1883")
        #expect(try settings.setting("mqtt.bind.port")?.origin == .fallback)
    }

    @Test("a variable can hold a TOML string or array, or what one would type")
    func forms() throws {
        func topics(_ text: String) throws -> [String] {
            try SettingsFixture(environment: ["TEDGE_C8Y_TOPICS": text]).load().list("c8y.topics")
        }
        #expect(try topics(#"["a,b", "c"]"#) == ["a,b", "c"])
        #expect(try topics("[ 'a' ] # one") == ["a"])
        #expect(try topics("a,b") == ["a", "b"])
        #expect(try topics("[a") == ["[a"])
        #expect(try SettingsFixture(environment: ["TEDGE_DEVICE_TYPE": #""a\"b""#]).value("device.type") == "a\"b")
        #expect(try SettingsFixture(environment: ["TEDGE_DEVICE_TYPE": "\"a"]).value("device.type") == "\"a")
        #expect(try SettingsFixture(environment: ["TEDGE_C8Y_URL": "[::1]"]).value("c8y.url") == "[::1]")
    }

    @Test("a relative path in a variable is completed, and a pasted address is a host")
    func completed() throws {
        let settings = SettingsFixture(environment: ["TEDGE_TMP_PATH": "x", "TEDGE_C8Y_URL": "https://a.b/"])
        #expect(try settings.value("tmp.path") == "/home/pi/x")
        #expect(try settings.value("c8y.url") == "a.b")
    }

    @Test("a bad value names the variable and the reason")
    func badValue() throws {
        let error = try #require(throws: SettingsError.self) {
            try SettingsFixture(environment: ["TEDGE_MQTT_BIND_PORT": "x"]).value("mqtt.bind.port")
        }
        #expect(
            error.causes == [
                #"Failed to set value for mqtt.bind.port to "x" from environment variable TEDGE_MQTT_BIND_PORT"#,
                "invalid digit found in string",
            ])
        #expect(error.hint?.contains("unset TEDGE_MQTT_BIND_PORT") == true)
    }

    @Test("a bad value that is a secret is not repeated")
    func badSecret() throws {
        let error = try #require(throws: SettingsError.self) {
            try SettingsFixture(environment: ["TEDGE_PROXY_PASSWORD": "hunter2\n"]).value("proxy.password")
        }
        #expect(!error.causes.joined().contains("hunter2"))
        #expect(
            error.causes.first
                == "Failed to set value for proxy.password from environment variable TEDGE_PROXY_PASSWORD")
    }

    @Test("a TOML string in a variable may not hide a line end")
    func hiddenLineEnd() {
        #expect(throws: SettingsError.self) {
            try SettingsFixture(environment: ["TEDGE_DEVICE_TYPE": #""a\nb""#]).value("device.type")
        }
    }

    @Test("an older name in a variable is understood; the current one counts first")
    func olderNames() throws {
        #expect(try SettingsFixture(environment: ["TEDGE_MQTT_PORT": "1884"]).value("mqtt.bind.port") == "1884")
        #expect(try SettingsFixture(environment: ["TEDGE_AZURE_URL": "a.b"]).value("az.url") == "a.b")
        let both = ["TEDGE_MQTT_PORT": "1884", "TEDGE_MQTT_BIND_PORT": "1885"]
        #expect(try SettingsFixture(environment: both).value("mqtt.bind.port") == "1885")
    }

    @Test("a variable makes a profile")
    func profile() throws {
        let settings = SettingsFixture(environment: [
            "TEDGE_C8Y_PROFILES_TEST_URL": "a.b", "TEDGE_AZ_PROFILES_MY_HUB_BRIDGE_TOPIC_PREFIX": "hub",
            "TEDGE_AWS_PROFILES_EMPTY_URL": "",
        ])
        #expect(try settings.value("c8y.url", profile: "test") == "a.b")
        #expect(try settings.value("c8y.mqtt", profile: "test") == "a.b:8883")
        let loaded = try settings.load()
        #expect(loaded.profiles(of: .c8y).map(\.text) == ["test"])
        #expect(loaded.profiles(of: .az).map(\.text) == ["my_hub"])
        #expect(loaded.profiles(of: .aws).isEmpty)
    }

    @Test("a warning names variables that are not settings, unless they control the program itself")
    func warnings() throws {
        let settings = SettingsFixture(environment: [
            "TEDGE_CONFIG_DIR": "/x", "TEDGE_CLOUD_PROFILE": "p", "TEDGE_NO_SUCH": "1", "TEDGE_MQTT_PORT": "1",
            "TEDGE_C8Y_URL": "a", "PATH": "/bin", "TEDGE_C8Y_PROFILES_A_URL": "b",
        ])
        let warnings = try settings.load().warnings()
        #expect(
            warnings.map(\.text) == [
                "The key 'TEDGE_MQTT_PORT' is deprecated. Use 'TEDGE_MQTT_BIND_PORT' instead.",
                #"Unknown configuration field "no_such" from environment variable TEDGE_NO_SUCH"#,
            ])
    }
}
