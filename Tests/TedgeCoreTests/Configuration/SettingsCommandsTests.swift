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

    @Test("a setting without a value is told in the words of 2.x, and how to set it on a line of its own")
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
        "a value that is refused is answered with what to type",
        arguments: [
            ("c8y.url", "", "To take the value away, run 'tedge config unset c8y.url'."),
            ("mqtt.bind.port", "", "To take the value away, run 'tedge config unset mqtt.bind.port'."),
            ("c8y.url", "foo.com:8883", "Give the host alone: 'foo.com'."),
            ("c8y.url", "https://foo.com:8443/x", "run 'tedge config set c8y.http foo.com:8443'."),
            ("c8y.url", "mqtt://foo.com:1884", "run 'tedge config set c8y.mqtt foo.com:1884'."),
            ("c8y.profiles.two.url", "foo.com:1883", "run 'tedge config set c8y.profiles.two.mqtt foo.com:1883'."),
            ("az.url", "foo.com:1884", "Give the host alone: 'foo.com'. The port is always 8883."),
            ("c8y.url", "<tenant>.cumulocity.com", "Put a name of your own where '<' and '>' are."),
            ("c8y.url", "https://me:pw@foo.com", "Leave the user name and the password out."),
            ("c8y.mqtt", "::1", "Put the IPv6 address in brackets: '[::1]'."),
            ("mqtt.bind.enabled", "maybe", "Give true or false."),
            ("mqtt.bind.port", "+8883", "Give a whole number from 1 to 65535."),
            ("c8y.bridge.keepalive_interval", "1.5h", "Use a smaller unit, for example '1h 30m' instead of '1.5h'."),
            ("device.cert_path", "~/x", "Give the whole path, or leave the quotes out so that the shell completes it."),
        ])
    func refused(key: String, value: String, hint: String) throws {
        let fixture = try Fixture()
        let report = run(fixture, key) { $0.set($1, to: value) }
        #expect(report.status == 1 && !report.changed)
        #expect(report.hint?.hasSuffix(hint) == true, "\(report.hint ?? "none")")
        #expect(fixture.errors.hasSuffix("\nHint: \(report.hint ?? "")\n"))
        #expect(try fixture.text("tedge/tedge.toml") == nil)
    }

    @Test("what is taken instead of what was typed is said, and stored")
    func taken() throws {
        let fixture = try Fixture()
        for (key, value, said) in [
            (
                "c8y.url", "HTTPS://Foo.com/apps/x",
                "Taking 'Foo.com' instead of 'HTTPS://Foo.com/apps/x': only the host is stored."
            ),
            (
                "c8y.http", "https://foo.com:8443/",
                "Taking 'foo.com:8443' instead of 'https://foo.com:8443/': only the host and its port are stored."
            ),
            ("c8y.url", "foo.com ", "Taking 'foo.com' instead of 'foo.com '."),
            ("mqtt.bind.enabled", "yes", "Taking 'true' instead of 'yes'."),
        ] {
            #expect(run(fixture, key) { $0.set($1, to: value) }.status == 0)
            #expect(fixture.errors == "Warning: \(said)\n")
        }
        _ = run(fixture, "c8y.url") { $0.get($1) }
        #expect(fixture.output == "foo.com\n")
    }

    @Test("a variable that wins over the file is named by every command that changes the setting")
    func overridden() throws {
        var fixture = try Fixture()
        fixture.environment = ["TEDGE_C8Y_URL": "other.example"]
        let said =
            "Warning: TEDGE_C8Y_URL is set in the environment and wins over the file. Run 'unset TEDGE_C8Y_URL' to have "
            + "'c8y.url' of the file count.\n"
        #expect(run(fixture, "c8y.url") { $0.set($1, to: "a.example") }.status == 0)
        #expect(fixture.errors == said)
        #expect(run(fixture, "c8y.url") { $0.unset($1) }.status == 0)
        #expect(fixture.errors == said)
        #expect(run(fixture, "az.url") { $0.set($1, to: "a.example") }.status == 0)
        #expect(fixture.errors == "")
    }

    @Test("a bridge that is left to the mapper is warned of, with the way back")
    func builtIn() throws {
        let fixture = try Fixture()
        #expect(run(fixture, "mqtt.bridge.built_in") { $0.set($1, to: "true") }.status == 0)
        #expect(fixture.errors.hasSuffix("Run 'tedge config set mqtt.bridge.built_in false' before you connect.\n"))
        #expect(run(fixture, "mqtt.bridge.built_in") { $0.set($1, to: "false") }.status == 0)
        #expect(fixture.errors == "")
    }

    @Test(
        "a filter that leaves nothing says why",
        arguments: [
            ("nothing", nil, "No key contains 'nothing'. Run 'tedge config list --all' for all keys.\n"),
            ("c8y.urk", "c8y.url", "No key contains 'c8y.urk'. Is 'c8y.url' meant?\n"),
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

    @Test("a configuration directory that is not there is said to be missing, and to be made")
    func directory() throws {
        let fixture = try Fixture()
        var context = fixture.context
        context.configurationDirectory = fixture.directory.file("nowhere")
        let commands = SettingsCommands(in: context)
        #expect(commands.list(all: false, doc: false, filter: nil, isTerminal: false).status == 0)
        #expect(
            fixture.errors == "There is no directory WORLD/nowhere: only defaults and the environment count. "
                + "Check --config-dir and TEDGE_CONFIG_DIR.\n")
        fixture.printed.forget()
        #expect(commands.set(TypedSetting("mqtt.bind.port", profile: nil), to: "x").status == 1)
        #expect(!fixture.errors.contains("was made"))
        fixture.printed.forget()
        #expect(commands.set(TypedSetting("mqtt.bind.port", profile: nil), to: "1884").status == 0)
        #expect(fixture.errors == "There was no directory WORLD/nowhere, so it was made.\n")
    }

    @Test("a file in the place of the directory is said to be none")
    func file() throws {
        let fixture = try Fixture()
        var context = fixture.context
        context.configurationDirectory = fixture.directory.file("mosquitto.conf")
        #expect(SettingsCommands(in: context).list(all: false, doc: false, filter: nil, isTerminal: false).status == 0)
        #expect(fixture.errors.hasPrefix("There is no directory WORLD/mosquitto.conf:"))
    }

    @Test("a value that is not there to be removed is said to be none")
    func remove() throws {
        let fixture = try Fixture()
        #expect(run(fixture, "c8y.url") { $0.set($1, to: "a.example") }.changed)
        #expect(!run(fixture, "c8y.url") { $0.remove($1, "b.example") }.changed)
        #expect(fixture.errors == "'c8y.url' does not hold 'b.example': nothing was removed.\n")
        #expect(run(fixture, "c8y.url") { $0.remove($1, "a.example") }.changed)
        #expect(fixture.errors == "")
    }

    @Test("a word that is huge is shortened")
    func huge() throws {
        let fixture = try Fixture()
        _ = run(fixture, "mqtt.bind.port") { $0.set($1, to: String(repeating: "x", count: 100_000)) }
        #expect(fixture.errors.utf8.count < 1000)
        _ = run(fixture, "c8y.url") { $0.set($1, to: String(repeating: "x", count: 100_000)) }
        #expect(fixture.errors.utf8.count < 1000)
    }
}
