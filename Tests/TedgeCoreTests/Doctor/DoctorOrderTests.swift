import Foundation
import MQTT
import TestSupport
import Testing

@testable import TedgeCore

/// In which order the doctor looks, when it tells, and how it ends where somebody does not answer or a signal comes.
@Suite struct DoctorOrderTests {
    private func run(_ world: World, _ cloud: CloudName? = .c8y, only: [String] = []) -> CommandReport {
        var options = Doctor.Options()
        options.only = only
        return Doctor(cloud, profile: nil, options: options, in: world.context).run()
    }

    /// The ids of the checks that were told, in their order.
    private func told(_ world: World) -> [String] {
        world.output.split(separator: "\n").compactMap { line in
            guard let state = ["ok ", "warning ", "error ", "skipped "].first(where: line.hasPrefix) else { return nil }
            return String(line.dropFirst(state.utf8.count).drop { $0 == " " }.prefix { $0 != ":" })
        }
    }

    /// A connected device with all that the doctor looks at, but for the cloud.
    private func connected() throws -> World {
        let world = try World.ready()
        #expect(world.connect().status == 0)
        world.programs.on("mosquitto -h", .exited(3), output: "mosquitto version 2.0.11\n")
        world.printed.forget()
        world.programs.forget()
        return world
    }

    @Test("checks are done in the order of the table, those of the device before those of the network")
    func order() throws {
        let table = DoctorCheck.all.map(\.id)
        let network = try #require(table.firstIndex(of: "name-resolution"))
        for local in ["local-mqtt", "mapper-running", "agent-running", "listener", "trust-roots"] {
            #expect(try #require(table.firstIndex(of: local)) < network)
        }
        for _ in 0..<3 {
            let world = try connected()
            try world.configure(url: "no-such-host.invalid")
            _ = run(world)
            #expect(told(world) == table.filter { told(world).contains($0) })
            #expect(told(world).count > 25)
        }
    }

    @Test("a cause that nobody asked for is told right before what it takes the ground from, once")
    func causes() throws {
        let world = try World()
        _ = run(world, only: ["clock", "key-pair", "certificate-expiry"])
        #expect(told(world) == ["clock", "certificate", "key-pair", "certificate-expiry"])
    }

    @Test("a line is told before the next check is done")
    func streaming() throws {
        let world = try connected()
        let printed = world.printed
        world.programs.on("mosquitto -h") { () throws(ProcessError) in
            #expect(printed.output.contains("service-manager: systemd\n"))
            #expect(!printed.output.contains("mosquitto-installed"))
            return ProcessResult(.exited(3), output: "mosquitto version 2.0.11\n")
        }
        _ = run(world, only: ["service-manager", "mosquitto-installed"])
        #expect(told(world) == ["service-manager", "mosquitto-installed"])
    }

    @Test("a systemctl that does not answer is asked once, and nothing is taken for stopped or disabled")
    func silentSystemctl() throws {
        let world = try connected()
        world.programs.on("systemctl", .unanswered(program: "systemctl", seconds: 4))
        let report = run(
            world, only: ["service-manager", "mosquitto-running", "mapper-running", "local-mqtt", "bridge-file"])
        #expect(world.programs.calls.filter { $0.hasPrefix("systemctl") }.count == 1)
        #expect(report.reason == "service-manager-silent" && report.status == 1)
        #expect(world.output.contains("error    service-manager: The service manager does not answer.\n"))
        #expect(world.output.contains("Seen: systemctl did not answer within 4 s\n"))
        #expect(world.output.contains("skipped  mosquitto-running: systemctl did not answer within 4 s\n"))
        #expect(world.output.contains("skipped  mapper-running: systemctl did not answer within 4 s\n"))
        #expect(world.output.contains("ok       local-mqtt: "))
        #expect(world.output.contains("ok       bridge-file: "))
    }

    @Test("only a service manager that said no makes a service one that is not started with the device")
    func enablement() throws {
        let cases: [(ProcessResult.Ending?, String, String)] = [
            (.exited(0), "enabled\n", "ok       mapper-running: tedge-mapper-c8y\n"),
            (.exited(1), "disabled\n", "warning  mapper-running: tedge-mapper-c8y runs, but is not started with the "),
            (.signalled(15), "", "skipped  mapper-running: "),
            (nil, "", "skipped  mapper-running: systemctl did not answer "),
        ]
        for (ending, word, line) in cases {
            let world = try connected()
            if let ending {
                world.programs.on("systemctl is-enabled", ending, output: word)
            } else {
                world.programs.on("systemctl is-enabled", .unanswered(program: "systemctl", seconds: 4))
            }
            #expect(run(world, only: ["mapper-running"]).status == 0)
            #expect(world.output.hasPrefix(line), "\(world.output)")
        }
    }

    @Test(
        "what is not answered is skipped with a reason for programs, and a journal that hangs costs only what it says")
    func unansweredJSON() throws {
        var world = try connected()
        world.isJSON = true
        world.programs.on("systemctl is-enabled", .unanswered(program: "systemctl", seconds: 4))
        let text = run(world, only: ["mapper-running"]).json.text
        #expect(text.contains(#""state":"skipped","reason":"unanswered""#), "\(text)")
        world.isJSON = false
        world.programs.states(mapper: "failed")
        world.programs.on("systemctl is-enabled", .exited(0), output: "enabled\n")
        world.programs.on("journalctl", .unanswered(program: "journalctl", seconds: 4))
        #expect(run(world, only: ["mapper-running"]).reason == "mapper-failed")
    }

    @Test("a signal ends it: what was done is shown, and that it was interrupted", arguments: [false, true])
    func interrupted(isJSON: Bool) throws {
        var world = try connected()
        world.isJSON = isJSON
        let signal = world.signal
        world.programs.on("mosquitto -h") { () throws(ProcessError) in
            signal.send(SIGINT)
            throw .interrupted(Interrupted(signal: SIGINT))
        }
        let report = run(world)
        #expect(report.status == 1 && report.result == .failed && report.reason == "interrupted")
        #expect(report.message == "Interrupted by SIGINT")
        #expect(world.errors == "Error: failed to examine the device\n\nCaused by:\n    Interrupted by SIGINT\n")
        let table = DoctorCheck.all.map(\.id)
        let done = table.prefix { $0 != "mosquitto-installed" }.filter { !$0.hasPrefix("credentials") }
        if isJSON {
            #expect(world.output == "")
            let object = try JSONSerialization.jsonObject(with: Data(report.json.text.utf8)) as? [String: Any]
            let checks = try #require(object?["checks"] as? [[String: Any]])
            #expect(checks.compactMap { $0["id"] as? String } == done)
        } else {
            #expect(told(world) == done)
            #expect(world.output.contains("\n\(done.count) checks: "))
            #expect(world.output.hasSuffix("; the others were not done\n"))
        }
        #expect(!world.output.contains("not installed"))
    }

    @Test("what was found when the time was over is no finding")
    func outOfTime() throws {
        let world = try World.ready()
        let examination = Examination(.c8y, profile: nil, until: .now - .seconds(1), in: world.context)
        #expect(examination.outcome(of: "bridge-file") == .outOfTime)
        #expect(examination.outcome(of: "tcp").state == "skipped")
    }
}
