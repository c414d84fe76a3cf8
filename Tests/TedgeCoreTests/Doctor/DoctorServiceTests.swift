import Testing

@testable import TedgeCore

/// What the doctor says of services that are masked, missing, failed or not what they seem.
@Suite struct DoctorServiceTests {
    /// A device that is connected, whose services are in these states.
    private func fixture(_ properties: [String: String]) throws -> Fixture {
        let fixture = try Fixture.ready()
        #expect(fixture.connect().status == 0)
        fixture.printed.forget()
        fixture.programs.install(["systemctl", "tedge-mapper", "tedge-agent"])
        fixture.programs.on("mosquitto -h", .exited(3), output: "mosquitto version 2.0.11\n")
        let services = ["mosquitto", "tedge-mapper-c8y", "tedge-mapper", "tedge-agent"]
        let blocks = services.map { name in
            let usual = name == "tedge-mapper" ? "not-found inactive" : "loaded active"
            let words = (properties[name] ?? usual).split(separator: " ")
            let more = words.dropFirst(2).joined(separator: "\n")
            return "LoadState=\(words[0])\nActiveState=\(words[1])\n\(more)\n"
        }
        fixture.programs.on("systemctl show --property=LoadState", .exited(0), output: blocks.joined(separator: "\n"))
        return fixture
    }

    private func run(_ fixture: Fixture, only: CheckID...) -> CommandReport {
        var options = Doctor.Options()
        options.only = only
        return Doctor(.c8y, profile: nil, options: options, in: fixture.context).run()
    }

    static let maskedUnits: [(String, CheckID, ReasonID)] = [
        ("mosquitto", "mosquitto-running", "mosquitto-masked"), ("tedge-mapper-c8y", "mapper-running", "mapper-masked"),
        ("tedge-agent", "agent-running", "agent-masked"),
    ]

    @Test("a service that is masked is told as that, with the command that unmasks it", arguments: maskedUnits)
    func masked(_ unit: String, _ check: CheckID, _ reason: ReasonID) throws {
        let report = run(try fixture([unit: "masked inactive UnitFileState=masked"]), only: check)
        #expect(report.reason == reason && report.status == 1)
        #expect(report.message == "The service \(unit) is masked: systemd is told never to start it.")
        #expect(report.hint == "Run 'sudo systemctl unmask \(unit)'.")
        // One that runs goes on until it is stopped.
        let running = try fixture([unit: "masked active UnitFileState=masked-runtime"])
        #expect(run(running, only: check).status == 0)
        #expect(running.output.hasPrefix("warning  \(check.rawValue): The service \(unit) is masked: "))
        #expect(running.output.contains("Hint: Run 'sudo systemctl unmask --runtime \(unit)'.\n"))
    }

    @Test("a unit that systemd cannot read is told, whether the service runs or not")
    func brokenUnit() throws {
        let broker = run(try fixture(["mosquitto": "bad-setting inactive"]), only: "mosquitto-running")
        #expect(broker.reason == "mosquitto-unit-broken")
        #expect(broker.hint?.contains("'systemd-analyze verify mosquitto.service'") == true)
        let mapper = run(try fixture(["tedge-mapper-c8y": "error failed"]), only: "mapper-running")
        #expect(mapper.reason == "mapper-unit-broken")
        let running = try fixture(["mosquitto": "bad-setting active"])
        #expect(run(running, only: "mosquitto-running").status == 0)
        #expect(running.output.hasPrefix("warning  mosquitto-running: systemd cannot read the unit of mosquitto, "))
    }

    @Test("a service that systemd skipped for its condition is not to be restarted")
    func condition() throws {
        let skipped = "loaded inactive ConditionResult=no ConditionTimestampMonotonic=7"
        let broker = run(try fixture(["mosquitto": skipped]), only: "mosquitto-running")
        #expect(broker.reason == "mosquitto-not-running")
        #expect(broker.hint == "Run 'systemctl status mosquitto' to see which condition it is.")
        let agent = run(try fixture(["tedge-agent": skipped]), only: "agent-running")
        #expect(agent.reason == "agent-failed" && agent.hint?.contains("which condition") == true)
        let forgotten = try fixture(["tedge-agent": "loaded inactive"])
        forgotten.programs.on(
            "journalctl --unit=tedge-agent", .exited(0),
            output: "tedge-agent.service was skipped because of an unmet condition check (ConditionPathExists=/x).\n")
        #expect(run(forgotten, only: "agent-running").hint?.contains("which condition") == true)
        let fresh = "loaded inactive ConditionResult=no ConditionTimestampMonotonic=0"
        #expect(run(try fixture(["tedge-agent": fresh]), only: "agent-running").hint?.contains("restart") == true)
    }

