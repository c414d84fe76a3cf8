import Testing

@testable import TedgeCore

/// What `config` says besides its result: the next step.
@Suite struct SettingsCommandsTests {
    private func run(
        _ fixture: Fixture, _ key: String, profile: String? = nil,
        _ body: (SettingsCommands, TypedSetting) -> CommandReport
    ) -> CommandReport {
        fixture.printed.forget()
        return body(SettingsCommands(in: fixture.context), TypedSetting(key, profile: profile))
    }

    @Test("a setting without a value has the message of 2.x, and a hint on a line of its own")
    func notSet() throws {
        let fixture = try Fixture()
        let report = run(fixture, "c8y.url") { $0.get($1) }
        let (text, hint) = (
            "The provided config key: 'c8y.url' is not set", "Run 'tedge config set c8y.url <value>' to set it."
        )
        #expect(fixture.errors == "\(text)\nHint: \(hint)\n" && fixture.output == "")
        #expect(
            report.reason == "setting-not-set" && report.message == text && report.hint == hint
                && report.causes == [text] && report.status == 1)
        _ = run(fixture, "device.id") { $0.get($1) }
        #expect(!fixture.errors.contains("Hint:") && fixture.errors.contains("`tedge cert create --device-id <id>`"))
    }

    @Test(
        "the hint of a refused value says what to type",
        arguments: [
            ("c8y.url", "", "To remove the value, run 'tedge config unset c8y.url'."),
            ("mqtt.bind.port", "", "To remove the value, run 'tedge config unset mqtt.bind.port'."),
            ("c8y.url", "foo.com:8883", "Give only the host: 'foo.com'."),
            ("c8y.url", "https://foo.com:8443/x", "run 'tedge config set c8y.http foo.com:8443'."),
            ("c8y.url", "mqtt://foo.com:1884", "run 'tedge config set c8y.mqtt foo.com:1884'."),
            ("c8y.profiles.two.url", "foo.com:1883", "run 'tedge config set c8y.profiles.two.mqtt foo.com:1883'."),
            (
                "az.url", "foo.com:1884",
                "Give only the host: 'foo.com'. If Azure listens on port 1884, run 'tedge config set az.mqtt foo.com:1884'."
            ),
            ("az.url", "foo.com:443", "Give only the host: 'foo.com'."),
            (
                "aws.url", "foo.com:443",
                "Give only the host: 'foo.com'. To use port 443, also run 'tedge config set aws.mqtt foo.com:443'."
            ),
            ("c8y.url", "<tenant>.cumulocity.com", "Replace '<' and '>' and the text between them with your value."),
            ("c8y.url", "https://me:pw@foo.com", "Leave out the user name and the password."),
            ("c8y.mqtt", "::1", "Put the IPv6 address in brackets: '[::1]'."),
            ("mqtt.bind.enabled", "maybe", "Give true or false."),
            ("mqtt.bind.port", "+8883", "Give a whole number from 1 to 65535."),
            ("c8y.bridge.keepalive_interval", "1.5h", "Use a smaller unit, for example '1h 30m' instead of '1.5h'."),
            ("device.cert_path", "~/x", "Give the whole path, or omit the quotes so that the shell replaces it."),
        ])
    func refused(key: String, value: String, hint: String) throws {
        let fixture = try Fixture()
        let report = run(fixture, key) { $0.set($1, to: value) }
        #expect(report.status == 1 && !report.changed)
        #expect(report.hint?.hasSuffix(hint) == true, "\(report.hint ?? "none")")
        #expect(fixture.errors.hasSuffix("\nHint: \(report.hint ?? "")\n"))
        #expect(try fixture.text("tedge/tedge.toml") == nil)
    }

    @Test("a value that differs from the typed one is stored, with a warning")
    func taken() throws {
        let fixture = try Fixture()
        for (key, value, said) in [
            (
                "c8y.url", "HTTPS://Foo.com/apps/x",
                "Using 'Foo.com' instead of 'HTTPS://Foo.com/apps/x': only the host is stored."
            ),
            (
                "c8y.http", "https://foo.com:8443/",
                "Using 'foo.com:8443' instead of 'https://foo.com:8443/': only the host and its port are stored."
            ),
            ("c8y.url", "foo.com ", "Using 'foo.com' instead of 'foo.com '."),
            ("mqtt.bind.enabled", "yes", "Using 'true' instead of 'yes'."),
        ] {
            #expect(run(fixture, key) { $0.set($1, to: value) }.status == 0)
            #expect(fixture.errors == "Warning: \(said)\n")
        }
        _ = run(fixture, "c8y.url") { $0.get($1) }
        #expect(fixture.output == "foo.com\n")
    }

    @Test("every command that changes a setting warns of a variable that overrides it")
    func overridden() throws {
        var fixture = try Fixture()
        fixture.environment = ["TEDGE_C8Y_URL": "other.example"]
        let said =
            "Warning: TEDGE_C8Y_URL is set in the environment and overrides the file. Run 'unset TEDGE_C8Y_URL' to use "
            + "'c8y.url' of the file.\n"
        #expect(run(fixture, "c8y.url") { $0.set($1, to: "a.example") }.status == 0)
        #expect(fixture.errors == said)
        #expect(run(fixture, "c8y.url") { $0.unset($1) }.status == 0)
        #expect(fixture.errors == said)
        #expect(run(fixture, "az.url") { $0.set($1, to: "a.example") }.status == 0)
        #expect(fixture.errors == "")
    }

    @Test("leaving the bridge to the mapper prints a warning that says how to change it")
    func builtIn() throws {
        let fixture = try Fixture()
        #expect(run(fixture, "mqtt.bridge.built_in") { $0.set($1, to: "true") }.status == 0)
        #expect(fixture.errors.hasSuffix("Run 'tedge config set mqtt.bridge.built_in false' before you connect.\n"))
        #expect(run(fixture, "mqtt.bridge.built_in") { $0.set($1, to: "false") }.status == 0)
        #expect(fixture.errors == "")
    }

    @Test(
        "a filter that matches nothing prints why",
        arguments: [
            ("nothing", nil, "No key contains 'nothing'. Run 'tedge config list --all' for all keys.\n"),
            ("c8y.urk", "c8y.url", "No key contains 'c8y.urk'. Did you mean 'c8y.url'?\n"),
            (
                "key_uri", nil,
                "No setting whose key contains 'key_uri' has a value. Run 'tedge config list --all key_uri' for the keys.\n"
            ),
            ("root_cert", nil, ""),
        ])
    func filter(_ filter: String, _ similar: String?, _ said: String) throws {
        let fixture = try Fixture()
        let report = SettingsCommands(in: fixture.context).list(
            all: false, doc: false, filter: filter, isTerminal: false, similar: similar)
        #expect(report.status == 0)
        #expect(fixture.errors == said)
    }

    @Test("a note says that a configuration directory is missing, and that it was created")
    func directory() throws {
        let fixture = try Fixture()
        var context = fixture.context
        context.configurationDirectory = fixture.directory.file("nowhere")
        let commands = SettingsCommands(in: context)
        #expect(commands.list(all: false, doc: false, filter: nil, isTerminal: false).status == 0)
        #expect(
            fixture.errors == "There is no directory WORLD/nowhere: only defaults and the environment are used. "
                + "Check --config-dir and TEDGE_CONFIG_DIR.\n")
        fixture.printed.forget()
        #expect(commands.set(TypedSetting("mqtt.bind.port", profile: nil), to: "x").status == 1)
        #expect(!fixture.errors.contains("was made"))
        fixture.printed.forget()
        #expect(commands.set(TypedSetting("mqtt.bind.port", profile: nil), to: "1884").status == 0)
        #expect(fixture.errors == "Created the directory WORLD/nowhere.\n")
    }

    @Test("a file instead of the directory is an error that says so")
    func file() throws {
        let fixture = try Fixture()
        var context = fixture.context
        context.configurationDirectory = fixture.directory.file("mosquitto.conf")
        #expect(SettingsCommands(in: context).list(all: false, doc: false, filter: nil, isTerminal: false).status == 0)
        #expect(fixture.errors.hasPrefix("There is no directory WORLD/mosquitto.conf:"))
    }

    @Test("a note says that a value to remove is not there")
    func remove() throws {
        let fixture = try Fixture()
        #expect(run(fixture, "c8y.url") { $0.set($1, to: "a.example") }.changed)
        #expect(!run(fixture, "c8y.url") { $0.remove($1, "b.example") }.changed)
        #expect(fixture.errors == "'c8y.url' does not contain 'b.example'. Nothing was removed.\n")
        #expect(run(fixture, "c8y.url") { $0.remove($1, "a.example") }.changed)
        #expect(fixture.errors == "")
    }

    @Test("a huge word is shortened")
    func huge() throws {
        let fixture = try Fixture()
        _ = run(fixture, "mqtt.bind.port") { $0.set($1, to: String(repeating: "x", count: 100_000)) }
        #expect(fixture.errors.utf8.count < 1000)
        _ = run(fixture, "c8y.url") { $0.set($1, to: String(repeating: "x", count: 100_000)) }
        #expect(fixture.errors.utf8.count < 1000)
    }
}
