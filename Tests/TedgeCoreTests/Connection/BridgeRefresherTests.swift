import Glibc
import TestSupport
import Testing

@testable import TedgeCore

/// Bridges that are rewritten from the current settings.
@Suite struct BridgeRefresherTests {
    private static let listeners = "tedge/mosquitto-conf/tedge-mosquitto.conf"

    /// A device that is connected.
    private func connected(_ lines: String = "") throws -> Fixture {
        let fixture = try Fixture.ready(lines)
        try #require(fixture.connect().status == 0)
        fixture.programs.forget()
        fixture.printed.forget()
        return fixture
    }

    private func refresh(_ fixture: Fixture) -> CommandReport { BridgeRefresher(in: fixture.context).run() }

    /// Refreshes, and expects that nothing has changed.
    private func fail(
        _ fixture: Fixture, reason: ReasonID, sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        let before = try fixture.snapshot()
        let report = refresh(fixture)
        #expect(report.status == 1 && report.reason == reason, sourceLocation: sourceLocation)
        #expect(try fixture.snapshot() == before, sourceLocation: sourceLocation)
        let title = "Error: failed to Refresh all currently active mosquitto bridges (restarts mosquitto)\n"
        #expect(fixture.errors.contains(title), sourceLocation: sourceLocation)
    }

    @Test("without a bridge there is nothing to refresh")
    func none() throws {
        let fixture = try Fixture.ready()
        let before = try fixture.snapshot()
        let report = refresh(fixture)
        #expect(report.status == 0 && !report.changed)
        #expect(fixture.output == "No bridges to refresh.\n")
        #expect(try fixture.snapshot() == before)
        #expect(fixture.programs.calls == [])
    }

    @Test("if nothing would change, nothing is touched")
    func current() throws {
        let fixture = try connected()
        let before = try fixture.snapshot()
        let report = refresh(fixture)
        #expect(report.status == 0 && !report.changed)
        #expect(fixture.output == "All bridges match the settings.\n")
        #expect(try fixture.snapshot() == before)
        #expect(fixture.programs.changes == [])
    }

    @Test("a bridge that differs is written, and mosquitto is restarted once")
    func stale() throws {
        let fixture = try connected()
        let right = try fixture.snapshot()
        try fixture.write("# of an older release\n", to: Fixture.bridge)
        let report = refresh(fixture)
        #expect(report.status == 0 && report.changed)
        #expect(
            fixture.output == """
                Refreshing bridge Cumulocity.

                Restarting mosquitto service.

                Awaiting mosquitto to start. This may take up to 5 seconds.

                All bridges match the settings.

                """)
        #expect(fixture.errors == "")
        #expect(try fixture.snapshot() == right)
        #expect(fixture.programs.changes == ["systemctl restart mosquitto"])
    }

    @Test("the listeners are rewritten too, and removed if they are disabled")
    func listeners() throws {
        let fixture = try connected()
        try fixture.configure("mqtt.bridge.built_in = false\nmqtt.bind.port = 1884\n")
        #expect(refresh(fixture).changed)
        #expect(try fixture.text(Self.listeners)?.contains("\nlistener 1884 127.0.0.1\n") == true)
        try fixture.configure("mqtt.bridge.built_in = false\nmqtt.bind.enabled = false\n")
        #expect(refresh(fixture).changed)
        #expect(try fixture.text(Self.listeners) == nil)
        #expect(!refresh(fixture).changed)
    }

    @Test("bridges of other clouds and profiles are refreshed too; other files are not touched")
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
        let fixture = try connected(lines)
        for name in ["az-bridge.conf", "c8y@p-bridge.conf", "c8y@P-bridge.conf", "c8yx-bridge.conf", "my.conf"] {
            try fixture.write("# \(name)\n", to: "tedge/mosquitto-conf/\(name)")
        }
        #expect(refresh(fixture).status == 0)
        #expect(fixture.output.hasPrefix("Refreshing bridge Cumulocity (profile p).\n\nRefreshing bridge Azure.\n\n"))
        #expect(try fixture.text("tedge/mosquitto-conf/az-bridge.conf")?.contains("connection edge_to_az\n") == true)
        #expect(
            try fixture.text("tedge/mosquitto-conf/c8y@p-bridge.conf")?.contains("connection edge_to_c8y@p\n") == true)
        for name in ["c8y@P-bridge.conf", "c8yx-bridge.conf", "my.conf"] {
            #expect(try fixture.text("tedge/mosquitto-conf/\(name)") == "# \(name)\n")
        }
        #expect(fixture.programs.changes == ["systemctl restart mosquitto"])
    }

    @Test("a connection that a killed run left unfinished is not refreshed")
    func unfinished() throws {
        let fixture = try connected()
        try fixture.write("# half\n", to: Fixture.bridge)
        try fixture.write("", to: "\(Fixture.bridge).unfinished")
        #expect(!refresh(fixture).changed)
        #expect(fixture.errors.contains("Run 'tedge connect c8y' to complete it."))
        #expect(try fixture.text(Fixture.bridge) == "# half\n")
    }

    @Test("if mosquitto does not start, files and mosquitto are as before")
    func mosquittoFails() throws {
        let refusing = try connected()
        refusing.programs.on("systemctl restart mosquitto", inTurn: .exited(1), .exited(0))
        let silent = try connected()
        silent.broker.failToStart(.silent(.init(host: "127.0.0.1", port: 1883)))
        for (fixture, reason) in [(refusing, ReasonID.serviceCommandFailed), (silent, "mosquitto-not-answering")] {
            try fixture.write("# old\n", to: Fixture.bridge)
            try fail(fixture, reason: reason)
            #expect(fixture.programs.changes == ["systemctl restart mosquitto", "systemctl restart mosquitto"])
        }
    }

    @Test("what cannot be used is refused before anything is written")
    func refused() throws {
        let expired = try connected()
        try expired.makePair(notAfter: Fixture.now - 1)
        let builtIn = try connected()
        try builtIn.configure("mqtt.bridge.built_in = true\n")
        for (fixture, reason) in [(expired, ReasonID.certificateExpired), (builtIn, "built-in-bridge")] {
            try fixture.write("# old\n", to: Fixture.bridge)
            try fail(fixture, reason: reason)
            #expect(fixture.programs.changes == [])
        }
    }

    @Test("a file that cannot be written is reported, and the others are as before")
    func permission() throws {
        let fixture = try connected()
        try fixture.configure("mqtt.bridge.built_in = false\nmqtt.bind.port = 1884\n")
        try fixture.write("# old\n", to: Fixture.bridge)
        fixture.files.fail(.write, "tedge-mosquitto.conf", EACCES)
        try fail(fixture, reason: "permission-denied")
    }

    @Test("without a service manager the files are written, and the rest is left to the person")
    func noServiceManager() throws {
        let fixture = try connected()
        try fixture.write("# old\n", to: Fixture.bridge)
        fixture.programs.install([])
        let report = refresh(fixture)
        #expect(report.status == 4 && report.reason == "service-manager-unavailable" && report.changed)
        #expect(try fixture.text(Fixture.bridge) != "# old\n")
        #expect(fixture.errors.hasPrefix("Warning: The bridges are written, but mosquitto could not be restarted."))
    }
}