    @Test("a systemctl that cannot reach systemd is told with its words, and no hint leads back to the doctor")
    func noBus() throws {
        let fixture = try fixture([:])
        fixture.programs.on("systemctl show", .exited(1), error: "Failed to connect to bus: Connection refused\n")
        let report = run(fixture, only: "service-manager", "mosquitto-running")
        #expect(report.reason == "service-manager-silent")
        #expect(fixture.output.contains("Seen: Failed to connect to bus: Connection refused\n"))
        #expect(fixture.output.contains("skipped  mosquitto-running: Failed to connect to bus: Connection refused\n"))
        #expect(!fixture.output.contains("tedge doctor"))
    }

    @Test("a mapper or an agent that is on PATH and no service is told")
    func missingUnits() throws {
        let mapper = run(try fixture(["tedge-mapper-c8y": "not-found inactive"]), only: "mapper-running")
        #expect(mapper.reason == "mapper-without-service")
        #expect(mapper.message == "tedge-mapper is installed, but there is no service tedge-mapper-c8y.")
        #expect(mapper.hint?.contains("'sudo apt install --reinstall tedge-mapper'") == true)
        let agent = run(try fixture(["tedge-agent": "not-found inactive"]), only: "agent-running")
        #expect(agent.reason == "agent-without-service")
    }

    @Test("an agent that does not run is told with its last lines, one that is not enabled is a warning")
    func agent() throws {
        let failed = try fixture(["tedge-agent": "loaded failed"])
        failed.programs.on("journalctl --unit=tedge-agent", .exited(0), output: "it is broken\n")
        let report = run(failed, only: "agent-running")
        #expect(report.reason == "agent-failed" && report.hint == "Run 'sudo systemctl restart tedge-agent'.")
        #expect(failed.output.contains("Seen: it is broken\n"))
        let disabled = try fixture([:])
        disabled.programs.on("systemctl is-enabled tedge-agent", .exited(1), output: "disabled\n")
        #expect(run(disabled, only: "agent-running").status == 0)
        #expect(
            disabled.output.hasPrefix("warning  agent-running: tedge-agent runs, but is not started with the device."))
        #expect(disabled.output.contains("Hint: Run 'sudo systemctl enable tedge-agent'.\n"))
    }

    @Test("a device without an agent has no check of it, unless somebody asks")
    func noAgent() throws {
        let fixture = try fixture([:])
        fixture.programs.install(["systemctl", "tedge-mapper"])
        #expect(run(fixture, only: "agent-running").status == 0)
        #expect(fixture.output.hasPrefix("skipped  agent-running: tedge-agent is not installed\n"))
        fixture.printed.forget()
        var options = Doctor.Options()
        options.skip = DoctorCheck.all.map(\.id).filter { $0 != "agent-running" }
        _ = Doctor(.c8y, profile: nil, options: options, in: fixture.context).run()
        #expect(fixture.output == "\n0 checks\n")
    }

    @Test("a mosquitto of an init script works and is told; one of a snap does not")
    func foreignUnits() throws {
        let script = try fixture(["mosquitto": "loaded active SourcePath=/etc/init.d/mosquitto"])
        #expect(run(script, only: "mosquitto-running").status == 0)
        #expect(script.output.contains("it is started by /etc/init.d/mosquitto.\n"))
        let dead = run(
            try fixture(["mosquitto": "loaded failed SourcePath=/etc/init.d/mosquitto"]), only: "mosquitto-running")
        #expect(dead.reason == "mosquitto-without-unit" && dead.status == 1)
        let snap = try fixture(["mosquitto": "not-found inactive"])
        let ask = "systemctl show --property=\(ServiceState.properties) snap.mosquitto.mosquitto.service"
        snap.programs.on(ask, .exited(0), output: "LoadState=not-found\nActiveState=inactive\n")
        #expect(run(snap, only: "mosquitto-running").reason == "mosquitto-not-found")
        snap.programs.on(ask, .exited(0), output: "LoadState=loaded\nActiveState=active\n")
        let report = run(snap, only: "mosquitto-running")
        #expect(report.reason == "mosquitto-is-snap")
        #expect(report.hint?.contains("sudo snap stop --disable mosquitto") == true)
    }

    @Test("a command of system.toml whose program is missing is told with its key; what can be asked is asked")
    func missingProgram() throws {
        let fixture = try fixture([:])
        let commands = SystemSettingsTests.text(SystemSettingsTests.commands)
        try fixture.write(commands.replacing("rc-update", with: "/no/such/program"), to: "tedge/system.toml")
        fixture.programs.install(["rc-service", "tedge-mapper"])
        fixture.programs.on("rc-service", .exited(0))
        let report = run(fixture, only: "service-manager", "mosquitto-running")
        #expect(report.reason == "service-command-missing" && report.status == 1)
        #expect(report.message == "The program of the command 'enable' is not there: /no/such/program.")
        #expect(report.hint == "Correct 'enable' in \(fixture.path("system.toml")).")
        #expect(fixture.output.contains("ok       mosquitto-running: it runs\n"))
    }
}
