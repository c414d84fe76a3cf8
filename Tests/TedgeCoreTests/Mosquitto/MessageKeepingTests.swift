import TestSupport
import Testing

@testable import TedgeCore

/// What mosquitto as a whole needs so that it keeps messages of durable bridges.
@Suite struct MessageKeepingTests {
    private static let file = "tedge/mosquitto-conf/tedge-durable.conf"
    private static let place = "persistence true\npersistence_location DIRECTORY/\n"

    /// A device with a directory for saved messages.
    private func ready(_ lines: String = "", owner: String = place) throws -> Fixture {
        let fixture = try Fixture.ready(lines)
        _ = try fixture.files.makeDirectory(fixture.directory.file("saved"), mode: 0o777, owner: nil)
        try fixture.files.changeMode(fixture.directory.file("saved"), to: 0o777)
        try fixture.write(
            owner.replacing("DIRECTORY", with: fixture.directory.file("saved"))
                + "include_dir \(fixture.path("mosquitto-conf"))\n", to: "mosquitto.conf")
        fixture.programs.on("mosquitto -h", .exited(3), output: "mosquitto version 2.0.21\n")
        return fixture
    }

    private func connect(
        _ fixture: Fixture, _ cloud: CloudName = .c8y, isDurable: Bool = true, isIfNeeded: Bool = false
    ) -> CommandReport {
        var options = Connector.Options()
        (options.isDurable, options.isIfNeeded) = (isDurable, isIfNeeded)
        return Connector(cloud, profile: nil, options: options, in: fixture.context).run()
    }

    private func queue(_ fixture: Fixture) -> CheckOutcome {
        DoctorRun(.c8y, profile: nil, until: .now + .seconds(5), in: fixture.context).outcome(of: "message-queue")
    }

    @Test("connect --durable writes what the owner has not said, says so, and is remembered")
    func connects() throws {
        let fixture = try ready()
        #expect(connect(fixture).status == 0, "\(fixture.errors)")
        let text = try #require(try fixture.text(Self.file))
        #expect(
            text.split(separator: "\n").dropFirst() == [
                "autosave_on_changes true", "autosave_interval 1", "max_queued_messages 100000",
                "max_queued_bytes 67108864",
            ])
        #expect(fixture.errors.contains("mosquitto as a whole gets these settings (WORLD/\(Self.file)): autosave_on"))
        #expect(try fixture.text("tedge/tedge.toml")?.contains("bridge.durable = true") == true)
        #expect(try fixture.text(Fixture.bridge)?.contains("\nrestart_timeout 5 600 300\n") == true)
        #expect(queue(fixture) == .ok("they are"))

