import Testing

@testable import TedgeCore

/// `config upgrade` as a command.
@Suite struct SettingsUpgraderTests {
    private static let file = "# ours\n[c8y]\nurl = 'a.b'\n[c8y.profiles.p]\nurl = 'c.d'\n"

    private func fixture(_ text: String? = file, mode: UInt16 = 0o640) throws -> Fixture {
        let fixture = try Fixture()
        if let text { try fixture.write(text, to: "tedge/tedge.toml", mode: mode) }
        return fixture
    }

    @Test("says what it did on stderr, and keeps the file as it was")
    func success() throws {
        let fixture = try fixture()
        let report = SettingsUpgrader(in: fixture.context).run()
        #expect(report.status == 0 && report.changed && report.result == .ok)
        #expect(
            fixture.errors == """
                Configuration updates completed successfully.
                Your original configuration has been backed up to: WORLD/tedge/tedge.toml.bak in case the old configuration \
                must be restored.
                You may delete it after validating that your upgraded configuration is working.

                """)
        #expect(fixture.output == "")
        #expect(try fixture.text("tedge/tedge.toml.bak") == Self.file)
        #expect(try fixture.text("tedge/tedge.toml") == "[config]\nversion = \"2\"\n")
        #expect(try fixture.text("tedge/mappers/c8y/mapper.toml") == "cloud_type = \"c8y\"\n# ours\nurl = 'a.b'\n")
        #expect(try fixture.text("tedge/mappers/c8y.p/mapper.toml") == "cloud_type = \"c8y\"\nurl = 'c.d'\n")
        for name in ["tedge.toml", "tedge.toml.bak", "mappers/c8y/mapper.toml", "mappers/c8y.p/mapper.toml"] {
            #expect(try fixture.files.status(fixture.path(name))?.mode == 0o640, "\(name)")
        }
        #expect(!fixture.files.exists(fixture.path(".upgrade.unfinished")))
        #expect(report.checkedText.contains("tedge.toml.bak"))
    }

    @Test("as root, new files get the owner of the old file")
    func owners() throws {
        var fixture = try fixture()
        fixture.accounts.caller = FixtureAccounts.root
        _ = SettingsUpgrader(in: fixture.context).run()
        for name in ["tedge.toml.bak", "mappers/c8y/mapper.toml", "mappers/c8y.p/mapper.toml"] {
            #expect(try fixture.files.status(fixture.path(name))?.owner == FixtureFiles.owner, "\(name)")
        }
    }

    @Test("says that nothing is to be done, and changes nothing", arguments: [nil, "", "[device]\ntype = 'x'\n"])
    func nothing(_ text: String?) throws {
        let fixture = try fixture(text)
        let before = try fixture.snapshot().filter { !$0.contains(".tedge.lock") }
        let report = SettingsUpgrader(in: fixture.context).run()
        #expect(report.status == 0 && !report.changed)
        #expect(fixture.errors == "Configuration is already up to date, nothing was migrated.\n")
        #expect(try fixture.snapshot().filter { !$0.contains(".tedge.lock") } == before)
    }

    @Test("an existing backup is kept, unless it is the same")
    func backups() throws {
        let fixture = try fixture()
        try fixture.write("older\n", to: "tedge/tedge.toml.bak")
        #expect(SettingsUpgrader(in: fixture.context).run().status == 0)
        #expect(fixture.errors.contains("WORLD/tedge/tedge.toml.bak.1 in case"))
        #expect(try fixture.text("tedge/tedge.toml.bak") == "older\n")
        #expect(try fixture.text("tedge/tedge.toml.bak.1") == Self.file)
        let again = try self.fixture()
        try again.write(Self.file, to: "tedge/tedge.toml.bak")
        #expect(SettingsUpgrader(in: again.context).run().status == 0)
        #expect(again.errors.contains("WORLD/tedge/tedge.toml.bak in case"))
        #expect(try again.text("tedge/tedge.toml.bak.1") == nil)
    }

    @Test(
        "a failure in the middle restores everything",
        arguments: [
            "tedge.toml.bak", "mappers/c8y/mapper.toml", "mappers/c8y.p/mapper.toml", "tedge/tedge.toml",
            ".upgrade.unfinished",
        ])
    func failure(_ file: String) throws {
        let fixture = try fixture()
        let before = try fixture.snapshot().filter { !$0.contains(".tedge.lock") }
        fixture.files.fail(.write, file, 28)
        let report = SettingsUpgrader(in: fixture.context).run()
        #expect(report.status == 1 && report.reason == "disk-full")
        #expect(
            fixture.errors.hasPrefix(
                """
                Error: failed to upgrade the configuration format

                Caused by:
                    0: Failed to migrate mapper configurations. Fix the underlying issue and run 'tedge config upgrade' again \
                to retry.
                    1: Cannot write WORLD/tedge/
                """))
        fixture.files.heal()
        #expect(try fixture.snapshot().filter { !$0.contains(".tedge.lock") } == before)
    }

    @Test("a signal restores everything")
    func signal() throws {
        let fixture = try fixture()
        fixture.signal.send(15)
        #expect(SettingsUpgrader(in: fixture.context).run().status == 1)
        #expect(try fixture.text("tedge/tedge.toml") == Self.file)
        #expect(try fixture.text("tedge/tedge.toml.bak") == nil)
    }

    @Test("a broken file is reported and left alone")
    func broken() throws {
        let fixture = try fixture("[")
        #expect(SettingsUpgrader(in: fixture.context).run().reason == "settings-broken")
        #expect(fixture.errors.contains("tedge.toml, line 1, column 2"))
        #expect(try fixture.text("tedge/tedge.toml") == "[")
    }

    @Test("a run after a killed one completes everything")
    func afterKill() throws {
        let fixture = try fixture()
        try fixture.files.makeDirectory(fixture.path("mappers/c8y.p"), mode: 0o755, owner: nil)
        try fixture.write("cloud_type = \"c8y\"\n", to: "tedge/mappers/c8y.p/mapper.toml")
        try fixture.write("tedge config upgrade\n", to: "tedge/.upgrade.unfinished")
        #expect(SettingsUpgrader(in: fixture.context).run().status == 0)
        #expect(try fixture.text("tedge/mappers/c8y.p/mapper.toml") == "cloud_type = \"c8y\"\nurl = 'c.d'\n")
        #expect(!fixture.files.exists(fixture.path(".upgrade.unfinished")))
    }

    @Test("the mark of a run that was killed at its very end is removed")
    func staleMark() throws {
        let fixture = try fixture("[config]\nversion = \"2\"\n")
        try fixture.write("tedge config upgrade\n", to: "tedge/.upgrade.unfinished")
        #expect(SettingsUpgrader(in: fixture.context).run().status == 0)
        #expect(fixture.errors == "Configuration is already up to date, nothing was migrated.\n")
        #expect(!fixture.files.exists(fixture.path(".upgrade.unfinished")))
    }
}
