import Testing

@testable import TedgeCore

@Suite struct SettingAccessTests {
    @Test("values have the types of the program")
    func types() throws {
        let settings = try SettingsFixture("[c8y]\nurl = 'a.b'\n[proxy]\naddress = 'proxy:3128'\n").load()
        #expect(try settings.string("c8y.url") == "a.b")
        #expect(try settings.required("c8y.url") == "a.b")
        #expect(try settings.bool("sudo.enable"))
        #expect(try settings.port("mqtt.bind.port") == 1883)

        #expect(try settings.path("device.key_path") == "/etc/tedge/device-certs/tedge-private-key.pem")
        #expect(try settings.list("diag.plugin_paths") == ["/usr/share/tedge/diag-plugins"])
        #expect(try settings.hostPort("c8y.mqtt").port == 8883)
        #expect(try settings.duration("certificate.validity.minimum_duration") == .seconds(30 * 86_400))
        #expect(try settings.proxyAddress()?.description == "http://proxy:3128")
        #expect(try SettingsFixture().load().proxyAddress() == nil)
    }

    @Test("a cloud's values are named without its prefix")
    func cloud() throws {
        let text = "[c8y.profiles.p]\nurl = 'a.b'\nenable.log_upload = false\nsmartrest.templates = ['t']\n"
        let profile = try ProfileName(parsing: "p")
        let cloud = try SettingsFixture(text).load().cloud(.c8y, profile: profile)
        #expect(try cloud.name("url").text == "c8y.profiles.p.url")
        #expect(try cloud.string("url") == "a.b")
        #expect(try cloud.required("root_cert_path") == "/etc/ssl/certs")
        #expect(try cloud.bool("enable.log_upload") == false)
        #expect(try cloud.port("proxy.bind.port") == 8001)
        #expect(try cloud.path("device.cert_path") == "/etc/tedge/device-certs/tedge-certificate.pem")
        #expect(try cloud.list("smartrest.templates") == ["t"])
        #expect(try cloud.hostPort("http").description == "a.b:443")
        #expect(try cloud.duration("bridge.keepalive_interval") == .seconds(60))
    }

    @Test(
        "a missing setting is named with the command that sets it",
        arguments: [
            ("c8y.url", "c8y.url"), ("c8y.http", "c8y.url"), ("c8y.mqtt", "c8y.url"), ("az.url", "az.url"),
            ("proxy.address", "proxy.address"),
        ])
    func missing(_ key: String, _ named: String) throws {
        let error = try #require(throws: SettingsError.self) { try SettingsFixture().load().required(key) }
        #expect(
            error.causes == [
                "Required configuration item is not provided '\(named)', run 'tedge config set \(named) <value>' to "
                    + "add it to config."
            ])
        #expect(error.id == "setting-missing")
        #expect(error.hint == nil)
    }

    @Test("a missing identity is named as the device's", arguments: ["device.id", "c8y.device.id", "aws.device.id"])
    func missingIdentity(_ key: String) throws {
        let error = try #require(throws: SettingsError.self) { try SettingsFixture().load().required(key) }
        #expect(
            error.causes == [
                "Required configuration item is not provided 'device.id', run 'tedge cert create --device-id <id>' to "
                    + "create a certificate with it."
            ])
    }

    @Test("an unknown key, or one of another type, is an error")
    func wrongKey() throws {
        let settings = try SettingsFixture().load()
        #expect(throws: SettingsError.unknownKey("no.such")) { try settings.string("no.such") }
        #expect(throws: SettingsError.unknownKey("mqtt.port")) { try settings.port("mqtt.port") }
        #expect(throws: SettingsError.unknownKey("tmp.path")) { try settings.bool("tmp.path") }
        #expect(throws: SettingsError.unknownKey("tmp.path")) { try settings.list("tmp.path") }
        #expect(throws: SettingsError.unknownKey("tmp.path")) { try settings.hostPort("tmp.path") }
        #expect(throws: SettingsError.unknownKey("tmp.path")) { try settings.duration("tmp.path") }
        #expect(throws: SettingsError.unknownKey("device.type")) { try settings.path("device.type") }
        #expect(throws: SettingsError.unknownKey("flows.memory.heap_size")) {
            try settings.port("flows.memory.heap_size")
        }
    }

    @Test("settings that belong together are all set or none")
    func allOrNone() throws {
        let keys = ["proxy.username", "proxy.password"]
        #expect(try SettingsFixture().load().allOrNone(keys) == nil)
        #expect(
            try SettingsFixture("[proxy]\nusername = 'u'\npassword = 'p'\n").load().allOrNone(keys) == ["u", "p"])
        let error = try #require(throws: SettingsError.self) {
            try SettingsFixture("[proxy]\nusername = 'u'\n").load().allOrNone(keys)
        }
        #expect(
            error.causes == [
                #"The thin-edge configuration is invalid. The settings ["proxy.username", "proxy.password"] must either "#
                    + #"all be configured, or all unset. Currently ["proxy.username"] are set, and ["proxy.password"] "#
                    + "are unset."
            ])
        #expect(error.hint == "Run 'tedge config set proxy.password <value>' to add it to config.")
    }

    @Test("the message for a setting without a value")
    func notSet() throws {
        #expect(
            SettingsError.notSetText(try SettingName("c8y.url")) == "The provided config key: 'c8y.url' is not set")
        let identity =
            "The provided config key: 'device.id' is not configured: The device id is read from the device "
            + "certificate.\nTo set 'device.id' to some <id>, you can use `tedge cert create --device-id <id>`."
        #expect(SettingsError.notSetText(try SettingName("device.id")) == identity)
        #expect(SettingsError.notSetText(try SettingName("c8y.device.id")) == identity)
    }
}
