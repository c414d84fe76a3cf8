import Glibc
import Testing

@testable import TedgeCore

/// A device on Debian's layout: mosquitto reads our files by links in `conf.d`.
@Suite struct LinkedDeviceTests {
    private static let main = "pid_file /x\ninclude_dir"
    private static let links = ["conf.d/tedge-c8y-bridge.conf", "conf.d/tedge-mosquitto.conf"]

    /// A device that only has to be connected, whose main file includes `conf.d`.
    private func device() throws -> Fixture {
        let fixture = try Fixture.ready()
        try fixture.files.makeDirectory(fixture.directory.file("conf.d"), mode: 0o755, owner: nil)
        try fixture.write("\(Self.main) \(fixture.directory.file("conf.d"))\n", to: "mosquitto.conf")
        return fixture
    }

    private func connected() throws -> Fixture {
        let fixture = try device()
        try #require(fixture.connect().status == 0)
        fixture.programs.forget()
        fixture.printed.forget()
        return fixture
    }

    /// The links in `conf.d`, with where they lead.
    private func links(_ fixture: Fixture) throws -> [String] {
        try fixture.files.list(fixture.directory.file("conf.d")).sorted().map { name in
            let path = fixture.directory.file("conf.d/\(name)")
            return "\(name) -> \(fixture.neutral(fixture.files.resolved(path)))"
        }
    }

    private static let both = [
        "tedge-c8y-bridge.conf -> WORLD/tedge/mosquitto-conf/c8y-bridge.conf",
        "tedge-mosquitto.conf -> WORLD/tedge/mosquitto-conf/tedge-mosquitto.conf",
    ]

    private func disconnect(_ fixture: Fixture) -> CommandReport {
        Disconnector(.c8y, profile: nil, in: fixture.context).run()
    }

    private func initialize(_ fixture: Fixture, replacesLine: Bool = false) -> CommandReport {
        DeviceInitializer(user: nil, group: nil, in: fixture.context).run(replacesLine: replacesLine)
    }

    @Test("connect links its files and leaves the main file alone; disconnect removes the link of the bridge")
    func way() throws {
        let fixture = try device()
        let main = try fixture.text("mosquitto.conf")
        #expect(fixture.connect().status == 0)
        #expect(try links(fixture) == Self.both)
        #expect(disconnect(fixture).status == 0)
        #expect(try links(fixture) == [Self.both[1]])
        #expect(fixture.connect().status == 0)
        #expect(try links(fixture) == Self.both)
        #expect(Reconnector(.c8y, profile: nil, options: .init(), in: fixture.context).run().status == 0)
        #expect(try links(fixture) == Self.both)
        #expect(try fixture.text("mosquitto.conf") == main)
    }

    @Test("links that are there are kept up if another service manager is set up later; without any there are none")
    func otherManager() throws {
        let fixture = try connected()
        let main = try fixture.text("mosquitto.conf")
        try fixture.useOpenRC()
        fixture.programs.install(["tedge-mapper", "rc-service", "rc-update"])
        #expect(disconnect(fixture).status == 0)
        #expect(try links(fixture) == [Self.both[1]])
        #expect(fixture.connect().status == 0)
        #expect(try links(fixture) == Self.both)
        #expect(Reconnector(.c8y, profile: nil, options: .init(), in: fixture.context).run().status == 0)
        #expect(try links(fixture) == Self.both)
        #expect(try fixture.text("mosquitto.conf") == main)
        let other = try device()
        try other.useOpenRC()
        other.programs.install(["tedge-mapper", "rc-service", "rc-update"])
        #expect(other.connect().status == 0)
        #expect(try links(other) == [])
        let warning =
            "Warning: WORLD/mosquitto.conf does not have mosquitto read WORLD/tedge/mosquitto-conf. If mosquitto is started with that "
            + "file, run 'sudo tedge init', and then this command again.\n"
        #expect(other.errors.contains(warning) && !fixture.errors.contains("does not have mosquitto read"))
        #expect(try other.neutral(other.text("mosquitto.conf") ?? "") == fixture.neutral(main ?? "-"))
    }

