import Glibc
import Testing

@testable import TedgeCore

@Suite struct DeviceInitializerTests {
    /// A device with the directories for logs and data inside.
    private func fixture(root: Bool = true) throws -> Fixture {
        var fixture = try Fixture()
        if root { fixture.accounts.caller = FixtureAccounts.root }
        let paths = "logs.path = '\(fixture.directory.file("log"))'\ndata.path = '\(fixture.directory.file("data"))'\n"
        try fixture.write(paths, to: "tedge/tedge.toml")
        return fixture
    }

    private func run(_ fixture: Fixture, user: String? = nil, group: String? = nil) -> CommandReport {
        DeviceInitializer(user: user, group: group, in: fixture.context).run()
    }

    private func owner(_ fixture: Fixture, _ name: String) throws -> Owner? {
        try fixture.files.status(fixture.directory.file(name))?.owner
    }

    static let directories = [
        "tedge", "tedge/mosquitto-conf", "tedge/device-certs", "tedge/mappers", "tedge/operations",
        "tedge/operations/c8y", "tedge/plugins", "tedge/sm-plugins", "tedge/.tedge-mapper-c8y", "tedge/.agent", "log",
        "data",
    ]

    @Test("the directories are made, belong to tedge, and mosquitto includes ours")
    func makes() throws {
        let fixture = try fixture()
        let report = run(fixture)
        #expect(report.status == 0)
        #expect(report.changed)
        #expect(fixture.printed.all == "")
        for name in Self.directories {
            #expect(try owner(fixture, name) == Owner(user: 900, group: 901), "\(name)")
        }
        #expect(try fixture.files.status(fixture.directory.file("data"))?.mode == 0o775)
        #expect(
            fixture.neutral(try fixture.text("mosquitto.conf") ?? "")
                == "include_dir WORLD/tedge/mosquitto-conf\ninclude_dir /etc/mosquitto/conf.d\n")
    }

    @Test("the second time nothing is changed")
    func again() throws {
        let fixture = try fixture()
        _ = run(fixture)
        let before = try fixture.snapshot()
        let report = run(fixture)
        #expect(report.status == 0)
        #expect(!report.changed)
        #expect(try fixture.snapshot() == before)
    }

    @Test("user and group can be named")
    func named() throws {
        let fixture = try fixture()
        #expect(run(fixture, user: "mosquitto", group: "mosquitto").status == 0)
        #expect(try owner(fixture, "tedge") == Owner(user: 110, group: 120))
    }

    @Test("files with another owner are given to tedge")
    func adopts() throws {
        let fixture = try fixture()
        try fixture.write("user = 'tedge'\n", to: "tedge/system.toml")
        try fixture.files.makeDirectory(fixture.path(".agent"), mode: 0o755, owner: nil)
        try fixture.write("{}\n", to: "tedge/.agent/entity_store.jsonl")
        #expect(run(fixture).status == 0)
        for name in ["tedge/system.toml", "tedge/.agent", "tedge/.agent/entity_store.jsonl"] {
            #expect(try owner(fixture, name) == Owner(user: 900, group: 901), "\(name)")
        }
        #expect(try owner(fixture, "tedge/tedge.toml") == FixtureFiles.owner)
    }

    @Test("a link instead of a file is left alone, with its target")
    func link() throws {
        let fixture = try fixture()
        try fixture.write("user = 'tedge'\n", to: "elsewhere.toml")
        try #require(symlink(fixture.directory.file("elsewhere.toml"), fixture.path("system.toml")) == 0)
        fixture.files.fail(.changeOwner, "system.toml", ELOOP)
        #expect(run(fixture).status == 0)
        #expect(try owner(fixture, "elsewhere.toml") == FixtureFiles.owner)
    }

    @Test("if the agent has a directory of its own, that one is used and no other is created")
    func agentDirectory() throws {
        let fixture = try fixture()
        let state = fixture.directory.file("state")
        try fixture.files.makeDirectory(state, mode: 0o755, owner: nil)
        try fixture.write("{}\n", to: "state/entity_store.jsonl")
        let paths = "logs.path = '\(fixture.directory.file("log"))'\ndata.path = '\(fixture.directory.file("data"))'\n"
        try fixture.write(paths + "agent.state.path = '\(state)'\n", to: "tedge/tedge.toml")
        #expect(run(fixture).status == 0)
        #expect(!fixture.files.exists(fixture.path(".agent")))
        #expect(try owner(fixture, "state/entity_store.jsonl") == Owner(user: 900, group: 901))
    }

    @Test("an empty user leaves the user of what is there, and gives the group")
    func halfAnOwner() throws {
        let fixture = try fixture()
        try fixture.write("user = ''\n", to: "tedge/system.toml")
        #expect(run(fixture).status == 0)
        #expect(try owner(fixture, "tedge/system.toml") == Owner(user: FixtureFiles.owner.user, group: 901))
        #expect(try owner(fixture, "data") == Owner(user: 0, group: 901))
    }

    @Test("links to components are not created, and a note says so")
    func links() throws {
        let fixture = try fixture()
        #expect(DeviceInitializer(user: nil, group: nil, in: fixture.context).run(links: true).status == 0)
        #expect(fixture.errors == "No links were created: mapper, agent and plugins are not part of this program.\n")
    }

    @Test("without root, the directories belong to the caller and mosquitto is left alone")
    func notRoot() throws {
        let fixture = try fixture(root: false)
        let before = try fixture.text("mosquitto.conf")
        #expect(run(fixture).status == 0)
        #expect(try owner(fixture, "data") == FixtureAccounts.root)
        #expect(try fixture.text("mosquitto.conf") == before)
    }

    @Test("a given user or group that does not exist is an error, and nothing is changed")
    func unknown() throws {
        let fixture = try fixture()
        let before = try fixture.snapshot()
        let report = run(fixture, user: "nobody")
        #expect(report.status == 1)
        #expect(report.reason == "account-unknown")
        #expect(
            fixture.errors
                == "Error: failed to Initialize tedge\n\nCaused by:\n    There is no user 'nobody' on this device.\n")
        #expect(run(fixture, group: "nogroup").message == "There is no group 'nogroup' on this device.")
        #expect(try fixture.snapshot() == before)
    }

    @Test("if the device lacks the default user, a warning says so and root owns the directories")
    func noUser() throws {
        var fixture = try fixture()
        fixture.accounts.users = [:]
        #expect(run(fixture).status == 0)
        #expect(
            fixture.errors
                == "Warning: There is no user 'tedge' on this device; root owns the directories of tedge.\n")
        #expect(try owner(fixture, "data") == Owner(user: 0, group: 901))
    }

    @Test("an empty user or group leaves root's")
    func emptyNames() throws {
        let fixture = try fixture()
        try fixture.write("user = ''\ngroup = ''\n", to: "tedge/system.toml")
        #expect(run(fixture).status == 0)
        #expect(fixture.printed.all == "")
        #expect(try owner(fixture, "data") == FixtureAccounts.root)
    }

    @Test("a missing permission is reported with the directory, and new directories are removed again")
    func permission() throws {
        var fixture = try fixture()
        let before = try fixture.snapshot()
        fixture.files.fail(.makeDirectory, "/data", EACCES)
        #expect(run(fixture).reason == "permission-denied")
        #expect(!fixture.errors.contains("sudo") && fixture.errors.contains("\nHint: Root may not do this either: "))
        fixture.printed.forget()
        fixture.accounts.caller = FixtureFiles.owner
        let report = run(fixture)
        #expect(report.reason == "permission-denied")
        #expect(
            fixture.errors == """
                Error: failed to Initialize tedge

                Caused by:
                    0: Failed to initialize tedge. You have to run tedge with sudo.
                    1: Cannot make the directory WORLD/data
                    2: Permission denied (os error 13)

                """)
        #expect(try fixture.snapshot() == before)
    }

    @Test("a warning names what cannot be restored")
    func notPutBack() throws {
        let fixture = try fixture()
        fixture.files.fail(.write, "mosquitto.conf", ENOSPC)
        fixture.files.fail(.remove, "/log", EBUSY)
        #expect(run(fixture).reason == "disk-full")
        #expect(
            fixture.errors.hasPrefix("Warning: Could not restore WORLD/log: Device or resource busy (os error 16)\n"))
        #expect(fixture.files.exists(fixture.directory.file("log")))
        #expect(!fixture.files.exists(fixture.directory.file("data")))
    }

    @Test("a signal ends it, and nothing is changed")
    func signal() throws {
        let fixture = try fixture()
        let before = try fixture.snapshot()
        fixture.signal.send(SIGTERM)
        let report = run(fixture)
        #expect(report.reason == "interrupted")
        #expect(report.message == "Interrupted by SIGTERM")
        #expect(try fixture.snapshot() == before)
    }

    @Test("a broken system.toml is an error before anything is changed")
    func brokenSystemFile() throws {
        let fixture = try fixture()
        try fixture.write("[init]\n", to: "tedge/system.toml")
        let before = try fixture.snapshot()
        #expect(run(fixture).reason == "system-file-broken")
        #expect(try fixture.snapshot() == before)
    }
}
