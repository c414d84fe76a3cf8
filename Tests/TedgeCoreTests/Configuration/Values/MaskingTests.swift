import Testing

@testable import TedgeCore

@Suite struct MaskingTests {
    static let messages: [(text: String, shown: String)] = [
        ("https://alice:hunter2@example.com/x", "https://(secret)@example.com/x"),
        ("Could not parse 'alice:hun@ter2@host' as a name", "Could not parse '(secret)@host' as a name"),
        ("http://a:b/c@host:1", "http://(secret)@host:1"), ("t1/alice@example.com", "t1/alice@example.com"),
        ("alice@example.com: no", "alice@example.com: no"), ("ssh://git@host/a:b", "ssh://git@host/a:b"),
        (
            "pkcs11:token=t;object=k?pin-value=1234&pin-source=/f",
            "pkcs11:token=t;object=k?pin-value=(secret)&pin-source=/f"
        ),
        ("'pkcs11:pin-value=12 34'", "'pkcs11:pin-value=(secret) 34'"), ("no secret: @ all", "no secret: @ all"),
        ("@:", "@:"),
        ("a:@", "(secret)@"), ("//:@", "//(secret)@"), ("", ""),
    ]

    @Test("passwords in addresses and PINs in PKCS #11 addresses are not shown", arguments: messages)
    func message(_ text: String, _ shown: String) {
        #expect(Masking.inMessage(text) == shown)
        #expect(Masking.holdsSecret(text) == (text != shown))
    }

    private static let secrets = SettingTable.keys.filter(\.isSecret)

    @Test("PINs and passwords of all clouds are secret")
    func table() {
        let names = Set(Self.secrets.map(\.name))
        #expect(
            names == [
                "device.key_pin", "device.cryptoki.pin", "c8y.device.key_pin", "az.device.key_pin",
                "aws.device.key_pin",
                "proxy.password",
            ])
        for key in SettingTable.keys where !key.isSecret {
            let isNamedSo = ["password", "pin", "secret", "token"].contains { key.name.hasSuffix(".\($0)") }
            #expect(!isNamedSo && !key.name.hasSuffix("_pin"), "\(key.name)")
        }
    }

    @Test("no list, JSON, failed change or message contains a secret, and get prints it")
    func commands() throws {
        var fixture = try Fixture()
        fixture.isJSON = true
        let commands = SettingsCommands(in: fixture.context)
        for key in Self.secrets {
            let typed = TypedSetting(key.name, profile: nil)
            let secret = "hunter-\(key.name.count)"
            #expect(commands.set(typed, to: secret).changed)
            let listed = commands.list(all: true, doc: false, filter: key.name, isTerminal: false)
            #expect(
                listed.checkedText.contains(
                    "{\"key\":\"\(key.name)\",\"value\":null,\"origin\":\"file\",\"secret\":true}"))
            #expect(commands.get(typed).checkedText.contains("\"value\":\"\(secret)\""))
            for report in [commands.set(typed, to: "hunter\n"), commands.add(typed, "hunter\n")] {
                #expect(report.status == 1 && !report.checkedText.contains("hunter"))
            }
        }
        #expect(commands.set(TypedSetting("proxy.pasword", profile: nil), to: "hunter").status == 1)
        #expect(commands.set(TypedSetting("proxy.address", profile: nil), to: "http://a:hunter@host").status == 1)
        #expect(commands.set(TypedSetting("c8y.url", profile: nil), to: "a:hunter@host").status == 1)
        _ = commands.set(TypedSetting("c8y.url", profile: nil), to: "https://a:hunter@host/")
        #expect(!fixture.errors.contains("hunter"), "\(fixture.errors)")
        fixture.isJSON = false
        let text = SettingsCommands(in: fixture.context)
        _ = text.set(TypedSetting("device.key_uri", profile: nil), to: "pkcs11:object=k?pin-value=hunter")
        #expect(text.list(all: false, doc: false, filter: nil, isTerminal: false).status == 0)
        #expect(fixture.output.contains("proxy.password=(secret)\n"))
        #expect(fixture.output.contains("device.key_uri=pkcs11:object=k?pin-value=(secret)\n"))
        #expect(!fixture.output.contains("hunter"))
    }

    @Test("the doctor shows no password of an address that is refused, in words or JSON")
    func doctor() throws {
        let fixture = try Fixture.ready()
        try fixture.write("c8y.url = 'alice:hunter@example.com'\n", to: "tedge/tedge.toml")
        var options = Doctor.Options()
        options.only = ["settings", "known-settings", "cloud-address", "certificate"]
        let report = Doctor(.c8y, profile: nil, options: options, in: fixture.context).run()
        #expect(report.status == 1 && report.checkedText.contains("(secret)@example.com"))
        #expect(!(fixture.output + fixture.errors + report.checkedText).contains("hunter"), "\(fixture.output)")
    }
}