    @Test("listeners that are switched off lose their link before their file")
    func noListeners() throws {
        let fixture = try connected()
        try fixture.configure("mqtt.bridge.built_in = false\nmqtt.bind.enabled = false\n")
        #expect(BridgeRefresher(in: fixture.context).run().status == 0)
        #expect(try links(fixture) == [Self.both[0]])
    }

    @Test(
        "a step that fails leaves no link and no half state",
        arguments: [
            (FileError.Operation.create, "/tedge-mosquitto.conf", ENOSPC),
            (.create, "/tedge-c8y-bridge.conf", EROFS), (.create, "/tedge-c8y-bridge.conf", EACCES),
            (.write, "/c8y-bridge.conf", ENOSPC), (.write, "/tedge-mosquitto.conf", ENOSPC),
            (.write, "/tedge.toml", ENOSPC),
        ])
    func fails(_ operation: FileError.Operation, _ suffix: String, _ code: Int32) throws {
        let fixture = try device()
        fixture.files.fail(operation, suffix, code)
        let before = try fixture.snapshot()
        #expect(fixture.connect().status == 1)
        #expect(try fixture.snapshot() == before)
        fixture.files.heal()
        #expect(fixture.connect().status == 0)
        #expect(try links(fixture) == Self.both)
    }

    @Test("a mosquitto that does not start with the links gets its files back")
    func brokerFails() throws {
        let fixture = try device()
        let before = try fixture.snapshot()
        fixture.programs.on("systemctl restart mosquitto", inTurn: .exited(1), .exited(0))
        #expect(fixture.connect().reason == "service-command-failed")
        #expect(try fixture.snapshot().filter { !$0.contains(".rejected ") } == before)
        let other = try connected()
        let right = try other.snapshot()
        other.programs.on("systemctl restart mosquitto", inTurn: .exited(1), .exited(0))
        #expect(disconnect(other).status == 1)
        #expect(try other.snapshot() == right)
    }

    @Test("a disconnect that cannot remove the link changes nothing")
    func disconnectFails() throws {
        for suffix in ["/tedge-c8y-bridge.conf", "/c8y-bridge.conf"] {
            let fixture = try connected()
            let before = try fixture.snapshot()
            fixture.files.fail(.remove, suffix, EBUSY)
            #expect(disconnect(fixture).status == 1)
            #expect(try fixture.snapshot() == before, "\(suffix)")
        }
    }

    @Test("somebody else's file with the name of a link stays, and mosquitto reads our directory by the line")
    func foreignFile() throws {
        let fixture = try device()
        try fixture.write("max_keepalive 60\n", to: Self.links[0])
        #expect(fixture.connect().status == 0)
        #expect(try fixture.text(Self.links[0]) == "max_keepalive 60\n")
        #expect(try links(fixture).count == 1)
        #expect(try fixture.text("mosquitto.conf")?.contains("include_dir \(fixture.path("mosquitto-conf"))\n") == true)
    }

    @Test("a link that is missing is found by the doctor, and refresh-bridges or init creates it")
    func missing() throws {
        for name in Self.links {
            let fixture = try connected()
            let right = try fixture.snapshot()
            _ = try fixture.files.remove(fixture.directory.file(name))
            let report = BridgeRefresher(in: fixture.context).run()
            #expect(report.status == 0 && report.changed)
            #expect(try fixture.snapshot() == right)
            #expect(fixture.programs.changes == ["systemctl restart mosquitto"])
            #expect(!BridgeRefresher(in: fixture.context).run().changed)
            _ = try fixture.files.remove(fixture.directory.file(name))
            #expect(initialize(fixture).status == 0)
            #expect(try links(fixture) == Self.both)
            // mosquitto has to read it.
            #expect(fixture.files.exists(fixture.path("mosquitto-conf/tedge-mosquitto.conf.unread")))
        }
    }