        _ = Reconnector(.c8y, profile: nil, options: .init(), in: fixture.context).run()
        #expect(try fixture.text(Self.file) == text)
    }

    @Test("without --durable nothing of it is there, and the doctor leaves its check out")
    func plain() throws {
        let fixture = try ready()
        #expect(connect(fixture, isDurable: false).status == 0)
        #expect(try fixture.text(Self.file) == nil)
        #expect(try fixture.text(Fixture.bridge)?.contains("restart_timeout") == false)
        #expect(queue(fixture).state == .skipped)
    }

    @Test("a connection that is there is told how it becomes durable, and --if-needed makes it so, once")
    func later() throws {
        let fixture = try ready()
        #expect(connect(fixture, isDurable: false).status == 0)
        let refused = connect(fixture)
        #expect(
            refused.reason == "already-connected" && refused.hint?.contains("tedge reconnect c8y --durable") == true)
        #expect(try fixture.text(Self.file) == nil)
        let changed = connect(fixture, isIfNeeded: true)
        #expect(changed.status == 0 && changed.changed)
        #expect(try fixture.text(Self.file) != nil)
        fixture.programs.forget()
        #expect(!connect(fixture, isIfNeeded: true).changed || !fixture.programs.changes.contains("restart"))
    }

    @Test("disconnect of the last durable bridge takes the file away, and of another one leaves it")
    func disconnects() throws {
        let fixture = try ready(
            "az.url = 'cloud.example.com'\naz.root_cert_path = '/etc/ssl/certs'\naz.bridge.durable = true\n")
        try fixture.files.makeDirectory(fixture.directory.file("roots2"), mode: 0o755, owner: nil)
        #expect(connect(fixture).status == 0)
        try fixture.write("connection edge_to_az\n", to: "tedge/mosquitto-conf/az-bridge.conf")
        #expect(Disconnector(.c8y, profile: nil, in: fixture.context).run().status == 0)
        #expect(try fixture.text(Self.file) != nil)
        #expect(Disconnector(.az, profile: nil, in: fixture.context).run().status == 0)
        #expect(try fixture.text(Self.file) == nil)
    }

    @Test("refresh-bridges follows the setting")
    func refreshes() throws {
        let fixture = try ready()
        #expect(connect(fixture).status == 0)
        _ = SettingsCommands(in: fixture.context).set(
            TypedSetting("mqtt.bridge.save_interval", profile: nil), to: "30s")
        #expect(BridgeRefresher(in: fixture.context).run().changed)
        #expect(try fixture.text(Self.file)?.contains("\nautosave_interval 30\n") == true)
        #expect(try fixture.text(Self.file)?.contains("autosave_on_changes") == false)
        _ = SettingsCommands(in: fixture.context).set(TypedSetting("c8y.bridge.durable", profile: nil), to: "false")
        #expect(BridgeRefresher(in: fixture.context).run().changed)
        #expect(try fixture.text(Self.file) == nil)
    }

    @Test("a failure takes everything back")
    func undone() throws {
        let fixture = try ready()
        let before = try fixture.snapshot()
        fixture.programs.on("systemctl restart mosquitto", .exited(1), error: "Job failed.\n")
        #expect(connect(fixture).status == 1)
        let after = try fixture.snapshot().filter { entry in
            // The restart that undoes it fails as well.
            ![".rejected", ".unread"].contains { entry.contains($0) }
        }
        #expect(after == before, "\(Set(after).symmetricDifference(before))")
    }

    static let owners: [(lines: String, written: [String])] = [
        (
            "",
            [
                "persistence", "persistence_location", "autosave_on_changes", "autosave_interval",
                "max_queued_messages",
                "max_queued_bytes",
            ]
        ),
        (
            "retained_persistence true\n",
            [
                "persistence_location", "autosave_on_changes", "autosave_interval",
                "max_queued_messages", "max_queued_bytes",
            ]
        ),
        ("persistence true\npersistence_location /x/\nautosave_interval 30\nmax_queued_messages 0\n", []),
        ("max_queued_bytes 1000000\nautosave_on_changes true\n", ["persistence", "persistence_location"]),
        ("plugin /usr/lib/mosquitto_persist_sqlite.so\n", ["max_queued_messages", "max_queued_bytes"]),
    ]

    @Test("of lines that belong together none is written if the owner has one", arguments: owners)
    func beside(_ lines: String, _ written: [String]) throws {
        let broker = try BrokerFixture(lines)
        let keeping = try keeping(try Fixture.ready())
        #expect(
            try keeping.lines(besides: broker.read.lines).compactMap { $0.split(separator: " ").first.map(String.init) }
                == written)
    }

    @Test("if it is unknown what mosquitto reads, nothing is said of where it saves")
    func unknown() throws {
        #expect(try keeping(try Fixture.ready()).lines(besides: nil).allSatisfy { !$0.hasPrefix("persistence") })
    }

    private func keeping(_ fixture: Fixture) throws -> MessageKeeping {
        let context = fixture.context
        return MessageKeeping(
            settings: try Settings.load(from: context.settingsSource), context: context,
            manager: ServiceManager(SystemSettings(path: ""), in: context))
    }

    static let obstacles: [(owner: String, reason: ReasonID, isFatal: Bool)] = [
        ("persistence false\n", "messages-not-kept", true),
        ("persistence true\npersistence_location DIRECTORY/none/\n", "persistence-not-writable", true),
        (place + "max_queued_messages 100\n", "messages-not-kept", false),
        (place + "autosave_interval 1800\n", "messages-not-kept", false),
        (place + "autosave_interval 0\n", "messages-not-kept", false),
    ]

    @Test("what the owner's lines prevent is named by connect and by the doctor", arguments: obstacles)
    func obstacle(_ owner: String, _ reason: ReasonID, _ isFatal: Bool) throws {
        let fixture = try ready(owner: owner)
        let report = connect(fixture)
        if isFatal {
            #expect(report.status == 1 && report.reason == reason)
            #expect(try fixture.text(Fixture.bridge) == nil)
            #expect(try fixture.text(Self.file) == nil)
            try fixture.configure("c8y.bridge.durable = true\n")
            #expect(connect(fixture, isDurable: false).status == 0)
            // Nothing is removed before that is found.
            fixture.programs.forget()
            var options = Connector.Options()
            options.isDurable = true
            #expect(Reconnector(.c8y, profile: nil, options: options, in: fixture.context).run().reason == reason)
            #expect(fixture.programs.changes == [])
        } else {
            #expect(report.status == 0)
        }
        #expect(fixture.errors.contains("Warning: "))
        guard case .warning(let diagnosis) = queue(fixture) else {
            Issue.record("\(queue(fixture))")
            return
        }
        #expect(diagnosis.id == reason && diagnosis.hint?.isEmpty == false)
    }

    @Test("a directory that mosquitto's user may not write is named")
    func closed() throws {
        let fixture = try ready()
        try fixture.files.changeMode(fixture.directory.file("saved"), to: 0o755)
        let report = connect(fixture)
        #expect(report.reason == "persistence-not-writable" && report.hint?.contains("persistence_location") == true)
    }

    @Test("a dry run shows the file and writes nothing")
    func rehearsed() throws {
        let fixture = try ready()
        let before = try fixture.snapshot()
        let report = Rehearsal.run(in: fixture.context) { context in
            var options = Connector.Options()
            options.isDurable = true
            return Connector(.c8y, profile: nil, options: options, in: context).run()
        }
        #expect(report.checkedText.contains("tedge-durable.conf"))
        #expect(try fixture.snapshot() == before)
    }
}
