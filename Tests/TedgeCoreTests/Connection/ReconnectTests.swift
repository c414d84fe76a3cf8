import Glibc
import TestSupport
import Testing

@testable import TedgeCore

/// A bridge that is taken away and comes again, as one change.
@Suite struct ReconnectTests {
    /// A device that is connected.
    private func connected() throws -> World {
        let world = try World.ready()
        world.programs.states()
        try #require(world.connect().status == 0)
        world.programs.forget()
        world.printed.forget()
        let links = "Removed or created a link.\n"
        world.programs.on("systemctl --no-reload", .exited(0), error: links)
        return world
    }

    private func reconnect(_ world: World, profile: ProfileName? = nil, offline: Bool = false) -> CommandReport {
        var options = Connector.Options()
        options.isReconnection = true
        options.isOffline = offline
        return Connector(.c8y, profile: profile, options: options, in: world.context).run()
    }

    /// Reconnects, and expects that nothing has changed.
    private func fail(
        _ world: World, reason: String, sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        let before = try world.snapshot()
        let report = reconnect(world)
        #expect(report.status == 1, sourceLocation: sourceLocation)
        #expect(report.reason == reason, sourceLocation: sourceLocation)
        #expect(report.command == "reconnect", sourceLocation: sourceLocation)
        #expect(
            try world.snapshot().filter { !$0.contains(".rejected ") } == before, sourceLocation: sourceLocation)
        #expect(world.errors.contains("Error: failed to reconnect Cumulocity cloud.\n"), sourceLocation: sourceLocation)
    }

    @Test("the lines are those of the user's page for disconnect and then for connect")
    func lines() throws {
        let world = try connected()
        let report = reconnect(world)
        #expect(world.output == (try page("disconnect").output) + "\n" + (try page("connect").output))
        #expect(world.errors == "")
        #expect(report.status == 0 && report.changed && report.command == "reconnect")
        #expect(report.steps.first?.id == "disconnect")
        #expect(report.steps.allSatisfy { $0.outcome == "ok" })
    }

    @Test("services are stopped and started in the order of the two commands; the mapper stays enabled")
    func services() throws {
        let world = try connected()
        let before = try world.snapshot()
        #expect(reconnect(world).status == 0)
        #expect(
            world.programs.changes == [
                "systemctl restart mosquitto", "systemctl stop tedge-mapper-c8y", "systemctl restart mosquitto",
                "systemctl start tedge-mapper-c8y", "systemctl --no-reload enable tedge-mapper-c8y",
                "reload systemd",
            ])
        #expect(try world.snapshot() == before)
    }

    @Test("a device that is not connected is connected")
    func notConnected() throws {
        let world = try World.ready()
        let report = reconnect(world, offline: true)
        #expect(report.status == 0)
        #expect(world.output.hasPrefix("Removing Cumulocity bridge.\n\nBridge doesn't exist.\n\nChecking if systemd "))
        #expect(world.output.hasSuffix("Offline mode. Skipping the connection check.\n"))
        #expect(try world.text(World.bridge) != nil)
    }

    @Test("the bridge is written as the settings are now")
    func newSettings() throws {
        let world = try connected()
        try world.configure("mqtt.bridge.built_in = false\nc8y.bridge.keepalive_interval = '42s'\n")
        #expect(reconnect(world).status == 0)
        #expect(try world.text(World.bridge)?.contains("\nkeepalive_interval 42\n") == true)
    }

    @Test("settings and certificates that cannot be used cost nothing: services are not touched")
    func refusedBefore() throws {
        let expired = try connected()
        try expired.makePair(notAfter: World.now - 1)
        try fail(expired, reason: "certificate-expired")
        let builtIn = try connected()
        try builtIn.configure("mqtt.bridge.built_in = true\n")
        try fail(builtIn, reason: "built-in-bridge")
        for world in [expired, builtIn] {
            #expect(world.output == "")
            #expect(world.programs.changes == [])
        }
    }

    @Test("a bridge that cannot be taken away stays")
    func cannotRemove() throws {
        let world = try connected()
        world.files.fail(.remove, "c8y-bridge.conf", EACCES)
        try fail(world, reason: "permission-denied")
        #expect(world.programs.changes == [])
    }

    @Test("where mosquitto does not take the new bridge, the old one and its mapper are there again")
    func mosquittoFails() throws {
        let world = try connected()
        world.programs.on("systemctl restart mosquitto", inTurn: .exited(0), .exited(1), .exited(0))
        try fail(world, reason: "service-command-failed")
        #expect(
            world.programs.changes.suffix(2) == ["systemctl restart mosquitto", "systemctl start tedge-mapper-c8y"])
        #expect(world.errors.contains("is kept in WORLD/\(World.bridge).rejected"))
    }

    @Test("a signal on the way takes both halves back")
    func signal() throws {
        let world = try connected()
        let signal = world.signal
        world.programs.on("systemctl --no-reload enable tedge-mapper-c8y") { () throws(ProcessError) in
            signal.send(SIGTERM)
            return ProcessResult(.exited(0), error: "Created symlink.\n")
        }
        try fail(world, reason: "interrupted")
        #expect(
            world.programs.changes.suffix(2) == ["systemctl restart mosquitto", "systemctl start tedge-mapper-c8y"])
    }

    @Test("a missing setting is told in the words for all commands")
    func missing() throws {
        let world = try World()
        #expect(reconnect(world).status == 1)
        #expect(world.errors.hasPrefix("Error: failed to execute `tedge reconnect`.\n"))
    }

    @Test("TEDGE_CLOUD_PROFILE names the profile where the option does not, and a bad name is an error")
    func environmentProfile() throws {
        var world = try World.ready("c8y.profiles.p.url = 'a.example.com'\n")
        world.environment["TEDGE_CLOUD_PROFILE"] = "p"
        #expect(reconnect(world, offline: true).reason == "profiles-clash")
        world.environment["TEDGE_CLOUD_PROFILE"] = "a b"
        #expect(reconnect(world, offline: true).reason == "profile-invalid")
        #expect(world.programs.changes == [])
        #expect(reconnect(world, profile: try ProfileName(parsing: "q"), offline: true).reason == "profile-unknown")
    }
}