    @Test("a link of ours that leads nowhere is removed by init, and by the next change")
    func dangling() throws {
        for isInit in [true, false] {
            let fixture = try connected()
            let target = fixture.path("mosquitto-conf/az-bridge.conf")
            try #require(symlink(target, fixture.directory.file("conf.d/tedge-az-bridge.conf")) == 0)
            #expect(isInit ? initialize(fixture).changed : BridgeRefresher(in: fixture.context).run().changed)
            #expect(try links(fixture) == Self.both)
        }
    }

    @Test("a line that another package adds beside the links is kept, and init removes the links")
    func lineBesideLinks() throws {
        let fixture = try connected()
        let line = "include_dir \(fixture.path("mosquitto-conf"))\n"
        try fixture.write(line + (try fixture.text("mosquitto.conf") ?? ""), to: "mosquitto.conf")
        let main = try fixture.text("mosquitto.conf")
        #expect(initialize(fixture).changed)
        #expect(try links(fixture) == [] && fixture.text("mosquitto.conf") == main)
        #expect(fixture.files.exists(fixture.path("mosquitto-conf/tedge-mosquitto.conf.unread")))
        let other = try connected()
        let directory = other.path("mosquitto-conf")
        try other.write("include_dir \(directory)\n" + (try other.text("mosquitto.conf") ?? ""), to: "mosquitto.conf")
        #expect(disconnect(other).status == 0)
        #expect(try links(other) == [Self.both[1]])
    }

    @Test("init links existing files once; a service that starts it while another command runs does not wait")
    func initialized() throws {
        let fixture = try connected()
        #expect(try fixture.files.list(fixture.directory.file("conf.d")).count == 2)
        _ = initialize(fixture)
        let before = try fixture.snapshot()
        let lock = ConfigurationLock.path(in: fixture.context.configurationDirectory)
        let held = try fixture.files.lock(lock, holder: "connect")
        #expect(held != nil)
        var context = fixture.context
        context.lockTimeout = 0
        let report = DeviceInitializer(user: nil, group: nil, in: context).run()
        #expect(report.status == 0 && !report.changed)
        held?.release()
        #expect(try fixture.snapshot() == before)
    }

    @Test("the line of an earlier release is replaced by links without a restart, once, and only if asked to")
    func migrated() throws {
        let fixture = try connected()
        for name in Self.links { _ = try fixture.files.remove(fixture.directory.file(name)) }
        let main = try fixture.text("mosquitto.conf") ?? ""
        let line = "include_dir \(fixture.path("mosquitto-conf"))\n"
        let earlier = main.replacing("include_dir", with: line + "include_dir")
        try fixture.write(earlier, to: "mosquitto.conf")
        _ = initialize(fixture)
        #expect(try fixture.text("mosquitto.conf") == earlier)
        fixture.files.fail(.create, "/tedge-mosquitto.conf", ENOSPC)
        let before = try fixture.snapshot()
        #expect(initialize(fixture, replacesLine: true).status == 1)
        #expect(try fixture.snapshot() == before)
        fixture.files.heal()
        #expect(initialize(fixture, replacesLine: true).changed)
        #expect(try fixture.text("mosquitto.conf") == main && links(fixture) == Self.both)
        #expect(!initialize(fixture, replacesLine: true).changed)
        #expect(!fixture.files.exists(fixture.path("mosquitto-conf/tedge-mosquitto.conf.unread")))
        #expect(!BridgeRefresher(in: fixture.context).run().changed)
        #expect(fixture.programs.changes == [])
    }

