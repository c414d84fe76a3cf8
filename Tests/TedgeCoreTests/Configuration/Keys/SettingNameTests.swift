import Testing

@testable import TedgeCore

@Suite struct SettingNameTests {
    @Test("each canonical name is taken without a warning", arguments: KeyFixture.all)
    func canonical(_ fixture: KeyFixture) throws {
        let parsed = try SettingName.parse(fixture.key)
        #expect(parsed.name.text == fixture.key)
        #expect(parsed.warning == nil)
    }

    @Test("dots and underscores are the same, with a warning about another spelling")
    func dotsAndUnderscores() throws {
        for fixture in KeyFixture.all {
            for typed in [
                fixture.key.replacing("_", with: "."), fixture.key.replacing(".", with: "_"),
            ] where typed != fixture.key {
                let parsed = try SettingName.parse(typed)
                #expect(parsed.name.text == fixture.key)
                #expect(parsed.warning == .deprecatedKey(typed, instead: fixture.key))
            }
        }
    }

    @Test(
        "names of earlier releases are understood, with a warning",
        arguments: [
            ("device.key.path", "device.key_path"), ("c8y.root.cert.path", "c8y.root_cert_path"),
            ("c8y.smartrest.templates", "c8y.smartrest.templates"), ("azure.url", "az.url"),
            ("azure.root.cert.path", "az.root_cert_path"), ("azure_mapper_timestamp", "az.mapper.timestamp"),
            ("mqtt.port", "mqtt.bind.port"), ("mqtt.bind_address", "mqtt.bind.address"),
            ("mqtt.client.auth.cafile", "mqtt.client.auth.ca_file"),
            ("mqtt.client.auth.cadir", "mqtt.client.auth.ca_dir"),
            ("mqtt.client.auth.certfile", "mqtt.client.auth.cert_file"),
            ("mqtt.client.auth.keyfile", "mqtt.client.auth.key_file"), ("http.port", "http.bind.port"),
            ("http.address", "http.bind.address"), ("mqtt.external.port", "mqtt.external.bind.port"),
            ("mqtt.external.bind_address", "mqtt.external.bind.address"),
            ("mqtt.external.bind_interface", "mqtt.external.bind.interface"),
            ("mqtt.external.capath", "mqtt.external.ca_path"), ("mqtt.external.certfile", "mqtt.external.cert_file"),
            ("mqtt.external.keyfile", "mqtt.external.key_file"),
            ("firmware.child.update.timeout", "firmware.child.update.timeout"),
            ("apt.dpk.options.config", "apt.dpkg.options.config"),
            ("c8y.enable.log_management", "c8y.enable.log_upload"), ("run.lock_files", "run.lock_files"),
        ])
    func older(_ typed: String, _ canonical: String) throws {
        let parsed = try SettingName.parse(typed)
        #expect(parsed.name.text == canonical)
        #expect(parsed.warning == (typed == canonical ? nil : .deprecatedKey(typed, instead: canonical)))
    }

    @Test("a name that is now a setting is that setting, although it was another's older name")
    func ownNameBeforeOlderName() throws {
        let parsed = try SettingName.parse("c8y.entity_store.clean_start")
        #expect(parsed.name.text == "c8y.entity_store.clean_start")
        #expect(parsed.warning == nil)
    }

    @Test(
        "a word that is not a setting is an error with its name",
        arguments: [
            "", ".", "c8y", "c8y.", "x.y", "c8y.urls", "C8Y.URL", " c8y.url", "c8y..url", "config.version",
            "cloud_type",
            "c8y.profiles", "c8y.profiles.test", "c8y.profiles..url", "device.profiles.test.id", "azure",
            "c8y.profiles.test.nothing", "mqtt.profiles.a.bind.port",
            "c8y.profiles." + String(repeating: "a.", count: 60_000),
        ])
    func unknown(_ typed: String) {
        #expect(throws: SettingsError.unknownKey(typed)) { try SettingName.parse(typed) }
    }

