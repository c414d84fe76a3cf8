import Glibc
import TestSupport
import Testing

@testable import TedgeCore

/// Bridges that are written anew where the settings ask for something else.
@Suite struct BridgeRefresherTests {
    private static let listeners = "tedge/mosquitto-conf/tedge-mosquitto.conf"

    /// A device that is connected.
    private func connected(_ lines: String = "") throws -> World {
        let world = try World.ready(lines)
        try #require(world.connect().status == 0)
        world.programs.forget()
        world.printed.forget()
        return world
    }

    private func refresh(_ world: World) -> CommandReport { BridgeRefresher(in: world.context).run() }

    /// Refreshes, and expects that nothing has changed.
    private func fail(
        _ world: World, reason: String, sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        let before = try world.snapshot()
        let report = refresh(world)
        #expect(report.status == 1 && report.reason == reason, sourceLocation: sourceLocation)
        #expect(try world.snapshot() == before, sourceLocation: sourceLocation)
        let title = "Error: failed to Refresh all currently active mosquitto bridges (restarts mosquitto)\n"
        #expect(world.errors.contains(title), sourceLocation: sourceLocation)
    }

    @Test("without a bridge there is nothing to refresh")
    func none() throws {
        let world = try World.ready()
        let before = try world.snapshot()
        let report = refresh(world)
        #expect(report.status == 0 && !report.changed)
        #expect(world.output == "No bridges to refresh.\n")
        #expect(try world.snapshot() == before)
        #expect(world.programs.calls == [])
    }

    @Test("where nothing would change, nothing is touched")
    func current() throws {
        let world = try connected()
        let before = try world.snapshot()
        let report = refresh(world)
        #expect(report.status == 0 && !report.changed)
        #expect(world.output == "All bridges are as the settings ask for them.\n")
        #expect(try world.snapshot() == before)
        #expect(world.programs.changes == [])
    }

    @Test("a bridge that differs is written, and mosquitto is restarted once")
    func stale() throws {
        let world = try connected()
        let right = try world.snapshot()
        try world.write("# of an older release\n", to: World.bridge)
        let report = refresh(world)
        #expect(report.status == 0 && report.changed)
        #expect(
            world.output == """
                Refreshing bridge Cumulocity.

                Restarting mosquitto service.

                Awaiting mosquitto to start. This may take up to 5 seconds.

                All bridges are as the settings ask for them.

                """)
        #expect(world.errors == "")
        #expect(try world.snapshot() == right)
        #expect(world.programs.changes == ["systemctl restart mosquitto"])
    }

    @Test("the listeners are written anew as well, and go where none are wanted")
    func listeners() throws {
        let world = try connected()
        try world.configure("mqtt.bridge.built_in = false\nmqtt.bind.port = 1884\n")
        #expect(refresh(world).changed)
        #expect(try world.text(Self.listeners)?.contains("\nlistener 1884 127.0.0.1\n") == true)
        try world.configure("mqtt.bridge.built_in = false\nmqtt.bind.enabled = false\n")
        #expect(refresh(world).changed)
        #expect(try world.text(Self.listeners) == nil)
        #expect(!refresh(world).changed)
    }

    @Test("bridges of other clouds and profiles are refreshed with it; foreign files are left alone")
    func several() throws {
        let lines = """
            mqtt.bridge.built_in = false
            az.url = 'hub.example.com'
            az.root_cert_path = '/'
            [c8y.profiles.p]
            url = 'b.example.com'
            root_cert_path = '/'
            bridge.topic_prefix = 'p'
            proxy.bind.port = 8002

            """
        let world = try connected(lines)
        for name in ["az-bridge.conf", "c8y@p-bridge.conf", "c8y@P-bridge.conf", "c8yx-bridge.conf", "my.conf"] {
            try world.write("# \(name)\n", to: "tedge/mosquitto-conf/\(name)")
        }
        #expect(refresh(world).status == 0)
        #expect(world.output.hasPrefix("Refreshing bridge Cumulocity (profile p).\n\nRefreshing bridge Azure.\n\n"))
        #expect(try world.text("tedge/mosquitto-conf/az-bridge.conf")?.contains("connection edge_to_az\n") == true)
        #expect(
            try world.text("tedge/mosquitto-conf/c8y@p-bridge.conf")?.contains("connection edge_to_c8y@p\n") == true)
        for name in ["c8y@P-bridge.conf", "c8yx-bridge.conf", "my.conf"] {
            #expect(try world.text("tedge/mosquitto-conf/\(name)") == "# \(name)\n")
        }
        #expect(world.programs.changes == ["systemctl restart mosquitto"])
    }

    @Test("a connection that a killed run left unfinished is left to connect")
    func unfinished() throws {
        let world = try connected()
        try world.write("# half\n", to: World.bridge)
        try world.write("", to: "\(World.bridge).unfinished")
        #expect(!refresh(world).changed)
        #expect(world.errors.contains("Run 'tedge connect c8y' to complete it."))
        #expect(try world.text(World.bridge) == "# half\n")
    }

    @Test("where mosquitto does not come up, files and mosquitto are as before")
    func mosquittoFails() throws {
        let refusing = try connected()
        refusing.programs.on("systemctl restart mosquitto", inTurn: .exited(1), .exited(0))
        let silent = try connected()
        silent.broker.failToStart(.silent(.init(host: "127.0.0.1", port: 1883)))
        for (world, reason) in [(refusing, "service-command-failed"), (silent, "mosquitto-not-answering")] {
            try world.write("# old\n", to: World.bridge)
            try fail(world, reason: reason)
            #expect(world.programs.changes == ["systemctl restart mosquitto", "systemctl restart mosquitto"])
        }
    }

    @Test("what cannot be used is refused before anything is written")
    func refused() throws {
        let expired = try connected()
        try expired.makePair(notAfter: World.now - 1)
        let builtIn = try connected()
        try builtIn.configure("mqtt.bridge.built_in = true\n")
        for (world, reason) in [(expired, "certificate-expired"), (builtIn, "built-in-bridge")] {
            try world.write("# old\n", to: World.bridge)
            try fail(world, reason: reason)
            #expect(world.programs.changes == [])
        }
    }

    @Test("a file that may not be written is told, and the others are as before")
    func permission() throws {
        let world = try connected()
        try world.configure("mqtt.bridge.built_in = false\nmqtt.bind.port = 1884\n")
        try world.write("# old\n", to: World.bridge)
        world.files.fail(.write, "tedge-mosquitto.conf", EACCES)
        try fail(world, reason: "permission-denied")
    }

    @Test("without a service manager the files are written, and the rest is left to the person")
    func noServiceManager() throws {
        let world = try connected()
        try world.write("# old\n", to: World.bridge)
        world.programs.install([])
        let report = refresh(world)
        #expect(report.status == 4 && report.reason == "service-manager-unavailable" && report.changed)
        #expect(try world.text(World.bridge) != "# old\n")
        #expect(world.errors.hasPrefix("Warning: The bridges are written, but mosquitto could not be restarted."))
    }
}
