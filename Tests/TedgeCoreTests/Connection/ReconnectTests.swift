import Glibc
import TestSupport
import Testing

@testable import TedgeCore

/// A disconnect and a connect as one change.
@Suite struct ReconnectTests {
    /// A device that is connected.
    private func connected() throws -> Fixture {
        let fixture = try Fixture.ready()
        fixture.programs.states()
        try #require(fixture.connect().status == 0)
        fixture.programs.forget()
        fixture.printed.forget()
        let links = "Removed or created a link.\n"
        fixture.programs.on("systemctl --no-reload", .exited(0), error: links)
        return fixture
    }

    private func reconnect(_ fixture: Fixture, profile: ProfileName? = nil, offline: Bool = false) -> CommandReport {
        var options = Connector.Options()
        options.isOffline = offline
        return Reconnector(.c8y, profile: profile, options: options, in: fixture.context).run()
    }

    /// Reconnects, and expects that nothing has changed.
    private func fail(
        _ fixture: Fixture, reason: ReasonID, sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        let before = try fixture.snapshot()
        let report = reconnect(fixture)
        #expect(report.status == 1, sourceLocation: sourceLocation)
        #expect(report.reason == reason, sourceLocation: sourceLocation)
        #expect(report.command == "reconnect", sourceLocation: sourceLocation)
        #expect(
            try fixture.snapshot().filter { !$0.contains(".rejected ") } == before, sourceLocation: sourceLocation)
        #expect(
            fixture.errors.contains("Error: failed to reconnect Cumulocity cloud.\n"), sourceLocation: sourceLocation)
    }

    @Test("the lines are those of the user's page for disconnect and then for connect")
    func lines() throws {
        let fixture = try connected()
        let report = reconnect(fixture)
        #expect(fixture.output == (try page("disconnect").output) + "\n" + (try page("connect").output))
        #expect(fixture.errors == "")
        #expect(report.status == 0 && report.changed && report.command == "reconnect")
        #expect(report.steps.first?.id == "disconnect")
        #expect(report.steps.allSatisfy { $0.outcome == .ok })
    }

    @Test("services are stopped and started in the order of the two commands; the mapper stays enabled")
    func services() throws {
        let fixture = try connected()
        let before = try fixture.snapshot()
        #expect(reconnect(fixture).status == 0)
        #expect(
            fixture.programs.changes == [
                "systemctl restart mosquitto", "systemctl stop tedge-mapper-c8y", "systemctl restart mosquitto",
                "systemctl start tedge-mapper-c8y", "systemctl --no-reload enable tedge-mapper-c8y",
                "reload systemd",
            ])
        #expect(try fixture.snapshot() == before)
    }

    @Test("a device that is not connected is connected")
    func notConnected() throws {
        let fixture = try Fixture.ready()
        let report = reconnect(fixture, offline: true)
        #expect(report.status == 0)
        #expect(
            fixture.output.hasPrefix("Removing Cumulocity bridge.\n\nBridge doesn't exist.\n\nChecking if systemd "))
        #expect(fixture.output.hasSuffix("Offline mode. Skipping the connection check.\n"))
        #expect(try fixture.text(Fixture.bridge) != nil)
    }

    @Test("the bridge is written as the settings are now")
    func newSettings() throws {
        let fixture = try connected()
        try fixture.configure("mqtt.bridge.built_in = false\nc8y.bridge.keepalive_interval = '42s'\n")
        #expect(reconnect(fixture).status == 0)
        #expect(try fixture.text(Fixture.bridge)?.contains("\nkeepalive_interval 42\n") == true)
    }

    @Test("settings and certificates that cannot be used cost nothing: services are not touched")
    func refusedBefore() throws {
        let expired = try connected()
        try expired.makePair(notAfter: Fixture.now - 1)
        try fail(expired, reason: "certificate-expired")
        let builtIn = try connected()
        try builtIn.configure("mqtt.bridge.built_in = true\n")
        try fail(builtIn, reason: "built-in-bridge")
        for fixture in [expired, builtIn] {
            #expect(fixture.output == "")
            #expect(fixture.programs.changes == [])
        }
    }

    @Test("a bridge that cannot be removed stays")
    func cannotRemove() throws {
        let fixture = try connected()
        fixture.files.fail(.remove, "c8y-bridge.conf", EACCES)
        try fail(fixture, reason: "permission-denied")
        #expect(fixture.programs.changes == [])
    }

    @Test("if mosquitto rejects the new bridge, the old one and its mapper are restored")
    func mosquittoFails() throws {
        let fixture = try connected()
        fixture.programs.on("systemctl restart mosquitto", inTurn: .exited(0), .exited(1), .exited(0))
        try fail(fixture, reason: "service-command-failed")
        // Once by each half, and once to undo both.
        let restart = "systemctl restart mosquitto"
        #expect(
            fixture.programs.changes == [
                restart, "systemctl stop tedge-mapper-c8y", restart, restart, "systemctl start tedge-mapper-c8y",
            ])
        #expect(fixture.errors.contains("is kept in WORLD/\(Fixture.bridge).rejected"))
    }

    @Test("a signal in the second half undoes both halves")
    func signal() throws {
        let fixture = try connected()
        let signal = fixture.signal
        fixture.programs.on("systemctl --no-reload enable tedge-mapper-c8y") { () throws(ProcessError) in
            signal.send(SIGTERM)
            return ProcessResult(.exited(0), error: "Created symlink.\n")
        }
        try fail(fixture, reason: "interrupted")
        #expect(
            fixture.programs.changes.suffix(5) == [
                "systemctl --no-reload disable tedge-mapper-c8y", "systemctl stop tedge-mapper-c8y",
                "systemctl restart mosquitto", "systemctl start tedge-mapper-c8y", "reload systemd",
            ])
    }

    @Test("a missing setting is reported in the words for all commands")
    func missing() throws {
        let fixture = try Fixture()
        #expect(reconnect(fixture).status == 1)
        #expect(fixture.errors.hasPrefix("Error: failed to execute `tedge reconnect`.\n"))
    }

    @Test("TEDGE_CLOUD_PROFILE names the profile if the option does not, and a bad name is an error")
    func environmentProfile() throws {
        var fixture = try Fixture.ready("c8y.profiles.p.url = 'a.example.com'\n")
        fixture.environment["TEDGE_CLOUD_PROFILE"] = "p"
        #expect(reconnect(fixture, offline: true).reason == "profiles-clash")
        fixture.environment["TEDGE_CLOUD_PROFILE"] = "a b"
        #expect(reconnect(fixture, offline: true).reason == "profile-invalid")
        #expect(fixture.programs.changes == [])
        #expect(reconnect(fixture, profile: try ProfileName(parsing: "q"), offline: true).reason == "profile-unknown")
    }
}
