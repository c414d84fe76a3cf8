import Testing

@testable import TedgeCore

@Suite struct SettingsProfileTests {
    static let text = """
        [c8y]
        url = 'main.example.com'
        root_cert_path = '/roots'

        [c8y.profiles.Second]
        url = 'second.example.com'
        proxy.bind.port = 8002

        [c8y.profiles.empty]

        [device]
        key_path = '/key'
        """

    @Test("a profile has the settings of its table")
    func values() throws {
        let fixture = SettingsFixture(Self.text)
        #expect(try fixture.value("c8y.url", profile: "second") == "second.example.com")
        #expect(
            try fixture.setting("c8y.url", profile: "second")?.origin
                == .file(path: "/etc/tedge/tedge.toml", line: 6))
        #expect(try fixture.value("c8y.url") == "main.example.com")
    }

    @Test("a profile uses nothing of the default profile, but the device's identity")
    func defaults() throws {
        let fixture = SettingsFixture(Self.text)
        #expect(try fixture.value("c8y.root_cert_path", profile: "second") == "/etc/ssl/certs")
        #expect(try fixture.value("c8y.device.key_path", profile: "second") == "/key")
        #expect(try fixture.value("c8y.mqtt", profile: "second") == "second.example.com:8883")
        #expect(try fixture.value("c8y.proxy.client.port", profile: "second") == "8002")
        #expect(try fixture.value("c8y.proxy.client.port") == "8001")
    }

    @Test("the profiles are those with at least one setting")
    func profiles() throws {
        let settings = try SettingsFixture(Self.text).load()
        #expect(settings.profiles(of: .c8y).map(\.text) == ["second"])
        #expect(settings.profiles(of: .az).isEmpty)
    }

    @Test("reading from an unknown profile is an error that says how to create it", arguments: ["third", "empty"])
    func unknownProfile(_ profile: String) throws {
        let error = try #require(throws: SettingsError.self) {
            try SettingsFixture(Self.text).value("c8y.url", profile: profile)
        }
        #expect(error.causes == ["Unknown profile `\(profile)` for the multi-profile property c8y"])
        #expect(error.hint == "Run 'tedge config set c8y.url <value> --profile \(profile)' to create the profile.")
        #expect(error.id == "profile-unknown")
    }

    @Test("a missing setting of a profile is named with the profile")
    func missing() throws {
        let fixture = SettingsFixture("[c8y.profiles.a]\nauth_method = 'basic'\n")
        let error = try #require(throws: SettingsError.self) {
            try fixture.load().cloud(.c8y, profile: ProfileName(parsing: "a")).hostPort("mqtt")
        }
        #expect(
            error.causes == [
                "Required configuration item is not provided 'c8y.profiles.a.url', run 'tedge config set "
                    + "c8y.profiles.a.url <value>' to add it to config."
            ])
    }
}