    @Test("a line that cannot be replaced stays, with the reason")
    func notMigrated() throws {
        let fixture = try device()
        let text = "include_dir \(fixture.path("mosquitto-conf"))\n"
        try fixture.write(text, to: "mosquitto.conf")
        let report = initialize(fixture, replacesLine: true)
        #expect(report.status == 0)
        #expect(try fixture.text("mosquitto.conf") == text)
        #expect(
            fixture.neutral(fixture.printed.all).contains(
                "The include line in WORLD/mosquitto.conf stays: WORLD/mosquitto.conf does not include WORLD/conf.d exactly "
                    + "once."))
    }

    @Test("another configuration directory changes nothing of mosquitto until init is told to, and then by the line")
    func foreign() throws {
        let fixture = try device()
        var context = fixture.context
        context.ownsMosquitto = false
        let outside = { try fixture.snapshot().filter { $0.hasPrefix("conf.d") || $0.hasPrefix("mosquitto.conf") } }
        let before = try outside()
        #expect(DeviceInitializer(user: nil, group: nil, in: context).run(replacesLine: true).status == 0)
        let report = Connector(.c8y, profile: nil, options: .init(), in: context).run()
        #expect(report.reason == "include-line-missing")
        for command in [
            { Reconnector(.c8y, profile: nil, options: .init(), in: context).run() },
            { Disconnector(.c8y, profile: nil, in: context).run() }, { BridgeRefresher(in: context).run() },
        ] { _ = command() }
        #expect(try outside() == before)
        let main = fixture.directory.file("mosquitto.conf")
        #expect(DeviceInitializer(user: nil, group: nil, mosquittoConfiguration: main, in: context).run().status == 0)
        #expect(try fixture.text("mosquitto.conf")?.contains("include_dir \(fixture.path("mosquitto-conf"))\n") == true)
        let told = try outside()
        #expect(Connector(.c8y, profile: nil, options: .init(), in: context).run().status == 0)
        #expect(try outside() == told)
    }

    private func doctor(_ fixture: Fixture, _ check: CheckID) -> CheckOutcome {
        DoctorRun(.c8y, profile: nil, until: .now + .seconds(9), in: fixture.context).outcome(of: check)
    }

    @Test("the doctor sees a link that is missing, one that leads nowhere, and a file that is read twice")
    func diagnosed() throws {
        let fixture = try connected()
        #expect(doctor(fixture, .includeLine) == .ok(fixture.directory.file(Self.links[0])))
        _ = try fixture.files.remove(fixture.directory.file(Self.links[0]))
        #expect(doctor(fixture, .includeLine).reason == "include-line-missing")
        let repair = "Run 'sudo tedge init && sudo systemctl restart mosquitto'."
        #expect(doctor(fixture, .includeLine).diagnosis?.hint == repair)
        _ = initialize(fixture)
        try fixture.write(
            "include_dir \(fixture.path("mosquitto-conf"))\n" + (try fixture.text("mosquitto.conf") ?? ""),
            to: "mosquitto.conf")
        #expect(doctor(fixture, .includeLine).reason == "include-line-twice")
        #expect(doctor(fixture, .includeLine).diagnosis?.hint == repair)
        let run = DoctorRun(.c8y, profile: nil, until: .now + .seconds(9), in: fixture.context)
        #expect(run.danglingLink() == nil)
        let link = fixture.directory.file("conf.d/tedge-az-bridge.conf")
        try #require(symlink(fixture.path("mosquitto-conf/az-bridge.conf"), link) == 0)
        #expect(run.danglingLink()?.id == "mosquitto-configuration-rejected")
        #expect(
            run.danglingLink()?.seen.map(fixture.neutral)?.hasPrefix("WORLD/conf.d/tedge-az-bridge.conf leads to")
                == true)
    }

    @Test("beside thin-edge.io's program init makes the links of its components, and changes nothing that exists")
    func components() throws {
        let fixture = try device()
        try fixture.files.makeDirectory(fixture.directory.file("bin"), mode: 0o755, owner: nil)
        #expect(initialize(fixture).status == 0)
        #expect(try fixture.files.list(fixture.directory.file("bin")) == [])
        try fixture.files.makeDirectory(fixture.directory.file("lib"), mode: 0o755, owner: nil)
        try fixture.write("#!/bin/sh\n", to: "lib/tedge", mode: 0o755)
        try fixture.write("own\n", to: "bin/tedge-agent")
        #expect(initialize(fixture).changed)
        let names = try fixture.files.list(fixture.directory.file("bin"))
        #expect(names.count == 10 && names.contains("tedge-mapper") && names.contains("tedge-write"))
        #expect(
            fixture.files.resolved(fixture.directory.file("bin/tedge-mapper")) == fixture.directory.file("bin/tedge"))
        #expect(try fixture.text("bin/tedge-agent") == "own\n")
        #expect(!initialize(fixture).changed)
    }
}
