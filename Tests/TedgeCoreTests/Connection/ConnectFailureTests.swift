import Glibc
import MQTT
import TestSupport
import Testing

@testable import TedgeCore

/// Connects that fail before the check: each says why, and leaves every file and service as it was.
@Suite struct ConnectFailureTests {
    /// Connects, expects that nothing has changed, and returns what was printed on stderr.
    ///
    /// - Parameter isKept: Whether the bridge file that was taken back is kept to be looked at.
    private func fail(
        _ world: World, reason: String, changes: [String] = [], isKept: Bool = false,
        sourceLocation: SourceLocation = #_sourceLocation
    ) throws -> String {
        let before = try world.snapshot()
        let report = world.connect()
        #expect(report.status == 1, sourceLocation: sourceLocation)
        #expect(report.reason == reason, sourceLocation: sourceLocation)
        #expect(!report.changed, sourceLocation: sourceLocation)
        #expect(world.programs.changes == changes, sourceLocation: sourceLocation)
        let kept = "\(World.bridge).rejected "
        let after = try world.snapshot()
        #expect(after.filter { !$0.hasPrefix(kept) } == before, sourceLocation: sourceLocation)
        #expect(
            after.contains { $0.hasPrefix(kept) && $0.contains("\nconnection ") } == isKept,
            sourceLocation: sourceLocation)
        #expect(world.broker.published.isEmpty, sourceLocation: sourceLocation)
        return world.errors
    }

    @Test("a setting that is missing is told before anything is done")
    func missingSetting() throws {
        let world = try World()
        let expected = try page("missing-setting")
        #expect(try fail(world, reason: "setting-missing") == expected.errors)
        #expect(world.output == expected.output)
    }

    @Test("a connection that there is already stays")
    func established() throws {
        let world = try World.ready()
        try world.write("# bridge\n", to: World.bridge)
        let expected = try page("established")
        #expect(try fail(world, reason: "already-connected") == expected.errors)
        #expect(world.output == expected.output)
    }

    @Test("without a service for mosquitto that is told, and the files are gone again")
    func noMosquitto() throws {
        let world = try World.ready()
        world.programs.states(mosquitto: false, mapper: "inactive")
        world.programs.on("systemctl restart mosquitto", .exited(5))
        world.programs.on("systemctl stop mosquitto", .exited(5))
        let expected = try page("no-mosquitto")
        let changes = ["systemctl restart mosquitto", "systemctl stop mosquitto"]
        #expect(try fail(world, reason: "mosquitto-not-found", changes: changes) == expected.errors)
        #expect(world.output == expected.output)
    }

    @Test("a right that is missing is told with the file")
    func permission() throws {
        let world = try World.ready()
        world.files.fail(.write, "tedge-mosquitto.conf", EACCES)
        let expected = try page("permissions")
        #expect(try fail(world, reason: "permission-denied").replacing("WORLD/", with: "/etc/") == expected.errors)
        #expect(world.output == expected.output)
    }

    @Test("a directory that cannot be made is told")
    func directory() throws {
        let world = try World.ready()
        try world.files.remove(world.path("mosquitto-conf"))
        world.files.fail(.makeDirectory, "mosquitto-conf", EACCES)
        #expect(
            try fail(world, reason: "permission-denied").contains(
                "0: Directory Error. Check permissions for WORLD/tedge/mosquitto-conf.\n"
                    + "    1: Permission denied (os error 13)\n"))
    }

    @Test("a mosquitto that cannot be restarted is told with what it said, and restarted with the files as before")
    func restartFails() throws {
        let world = try World.ready()
        world.programs.on("systemctl restart mosquitto", inTurn: .exited(1), .exited(0))
        world.programs.on(
            "journalctl", .exited(0),
            output: "1800000000.5 gateway mosquitto[7]: 1800000000: Error: Address already in use\n")
        let changes = ["systemctl restart mosquitto", "systemctl restart mosquitto"]
        #expect(
            try fail(world, reason: "service-command-failed", changes: changes, isKept: true) == """
                Error: failed to create bridge to connect Cumulocity cloud.

                Caused by:
                    0: Service command <"systemctl restart mosquitto"> failed with code: 1.
                    1: Error: Address already in use

                Hint: Run 'tedge doctor' to find out more.

                The bridge configuration that was taken back is kept in WORLD/\(World.bridge).rejected.

                """)
        #expect(world.broker.waits.count == 1)
    }

    @Test("a mosquitto that does not answer is told with what it said, and the mapper is not touched")
    func silentBroker() throws {
        let world = try World.ready()
        world.broker.failToStart(.silent(.init(host: "127.0.0.1", port: 1883)))
        world.programs.on("journalctl", .exited(0), output: "1800000000.5 gateway mosquitto[7]: Error: broken\n")
        let changes = ["systemctl restart mosquitto", "systemctl restart mosquitto"]
        let errors = try fail(world, reason: "mosquitto-not-answering", changes: changes, isKept: true)
        #expect(errors.contains("    0: mosquitto does not answer within 5 seconds after its restart.\n"))
        #expect(errors.contains("    2: mosquitto said: Error: broken\n"))
        #expect(
            errors.contains(
                "Hint: Run 'sudo journalctl -u mosquitto -n 50' to see what mosquitto says about it. Run 'sudo tedge "
                    + "doctor' to find out more.\n"))
    }

    @Test("a mapper that cannot be started is stopped, and mosquitto runs as before")
    func mapperFails() throws {
        let world = try World.ready()
        world.programs.on("systemctl start tedge-mapper-c8y", .exited(1), error: "no\n")
        let changes = [
            "systemctl restart mosquitto", "systemctl start tedge-mapper-c8y", "systemctl stop tedge-mapper-c8y",
            "systemctl restart mosquitto",
        ]
        let errors = try fail(world, reason: "service-command-failed", changes: changes)
        #expect(errors.contains("1: no\n"))
    }

    @Test("a mapper that cannot be enabled takes everything back, also what was enabled before it")
    func enableFails() throws {
        let world = try World.ready()
        world.programs.states(mosquitto: false, mapper: "inactive")
        world.programs.on("systemctl is-enabled mosquitto", .exited(1))
        world.programs.on("systemctl --no-reload enable tedge-mapper-c8y", .exited(1))
        let changes = [
            "systemctl restart mosquitto", "systemctl --no-reload enable mosquitto", "systemctl start tedge-mapper-c8y",
            "systemctl --no-reload enable tedge-mapper-c8y", "systemctl stop tedge-mapper-c8y",
            "systemctl stop mosquitto", "systemctl --no-reload disable mosquitto",
        ]
        _ = try fail(world, reason: "service-command-failed", changes: changes)
    }

    @Test("a signal between two steps takes everything back", arguments: [SIGINT, SIGTERM, SIGHUP])
    func signal(_ number: Int32) throws {
        let world = try World.ready()
        let signal = world.signal
        world.programs.on("systemctl restart mosquitto") { () throws(ProcessError) in
            signal.send(number)
            return ProcessResult(.exited(0))
        }
        let changes = ["systemctl restart mosquitto", "systemctl restart mosquitto"]
        let errors = try fail(world, reason: "interrupted", changes: changes)
        #expect(errors.contains("    \(Interrupted(signal: number).causes[0])\n"))
    }

    @Test("what cannot be put back is warned of")
    func notPutBack() throws {
        let world = try World.ready()
        world.programs.on("systemctl restart mosquitto", .exited(1))
        world.files.fail(.remove, "c8y-bridge.conf", EBUSY)
        let report = world.connect()
        #expect(report.status == 1)
        #expect(
            world.errors.hasPrefix(
                """
                Warning: Could not put back WORLD/\(World.bridge): Device or resource busy (os error 16)
                Warning: Could not put services back: Service command <"systemctl restart mosquitto"> failed with \
                code: 1.
                Error:
                """))
    }

    @Test("settings that a bridge of mosquitto cannot follow are refused")
    func unsupported() throws {
        #expect(
            try fail(World.ready("mqtt.bridge.built_in = true\n"), reason: "built-in-bridge").contains(
                "'mqtt.bridge.built_in' is 'true' in WORLD/tedge/tedge.toml"))
        #expect(
            try fail(World.ready("device.cryptoki.mode = 'module'\n"), reason: "setting-unsupported").hasSuffix(
                "Hint: mosquitto's bridge needs the key in a file: run 'tedge config set device.cryptoki.mode off'.\n"))
        _ = try fail(World.ready("mqtt.external.bind.port = 1883\n"), reason: "listener-twice")
        _ = try fail(
            World.ready("mqtt.external = { bind.port = 1, cert_file = '/x' }\n"), reason: "settings-incomplete")
        _ = try fail(
            World.ready("mqtt.external = { bind.port = 1, cert_file = '/x', key_file = '/' }\n"),
            reason: "listener-file-missing")
        _ = try fail(World.ready("c8y.bridge.keepalive_interval = '1s'\n"), reason: "setting-unusable")
    }
}
