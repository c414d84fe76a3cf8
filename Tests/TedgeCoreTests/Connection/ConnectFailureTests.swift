import Glibc
import MQTT
import TestSupport
import Testing

@testable import TedgeCore

/// Connects that fail before the check: each says why, and leaves all files and services as before.
@Suite struct ConnectFailureTests {
    /// Connects, expects that nothing has changed, and returns what was printed on stderr.
    ///
    /// - Parameter isKept: Whether the bridge file that mosquitto rejected is kept.
    private func fail(
        _ fixture: Fixture, reason: ReasonID, changes: [String] = [], isKept: Bool = false,
        sourceLocation: SourceLocation = #_sourceLocation
    ) throws -> String {
        let before = try fixture.snapshot()
        let report = fixture.connect()
        #expect(report.status == 1, sourceLocation: sourceLocation)
        #expect(report.reason == reason, sourceLocation: sourceLocation)
        #expect(!report.changed, sourceLocation: sourceLocation)
        #expect(fixture.programs.changes == changes, sourceLocation: sourceLocation)
        let kept = "\(Fixture.bridge).rejected "
        let after = try fixture.snapshot()
        #expect(after.filter { !$0.hasPrefix(kept) } == before, sourceLocation: sourceLocation)
        #expect(
            after.contains { $0.hasPrefix(kept) && $0.contains("\nconnection ") } == isKept,
            sourceLocation: sourceLocation)
        #expect(fixture.broker.published.isEmpty, sourceLocation: sourceLocation)
        return fixture.errors
    }

    @Test("a missing setting is reported before anything is done")
    func missingSetting() throws {
        let fixture = try Fixture()
        let expected = try page("missing-setting")
        #expect(try fail(fixture, reason: "setting-missing") == expected.errors)
        #expect(fixture.output == expected.output)
    }

    @Test("an existing connection stays")
    func established() throws {
        let fixture = try Fixture.ready()
        try fixture.write("# bridge\n", to: Fixture.bridge)
        let expected = try page("established")
        #expect(try fail(fixture, reason: "already-connected") == expected.errors)
        #expect(fixture.output == expected.output)
    }

    @Test("without a service for mosquitto connect fails and removes its files")
    func noMosquitto() throws {
        let fixture = try Fixture.ready()
        fixture.programs.states(mosquitto: false, mapper: "inactive")
        fixture.programs.on("systemctl restart mosquitto", .exited(5))
        fixture.programs.on("systemctl stop mosquitto", .exited(5))
        let expected = try page("no-mosquitto")
        let changes = ["systemctl restart mosquitto", "systemctl stop mosquitto"]
        #expect(try fail(fixture, reason: "mosquitto-not-found", changes: changes) == expected.errors)
        #expect(fixture.output == expected.output)
    }

    @Test("a missing permission is reported with the file, and root is not told to use sudo")
    func permission() throws {
        let fixture = try Fixture.ready()
        fixture.files.fail(.write, "tedge-mosquitto.conf", EACCES)
        let expected = try page("permissions")
        let errors = try fail(fixture, reason: "permission-denied").replacing("WORLD/", with: "/etc/")
        #expect(errors.hasPrefix(expected.errors + "\nHint: Root may not do this either: run 'lsattr -d "))
        #expect(!errors.contains("sudo"))
        #expect(fixture.output == expected.output)
    }

    @Test("a directory that cannot be created is reported")
    func directory() throws {
        let fixture = try Fixture.ready()
        try fixture.files.remove(fixture.path("mosquitto-conf"))
        fixture.files.fail(.makeDirectory, "mosquitto-conf", EACCES)
        #expect(
            try fail(fixture, reason: "permission-denied").contains(
                "0: Directory Error. Check permissions for WORLD/tedge/mosquitto-conf.\n"
                    + "    1: Permission denied (os error 13)\n"))
    }

    @Test("a mosquitto that cannot be restarted is reported with what it said, and restarted with the files as before")
    func restartFails() throws {
        let fixture = try Fixture.ready()
        fixture.programs.on("systemctl restart mosquitto", inTurn: .exited(1), .exited(0))
        fixture.programs.on(
            "journalctl", .exited(0),
            output: "1800000000.5 gateway mosquitto[7]: 1800000000: Error: Address already in use\n")
        let changes = ["systemctl restart mosquitto", "systemctl restart mosquitto"]
        #expect(
            try fail(fixture, reason: "service-command-failed", changes: changes, isKept: true) == """
                Error: failed to create bridge to connect Cumulocity cloud.

                Caused by:
                    0: Service command <"systemctl restart mosquitto"> failed with code: 1.
                    1: Error: Address already in use

                Hint: Run 'tedge doctor' to find out more.

                The bridge configuration that mosquitto rejected is kept in WORLD/\(Fixture.bridge).rejected.

                """)
        #expect(fixture.broker.waits.count == 1)
    }

    @Test("a mosquitto that does not answer is reported with what it said, and the mapper is not touched")
    func silentBroker() throws {
        let fixture = try Fixture.ready()
        fixture.broker.failToStart(.silent(.init(host: "127.0.0.1", port: 1883)))
        fixture.programs.on("journalctl", .exited(0), output: "1800000000.5 gateway mosquitto[7]: Error: broken\n")
        let changes = ["systemctl restart mosquitto", "systemctl restart mosquitto"]
        let errors = try fail(fixture, reason: "mosquitto-not-answering", changes: changes, isKept: true)
        #expect(errors.contains("    0: mosquitto does not answer within 5 seconds after its restart.\n"))
        #expect(errors.contains("    2: mosquitto said: Error: broken\n"))
        #expect(
            errors.contains(
                "Hint: Run 'sudo journalctl -u mosquitto -n 50' to see what mosquitto says about it. Run 'sudo tedge "
                    + "doctor' to find out more.\n"))
    }

    @Test("a mapper that cannot be started is stopped, and mosquitto runs as before")
    func mapperFails() throws {
        let fixture = try Fixture.ready()
        fixture.programs.on("systemctl start tedge-mapper-c8y", .exited(1), error: "no\n")
        let changes = [
            "systemctl restart mosquitto", "systemctl start tedge-mapper-c8y", "systemctl stop tedge-mapper-c8y",
            "systemctl restart mosquitto",
        ]
        let errors = try fail(fixture, reason: "service-command-failed", changes: changes)
        #expect(errors.contains("1: no\n"))
    }

    @Test("if the mapper cannot be enabled everything is undone, also what was enabled before it")
    func enableFails() throws {
        let fixture = try Fixture.ready()
        fixture.programs.states(mosquitto: false, mapper: "inactive")
        fixture.programs.on("systemctl is-enabled mosquitto", .exited(1), output: "disabled\n")
        fixture.programs.on("systemctl --no-reload enable tedge-mapper-c8y", .exited(1))
        let changes = [
            "systemctl restart mosquitto", "systemctl --no-reload enable mosquitto", "systemctl start tedge-mapper-c8y",
            "systemctl --no-reload enable tedge-mapper-c8y", "systemctl stop tedge-mapper-c8y",
            "systemctl --no-reload disable mosquitto", "systemctl stop mosquitto", "reload systemd",
        ]
        _ = try fail(fixture, reason: "service-command-failed", changes: changes)
    }

    @Test("a signal between two steps undoes everything", arguments: [SIGINT, SIGTERM, SIGHUP])
    func signal(_ number: Int32) throws {
        let fixture = try Fixture.ready()
        let signal = fixture.signal
        fixture.programs.on("systemctl restart mosquitto") { () throws(ProcessError) in
            signal.send(number)
            return ProcessResult(.exited(0))
        }
        let changes = ["systemctl restart mosquitto", "systemctl restart mosquitto"]
        let errors = try fail(fixture, reason: "interrupted", changes: changes)
        #expect(errors.contains("    \(Interrupted(signal: number).causes[0])\n"))
    }

    @Test("a warning names what cannot be restored")
    func notPutBack() throws {
        let fixture = try Fixture.ready()
        fixture.programs.on("systemctl restart mosquitto", .exited(1))
        fixture.files.fail(.remove, "c8y-bridge.conf", EBUSY)
        let report = fixture.connect()
        #expect(report.status == 1)
        #expect(
            fixture.errors.hasPrefix(
                """
                Warning: Could not restore WORLD/\(Fixture.bridge): Device or resource busy (os error 16)
                Warning: Could not restore services: Service command <"systemctl restart mosquitto"> failed with \
                code: 1.
                Error:
                """))
    }

    @Test("settings that a bridge of mosquitto cannot follow are refused")
    func unsupported() throws {
        #expect(
            try fail(Fixture.ready("mqtt.bridge.built_in = true\n"), reason: "built-in-bridge").contains(
                "'mqtt.bridge.built_in' is 'true' in WORLD/tedge/tedge.toml"))
        #expect(
            try fail(Fixture.ready("device.cryptoki.mode = 'module'\n"), reason: "setting-unsupported").hasSuffix(
                "Hint: mosquitto's bridge uses a key in a token through OpenSSL's provider 'pkcs11', and needs a file that "
                    + "stands for it: run 'tedge config set device.cryptoki.mode off' and 'sudo tedge cert create-csr --key "
                    + "pkcs11:…', which makes the file. If there is one at 'device.key_path' already, move it away first.\n"
            ))
        _ = try fail(Fixture.ready("mqtt.external.bind.port = 1883\n"), reason: "listener-twice")
        _ = try fail(
            Fixture.ready("mqtt.external = { bind.port = 1, cert_file = '/x' }\n"), reason: "settings-incomplete")
        _ = try fail(
            Fixture.ready("mqtt.external = { bind.port = 1, cert_file = '/x', key_file = '/' }\n"),
            reason: "listener-file-missing")
        _ = try fail(Fixture.ready("c8y.bridge.keepalive_interval = '1s'\n"), reason: "setting-unusable")
    }
}
