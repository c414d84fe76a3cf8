import TestSupport
import Testing

@testable import TedgeCore

/// Dry runs: what is printed and reported, and that nothing happens.
@Suite struct RehearsalTests {
    /// Rehearses a command, and checks that files, services and the cloud are left alone.
    private func rehearse(
        _ fixture: Fixture, isJSON: Bool = false, _ command: (Context) -> CommandReport
    ) throws -> CommandReport {
        let before = try fixture.snapshot()
        fixture.programs.forget()
        let report = Rehearsal.run(in: fixture.context, command)
        #expect(try fixture.snapshot() == before)
        #expect(fixture.programs.changes == [])
        #expect(fixture.web.requests.isEmpty)
        return report
    }

    private func connector(_ context: Context) -> CommandReport {
        Connector(.c8y, profile: nil, options: .init(), in: context).run()
    }

    @Test("connect shows the bridge, the settings and the services, and no step")
    func connect() throws {
        let fixture = try Fixture.ready()
        fixture.programs.on("systemctl is-enabled mosquitto", .exited(1), output: "disabled\n")
        let report = try rehearse(fixture, connector)
        #expect(report.status == 0 && report.changed && report.result == .ok)
        let text = fixture.output
        #expect(text.contains("  mqtt.bridge.built_in: (none) -> false\n"))
        #expect(text.contains("+++ WORLD/tedge/mosquitto-conf/c8y-bridge.conf\n@@ -0,0 +1,"))
        #expect(text.contains("\n+connection edge_to_c8y\n"))
        #expect(text.contains("  mosquitto: restart"))
        #expect(!text.contains("Restarting"))
        #expect(fixture.errors == "")
    }

    @Test("what would fail fails, with the reason of the real run, and shows no plan")
    func failure() throws {
        let fixture = try Fixture.ready()
        #expect(fixture.connect().status == 0)
        let report = try rehearse(fixture, connector)
        #expect(report.status == 1 && !report.changed)
        #expect(report.reason == .alreadyConnected)
        #expect(!fixture.output.contains("Dry run"))
    }

    @Test("a command that says on stderr what it has done does not say so")
    func upgrade() throws {
        let fixture = try Fixture()
        try fixture.write("[c8y]\nurl = 'a.b'\n", to: "tedge/tedge.toml")
        let report = try rehearse(fixture) { SettingsUpgrader(in: $0).run() }
        #expect(report.status == 0 && report.changed && fixture.errors == "")
        #expect(fixture.output.contains("+++ WORLD/tedge/tedge.toml.bak\n"))
    }

