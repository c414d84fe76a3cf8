import Glibc
import Testing

@testable import TedgeCore

@Suite struct DeviceInitializerTests {
    /// A device with the directories for logs and data inside.
    private func world(root: Bool = true) throws -> World {
        var world = try World()
        if root { world.accounts.caller = WorldAccounts.root }
        let paths = "logs.path = '\(world.directory.file("log"))'\ndata.path = '\(world.directory.file("data"))'\n"
        try world.write(paths, to: "tedge/tedge.toml")
        return world
    }

    private func run(_ world: World, user: String? = nil, group: String? = nil) -> CommandReport {
        DeviceInitializer(user: user, group: group, in: world.context).run()
    }

    private func owner(_ world: World, _ name: String) throws -> Owner? {
        try world.files.status(world.directory.file(name))?.owner
    }

    static let directories = [
        "tedge", "tedge/mosquitto-conf", "tedge/device-certs", "tedge/mappers", "tedge/operations",
        "tedge/operations/c8y", "tedge/plugins", "tedge/sm-plugins", "tedge/.tedge-mapper-c8y", "tedge/.agent", "log",
        "data",
    ]

    @Test("the directories are made, belong to tedge, and mosquitto includes ours")
    func makes() throws {
        let world = try world()
        let report = run(world)
        #expect(report.status == 0)
        #expect(report.changed)
        #expect(world.printed.all == "")
        for name in Self.directories {
            #expect(try owner(world, name) == Owner(user: 900, group: 901), "\(name)")
        }
        #expect(try world.files.status(world.directory.file("data"))?.mode == 0o775)
        #expect(
            world.neutral(try world.text("mosquitto.conf") ?? "")
                == "include_dir WORLD/tedge/mosquitto-conf\ninclude_dir /etc/mosquitto/conf.d\n")
    }

    @Test("the second time nothing is changed")
    func again() throws {
        let world = try world()
        _ = run(world)
        let before = try world.snapshot()
        let report = run(world)
        #expect(report.status == 0)
        #expect(!report.changed)
        #expect(try world.snapshot() == before)
    }

    @Test("user and group can be named")
    func named() throws {
        let world = try world()
        #expect(run(world, user: "mosquitto", group: "mosquitto").status == 0)
        #expect(try owner(world, "tedge") == Owner(user: 110, group: 120))
    }

    @Test("files that others have left with another owner go to tedge")
    func adopts() throws {
        let world = try world()
        try world.write("user = 'tedge'\n", to: "tedge/system.toml")
        try world.files.makeDirectory(world.path(".agent"), mode: 0o755, owner: nil)
        try world.write("{}\n", to: "tedge/.agent/entity_store.jsonl")
        #expect(run(world).status == 0)
        for name in ["tedge/system.toml", "tedge/.agent", "tedge/.agent/entity_store.jsonl"] {
            #expect(try owner(world, name) == Owner(user: 900, group: 901), "\(name)")
        }
        #expect(try owner(world, "tedge/tedge.toml") == WorldFiles.owner)
    }

    @Test("a link in the place of a file is left alone, with what it leads to")
    func link() throws {
        let world = try world()
        try world.write("user = 'tedge'\n", to: "elsewhere.toml")
        try #require(symlink(world.directory.file("elsewhere.toml"), world.path("system.toml")) == 0)
        world.files.fail(.changeOwner, "system.toml", ELOOP)
        #expect(run(world).status == 0)
        #expect(try owner(world, "elsewhere.toml") == WorldFiles.owner)
    }

    @Test("where the agent has a directory of its own, that one is looked at and no other is made")
    func agentDirectory() throws {
        let world = try world()
        let state = world.directory.file("state")
        try world.files.makeDirectory(state, mode: 0o755, owner: nil)
        try world.write("{}\n", to: "state/entity_store.jsonl")
        let paths = "logs.path = '\(world.directory.file("log"))'\ndata.path = '\(world.directory.file("data"))'\n"
        try world.write(paths + "agent.state.path = '\(state)'\n", to: "tedge/tedge.toml")
        #expect(run(world).status == 0)
        #expect(!world.files.exists(world.path(".agent")))
        #expect(try owner(world, "state/entity_store.jsonl") == Owner(user: 900, group: 901))
    }

    @Test("an empty user leaves the user of what is there, and gives the group")
    func halfAnOwner() throws {
        let world = try world()
        try world.write("user = ''\n", to: "tedge/system.toml")
        #expect(run(world).status == 0)
        #expect(try owner(world, "tedge/system.toml") == Owner(user: WorldFiles.owner.user, group: 901))
        #expect(try owner(world, "data") == Owner(user: 0, group: 901))
    }

    @Test("links to components are not made, and who asks for them is told")
    func links() throws {
        let world = try world()
        #expect(DeviceInitializer(user: nil, group: nil, in: world.context).run(links: true).status == 0)
        #expect(world.errors == "No links are made: mapper, agent and plugins are no part of this program.\n")
    }

    @Test("one who is not root makes the directories as its own and leaves mosquitto alone")
    func notRoot() throws {
        let world = try world(root: false)
        let before = try world.text("mosquitto.conf")
        #expect(run(world).status == 0)
        #expect(try owner(world, "data") == WorldAccounts.root)
        #expect(try world.text("mosquitto.conf") == before)
    }

    @Test("a user or group that is named and does not exist is an error, and nothing is changed")
    func unknown() throws {
        let world = try world()
        let before = try world.snapshot()
        let report = run(world, user: "nobody")
        #expect(report.status == 1)
        #expect(report.reason == "account-unknown")
        #expect(
            world.errors
                == "Error: failed to Initialize tedge\n\nCaused by:\n    There is no user 'nobody' on this device.\n")
        #expect(run(world, group: "nogroup").message == "There is no group 'nogroup' on this device.")
        #expect(try world.snapshot() == before)
    }

    @Test("a device without the usual user is warned of, and root owns the directories")
    func noUser() throws {
        var world = try world()
        world.accounts.users = [:]
        #expect(run(world).status == 0)
        #expect(
            world.errors
                == "Warning: There is no user 'tedge' on this device; root owns the directories of tedge.\n")
        #expect(try owner(world, "data") == Owner(user: 0, group: 901))
    }

    @Test("an empty user or group leaves root's")
    func emptyNames() throws {
        let world = try world()
        try world.write("user = ''\ngroup = ''\n", to: "tedge/system.toml")
        #expect(run(world).status == 0)
        #expect(world.printed.all == "")
        #expect(try owner(world, "data") == WorldAccounts.root)
    }

    @Test("a right that is missing is told with the directory, and what was made is gone again")
    func permission() throws {
        var world = try world()
        let before = try world.snapshot()
        world.files.fail(.makeDirectory, "/data", EACCES)
        #expect(run(world).reason == "permission-denied")
        #expect(!world.errors.contains("sudo") && world.errors.contains("\nHint: Root may not do this either: "))
        world.printed.forget()
        world.accounts.caller = WorldFiles.owner
        let report = run(world)
        #expect(report.reason == "permission-denied")
        #expect(
            world.errors == """
                Error: failed to Initialize tedge

                Caused by:
                    0: Failed to initialize tedge. You have to run tedge with sudo.
                    1: Cannot make the directory WORLD/data
                    2: Permission denied (os error 13)

                """)
        #expect(try world.snapshot() == before)
    }

    @Test("what cannot be put back is warned of")
    func notPutBack() throws {
        let world = try world()
        world.files.fail(.write, "mosquitto.conf", ENOSPC)
        world.files.fail(.remove, "/log", EBUSY)
        #expect(run(world).reason == "disk-full")
        #expect(
            world.errors.hasPrefix("Warning: Could not put back WORLD/log: Device or resource busy (os error 16)\n"))
        #expect(world.files.exists(world.directory.file("log")))
        #expect(!world.files.exists(world.directory.file("data")))
    }

    @Test("a signal ends it, and nothing is changed")
    func signal() throws {
        let world = try world()
        let before = try world.snapshot()
        world.signal.send(SIGTERM)
        let report = run(world)
        #expect(report.reason == "interrupted")
        #expect(report.message == "Interrupted by SIGTERM")
        #expect(try world.snapshot() == before)
    }

    @Test("a broken system.toml is an error before anything is changed")
    func brokenSystemFile() throws {
        let world = try world()
        try world.write("[init]\n", to: "tedge/system.toml")
        let before = try world.snapshot()
        #expect(run(world).reason == "system-file-broken")
        #expect(try world.snapshot() == before)
    }
}
