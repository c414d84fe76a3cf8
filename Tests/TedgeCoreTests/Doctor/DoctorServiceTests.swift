import Testing

@testable import TedgeCore

/// What the doctor says of services that are masked, missing, failed or not what they seem.
@Suite struct DoctorServiceTests {
    /// A device that is connected, whose services are in these states.
    private func world(_ properties: [String: String]) throws -> World {
        let world = try World.ready()
        #expect(world.connect().status == 0)
        world.printed.forget()
        world.programs.install(["systemctl", "tedge-mapper", "tedge-agent"])
        world.programs.on("mosquitto -h", .exited(3), output: "mosquitto version 2.0.11\n")
        let services = ["mosquitto", "tedge-mapper-c8y", "tedge-mapper", "tedge-agent"]
        let blocks = services.map { name in
            let usual = name == "tedge-mapper" ? "not-found inactive" : "loaded active"
            let words = (properties[name] ?? usual).split(separator: " ")
            let more = words.dropFirst(2).joined(separator: "\n")
            return "LoadState=\(words[0])\nActiveState=\(words[1])\n\(more)\n"
        }
        world.programs.on("systemctl show --property=LoadState", .exited(0), output: blocks.joined(separator: "\n"))
        return world
    }

    private func run(_ world: World, only: String...) -> CommandReport {
        var options = Doctor.Options()
        options.only = only
        return Doctor(.c8y, profile: nil, options: options, in: world.context).run()
    }

    static let maskedUnits = [
        ("mosquitto", "mosquitto-running", "mosquitto-masked"), ("tedge-mapper-c8y", "mapper-running", "mapper-masked"),
        ("tedge-agent", "agent-running", "agent-masked"),
    ]

    @Test("a service that is masked is told as that, with the command that unmasks it", arguments: maskedUnits)
    func masked(_ unit: String, _ check: String, _ reason: String) throws {
        let report = run(try world([unit: "masked inactive UnitFileState=masked"]), only: check)
        #expect(report.reason == reason && report.status == 1)
        #expect(report.message == "The service \(unit) is masked: systemd is told never to start it.")
        #expect(report.hint == "Run 'sudo systemctl unmask \(unit)'.")
        let now = run(try world([unit: "masked active UnitFileState=masked-runtime"]), only: check)
        #expect(now.hint == "Run 'sudo systemctl unmask --runtime \(unit)'.")
    }

    @Test("a mapper or an agent that is on PATH and no service is told")
    func missingUnits() throws {
        let mapper = run(try world(["tedge-mapper-c8y": "not-found inactive"]), only: "mapper-running")
        #expect(mapper.reason == "mapper-without-service")
        #expect(mapper.message == "tedge-mapper is installed, but there is no service tedge-mapper-c8y.")
        #expect(mapper.hint?.contains("'sudo apt install --reinstall tedge-mapper'") == true)
        let agent = run(try world(["tedge-agent": "not-found inactive"]), only: "agent-running")
        #expect(agent.reason == "agent-without-service")
    }

    @Test("an agent that does not run is told with its last lines, one that is not enabled is a warning")
    func agent() throws {
        let failed = try world(["tedge-agent": "loaded failed"])
        failed.programs.on("journalctl --unit=tedge-agent", .exited(0), output: "it is broken\n")
        let report = run(failed, only: "agent-running")
        #expect(report.reason == "agent-failed" && report.hint == "Run 'sudo systemctl restart tedge-agent'.")
        #expect(failed.output.contains("Seen: it is broken\n"))
        let disabled = try world([:])
        disabled.programs.on("systemctl is-enabled tedge-agent", .exited(1), output: "disabled\n")
        #expect(run(disabled, only: "agent-running").status == 0)
        #expect(
            disabled.output.hasPrefix("warning  agent-running: tedge-agent runs, but is not started with the device."))
        #expect(disabled.output.contains("Hint: Run 'sudo systemctl enable tedge-agent'.\n"))
    }

    @Test("a device without an agent has no check of it, unless somebody asks")
    func noAgent() throws {
        let world = try world([:])
        world.programs.install(["systemctl", "tedge-mapper"])
        #expect(run(world, only: "agent-running").status == 0)
        #expect(world.output.hasPrefix("skipped  agent-running: tedge-agent is not installed\n"))
        world.printed.forget()
        var options = Doctor.Options()
        options.skip = DoctorCheck.all.map(\.id).filter { $0 != "agent-running" }
        _ = Doctor(.c8y, profile: nil, options: options, in: world.context).run()
        #expect(world.output == "\n0 checks\n")
    }

    @Test("a mosquitto of an init script works and is told; one of a snap does not")
    func foreignUnits() throws {
        let script = try world(["mosquitto": "loaded active SourcePath=/etc/init.d/mosquitto"])
        #expect(run(script, only: "mosquitto-running").status == 0)
        #expect(script.output.contains("it is started by /etc/init.d/mosquitto.\n"))
        let dead = run(
            try world(["mosquitto": "loaded failed SourcePath=/etc/init.d/mosquitto"]), only: "mosquitto-running")
        #expect(dead.reason == "mosquitto-without-unit" && dead.status == 1)
        let snap = try world(["mosquitto": "not-found inactive"])
        let ask = "systemctl show --property=\(ServiceState.properties) snap.mosquitto.mosquitto.service"
        snap.programs.on(ask, .exited(0), output: "LoadState=not-found\nActiveState=inactive\n")
        #expect(run(snap, only: "mosquitto-running").reason == "mosquitto-not-found")
        snap.programs.on(ask, .exited(0), output: "LoadState=loaded\nActiveState=active\n")
        let report = run(snap, only: "mosquitto-running")
        #expect(report.reason == "mosquitto-confined")
        #expect(report.hint?.contains("sudo snap stop --disable mosquitto") == true)
    }

    @Test("a command of system.toml whose program is missing is told with its key; what can be asked is asked")
    func missingProgram() throws {
        let world = try world([:])
        let commands = SystemSettingsTests.text(SystemSettingsTests.commands)
        try world.write(commands.replacing("rc-update", with: "/no/such/program"), to: "tedge/system.toml")
        world.programs.install(["rc-service", "tedge-mapper"])
        let report = run(world, only: "service-manager", "mosquitto-running")
        #expect(report.reason == "service-command-missing" && report.status == 1)
        #expect(report.message == "The program of the command 'enable' is not there: /no/such/program.")
        #expect(report.hint == "Correct 'enable' in \(world.path("system.toml")).")
        #expect(world.output.contains("ok       mosquitto-running: it runs\n"))
    }
}
