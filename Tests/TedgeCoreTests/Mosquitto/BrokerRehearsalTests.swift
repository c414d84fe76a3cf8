import Glibc
import Synchronization
import Testing

@testable import TedgeCore

/// What a command that restarts mosquitto tries beforehand, and when it does nothing.
@Suite struct BrokerRehearsalTests {
    private static let complaint =
        "Error: Unknown configuration variable \"frobnicate\".\nError found at /etc/mosquitto/conf.d/x.conf:1.\n"

    /// A device where systemd says that mosquitto runs, or not, with what each trial of its configuration says.
    private func world(isRunning: Bool = true, connected: Bool = false, trials: [String]) throws -> World {
        let world = try World.ready()
        world.programs.on("/proc/self/exe", .signalled(SIGKILL), error: "mosquitto version 2.0.11 running\n")
        if connected {
            try #require(world.connect().status == 0)
            world.programs.states()
        }
        let main = world.directory.file("mosquitto.conf")
        world.programs.on(
            "systemctl show --property=LoadState,ActiveState,User", .exited(0),
            output:
                "LoadState=loaded\nActiveState=active\nMainPID=\(isRunning ? 77 : 0)\nExecStart={ path=/usr/sbin/mosquitto ; "
                + "argv[]=/usr/sbin/mosquitto -c \(main) ; ignore_errors=no }\n")
        let said = Said(trials)
        world.programs.on("/proc/self/exe") { () throws(ProcessError) in
            let text = said.next()
            return text.isEmpty
                ? ProcessResult(.signalled(SIGKILL), error: "mosquitto version 2.0.11 running\n")
                : ProcessResult(.exited(3), error: text)
        }
        world.programs.forget()
        world.printed.forget()
        return world
    }

    private final class Said: Sendable {
        private let texts: Mutex<[String]>

        init(_ texts: [String]) { self.texts = Mutex(texts) }

        func next() -> String { texts.withLock { $0.isEmpty ? "" : $0.removeFirst() } }
    }

    private func expectUntouched(
        _ world: World, _ reason: String, _ command: (World) -> CommandReport,
        sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        let before = try world.snapshot()
        let report = command(world)
        #expect(report.status == 1 && report.reason == reason && !report.changed, sourceLocation: sourceLocation)
        let after = try world.snapshot().filter { !$0.contains(".rejected ") }
        #expect(after == before, sourceLocation: sourceLocation)
        #expect(
            world.programs.changes.filter { !$0.hasPrefix("/usr/sbin/mosquitto -h") } == [],
            sourceLocation: sourceLocation)
    }

    @Test(
        "a mosquitto that runs and would not come back is left alone by every command",
        arguments: [
            "connect", "disconnect", "reconnect", "refresh",
        ])
    func cannotReturn(_ command: String) throws {
        let world = try world(connected: command != "connect", trials: [Self.complaint, ""])
        if command == "refresh" { try world.write("# older\n", to: World.bridge) }
        try expectUntouched(world, "mosquitto-cannot-restart") { world in
            switch command {
            case "disconnect": return Disconnector(.c8y, profile: nil, in: world.context).run()
            case "refresh": return BridgeRefresher(in: world.context).run()
            default:
                var options = Connector.Options()
                options.isReconnection = command == "reconnect"
                return Connector(.c8y, profile: nil, options: options, in: world.context).run()
            }
        }
        #expect(world.errors.contains("Error found at /etc/mosquitto/conf.d/x.conf:1."))
        #expect(
            world.errors.contains(
                "Hint: Correct the line /etc/mosquitto/conf.d/x.conf:1, then run the command again.\n"))
    }

    @Test("what would not start with our files is refused, whether mosquitto runs or not", arguments: [true, false])
    func rejects(_ isRunning: Bool) throws {
        let world = try world(isRunning: isRunning, trials: isRunning ? ["", Self.complaint] : [Self.complaint])
        try expectUntouched(world, "mosquitto-configuration-rejected") { $0.connect() }
    }

    @Test("a bridge file that is broken is written again, for a mosquitto that has not read it yet")
    func ours() throws {
        let world = try world(connected: true, trials: [])
        try world.write("# broken\n", to: World.bridge)
        let path = world.directory.file(World.bridge)
        let said = Said(["Error: Invalid bridge configuration.\nError found at \(path):1.\n", ""])
        world.programs.on("/proc/self/exe") { () throws(ProcessError) in
            let text = said.next()
            return text.isEmpty
                ? ProcessResult(.signalled(SIGKILL), error: "mosquitto version 2.0.11 running\n")
                : ProcessResult(.exited(3), error: text)
        }
        #expect(BridgeRefresher(in: world.context).run().status == 0)
        #expect(world.programs.changes.contains("systemctl restart mosquitto"))
    }

    @Test("mosquitto as a snap is named, and nothing is changed")
    func snap() throws {
        let error = ConnectError.brokerIsSnap
        #expect(error.id == "mosquitto-is-snap")
        #expect(error.causes[0].contains("snap.mosquitto.mosquitto"))
        #expect(error.hint?.contains("snap stop --disable mosquitto") == true)
    }

    @Test("the doctor tells root what is wrong with the configuration, and others that only root may look")
    func doctor() throws {
        var world = try world(trials: [Self.complaint])
        var options = Doctor.Options()
        options.only = ["mosquitto-configuration"]
        world.programs.on("mosquitto -h", .exited(3), output: "mosquitto version 2.0.11\n")
        world.programs.on("/usr/sbin/mosquitto -h", .exited(3), output: "mosquitto version 2.0.11\n")
        let report = Doctor(.c8y, profile: nil, options: options, in: world.context).run()
        #expect(report.reason == "mosquitto-configuration-rejected")
        #expect(
            world.output == """
                error    mosquitto-configuration: mosquitto runs, but would not start again with its configuration.
                         Seen: Error: Unknown configuration variable "frobnicate".
                               Error found at /etc/mosquitto/conf.d/x.conf:1.
                         Hint: Correct the line /etc/mosquitto/conf.d/x.conf:1, then run 'sudo systemctl restart mosquitto'.

                1 check: 1 error

                """)
        world.accounts.caller = WorldFiles.owner
        #expect(Doctor(.c8y, profile: nil, options: options, in: world.context).run().status == 0)
        #expect(world.output.contains("skipped  mosquitto-configuration: only root may look"))
    }
}