    @Test(
        "a profile can stand in the key",
        arguments: [
            ("c8y.profiles.test.url", "c8y.profiles.test.url", false),
            ("c8y.profiles.Test.url", "c8y.profiles.test.url", false),
            ("c8y_profiles_test_url", "c8y.profiles.test.url", true),
            ("c8y.profiles.my_tenant.bridge.topic_prefix", "c8y.profiles.my_tenant.bridge.topic_prefix", false),
            ("c8y_profiles_my_tenant_bridge_topic_prefix", "c8y.profiles.my_tenant.bridge.topic_prefix", true),
            ("c8y.profiles.a-b.mqtt", "c8y.profiles.a-b.mqtt", false),
            ("c8y_profiles_a_mqtt_service_topics", "c8y.profiles.a.mqtt_service.topics", true),
            ("c8y.profiles.mqtt_service.topics", "c8y.profiles.mqtt_service.topics", false),
            ("azure.profiles.a.url", "az.profiles.a.url", true),
            ("c8y.profiles.a.root.cert.path", "c8y.profiles.a.root_cert_path", true),
            ("c8y.profiles.a.enable.log_management", "c8y.profiles.a.enable.log_upload", true),
        ])
    func profileInKey(_ typed: String, _ canonical: String, _ warns: Bool) throws {
        let parsed = try SettingName.parse(typed, environmentProfile: "other")
        #expect(parsed.name.text == canonical)
        #expect(parsed.warning == (warns ? .deprecatedKey(typed, instead: canonical) : nil))
    }

    @Test("a profile can be given as an option or a variable")
    func profileBesideKey() throws {
        #expect(try SettingName.parse("c8y.url", profile: "A").name.text == "c8y.profiles.a.url")
        #expect(try SettingName.parse("c8y.url", profile: "a").warning == nil)
        #expect(try SettingName.parse("c8y.url", environmentProfile: "b").name.text == "c8y.profiles.b.url")
        #expect(try SettingName.parse("c8y.url", environmentProfile: "").name.text == "c8y.url")
        #expect(
            try SettingName.parse("azure.url", profile: "a").warning == .deprecatedKey("azure.url", instead: "az.url"))
    }

    @Test("the profile of the environment does not concern settings of the device")
    func environmentProfileAndPlainKey() throws {
        let parsed = try SettingName.parse("device.type", environmentProfile: "not valid!")
        #expect(parsed.name.text == "device.type")
        #expect(parsed.name.profile == nil)
    }

    @Test("the option for a setting of the device is an error")
    func profileOfPlainKey() throws {
        let error = try #require(throws: SettingsError.self) { try SettingName.parse("device.type", profile: "a") }
        #expect(error == .profileOfPlainKey("device.type"))
        #expect(error.causes == ["You've supplied a profile, but device.type is not a profiled configuration"])
    }

    @Test("a profile in the key and as an option is an error")
    func severalProfiles() throws {
        let error = try #require(throws: SettingsError.self) {
            try SettingName.parse("c8y.profiles.a.url", profile: "b")
        }
        #expect(
            error.causes == ["Multiple profiles selected from the arguments c8y.profiles.a.url and --profile b"])
    }

    @Test("a bad profile in the key, the option or the variable is an error")
    func badProfiles() {
        #expect(throws: SettingsError.badProfileName("a b", .key("c8y.profiles.a b.url"), .forbiddenCharacter)) {
            try SettingName.parse("c8y.profiles.a b.url")
        }
        #expect(throws: SettingsError.badProfileName("", .option, .empty)) {
            try SettingName.parse("c8y.url", profile: "")
        }
        #expect(throws: SettingsError.badProfileName("!", .variable, .forbiddenCharacter)) {
            try SettingName.parse("c8y.url", environmentProfile: "!")
        }
    }

    @Test("the variable is the name in capitals with underscores")
    func variable() throws {
        #expect(try SettingName("c8y.url").variable == "TEDGE_C8Y_URL")
        #expect(try SettingName("mqtt.bind.port").variable == "TEDGE_MQTT_BIND_PORT")
        let profile = try ProfileName(parsing: "test")
        #expect(try SettingName("c8y.url", profile: profile).variable == "TEDGE_C8Y_PROFILES_TEST_URL")
    }

    @Test("a setting of the device has no profile, even if one is given")
    func plainKeyDropsProfile() throws {
        let name = try SettingName("device.id", profile: ProfileName(parsing: "a"))
        #expect(name.text == "device.id")
        #expect(name == (try SettingName("device.id")))
    }
}