    @Test("on the files of the device itself a command is rehearsed as root runs it, whoever asks")
    func withoutRoot() throws {
        var fixture = try Fixture.ready()
        fixture.accounts.caller = FixtureAccounts.root
        #expect(try rehearse(fixture, connector).status == 0)
        let plan = fixture.output
        fixture.printed.forget()
        fixture.accounts.caller = FixtureFiles.owner
        #expect(try rehearse(fixture, connector).status == 0)
        #expect(fixture.output == plan && plan.contains("mosquitto: restart"))
        #expect(
            fixture.errors == "Only root can do this: with sudo, the plan also shows what other users may not read.\n")
        fixture.files.fail(.read, "tedge-private-key.pem", 13)
        fixture.printed.forget()
        let report = Rehearsal.run(in: fixture.context) {
            SigningRequestCreator(.init(cloud: nil, profile: nil, in: $0)).run(deviceID: nil, outputPath: nil)
        }
        #expect(report.status == 1 && report.hint == ErrorAdvice.useSudo, "\(fixture.printed.all)")
    }

    @Test("what a command changes before it fails is shown")
    func lateFailure() throws {
        let fixture = try Fixture.ready()
        let report = try rehearse(fixture) { context in
            _ = SettingsCommands(in: context).set(TypedSetting("c8y.topics", profile: nil), to: "c8y/x")
            return .failed("bootstrap", status: .failure, reason: .unanswered, causes: ["Nobody answers."], hint: nil)
        }
        #expect(report.status == 1 && report.changed && report.reason == .unanswered)
        #expect(
            fixture.output.hasPrefix(
                "Dry run: nothing was changed. Before it fails, the command would change this:\n\nSettings:\n"),
            "\(fixture.output)")
    }

    @Test("a command that has nothing to do says so")
    func nothing() throws {
        let fixture = try Fixture.ready()
        let report = try rehearse(fixture) { SettingsCommands(in: $0).unset(TypedSetting("c8y.topics", profile: nil)) }
        #expect(report.status == 0 && !report.changed)
        #expect(fixture.output == "Dry run: nothing would change.\n")
    }

    @Test("secrets and keys are shown nowhere")
    func secrets() throws {
        let fixture = try Fixture()
        try fixture.write(
            "[device]\nkey_pin = \"1234\"\ncryptoki = { pin = \"98765\" }\n", to: "tedge/tedge.toml")
        let report = try rehearse(fixture) {
            let report = SettingsCommands(in: $0).set(TypedSetting("c8y.url", profile: nil), to: "example.com")
            _ = CertificateCreator(CertificateSelection(cloud: nil, profile: nil, in: $0)).run(deviceID: "abc")
            return report
        }
        #expect(report.changed)
        let shown = fixture.output + report.json.text
        #expect(!shown.contains("98765"))
        #expect(!shown.contains("BEGIN"))
        #expect(shown.contains("(new private key)"))
        #expect(shown.contains("(new certificate of abc)"))
    }

    @Test("a password in a bridge is not shown")
    func password() throws {
        var fixture = try Fixture.ready("c8y.auth_method = 'basic'\ndevice.id = 'gateway-1'\n")
        try fixture.write(
            "[c8y]\nusername = 't1/gateway'\npassword = 'open sesame'\n", to: "tedge/credentials.toml", mode: 0o600)
        fixture.isJSON = true
        let report = try rehearse(fixture, connector)
        #expect(report.status == 0, "\(fixture.errors)")
        #expect(report.json.text.contains("remote_password (secret)"))
        #expect(!report.json.text.contains("open sesame"))
    }

    @Test("JSON has both sides with the same keys")
    func json() throws {
        var fixture = try Fixture()
        fixture.isJSON = true
        let report = try rehearse(fixture) {
            SettingsCommands(in: $0).set(TypedSetting("c8y.url", profile: nil), to: "example.com")
        }
        let path = fixture.path("tedge.toml")
        #expect(
            report.details == [
                .init("dry_run", .bool(true)),
                .init(
                    "diff",
                    .object([
                        .init(
                            "before",
                            .object([
                                .init("settings", .object([.init("c8y.url", .null)])),
                                .init("files", .object([.init(path, .null)])), .init("services", .object([])),
                            ])),
                        .init(
                            "after",
                            .object([
                                .init("settings", .object([.init("c8y.url", .string("example.com"))])),
                                .init("files", .object([.init(path, .string("[c8y]\nurl = \"example.com\"\n"))])),
                                .init("services", .object([])),
                            ])),
                    ])),
            ])
    }

    @Test("no lock is taken, even if another command holds it")
    func lock() throws {
        let fixture = try Fixture.ready()
        let path = ConfigurationLock.path(in: fixture.context.configurationDirectory)
        let lock = try #require(try SystemFiles().lock(path, holder: "another"))
        defer { lock.release() }
        let report = Rehearsal.run(in: fixture.context, connector)
        #expect(report.status == 0)
    }

    @Test("a download needs no password and stands a certificate in for the one that the tenant would issue")
    func download() throws {
        let fixture = try Fixture.ready()
        for name in [Fixture.certificate, Fixture.key] { try fixture.files.remove(fixture.directory.file(name)) }
        var options = DownloadOptions()
        options.deviceID = "gateway-2"
        let report = try rehearse(fixture) { CertificateDownloader(profile: nil, in: $0).run(options) }
        #expect(report.status == 0 && report.changed, "\(fixture.errors)")
        #expect(fixture.output.contains("(new certificate of gateway-2)"))
        #expect(fixture.output.contains("would issue a certificate for 'gateway-2'"))
    }
}
