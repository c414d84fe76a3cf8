import Foundation
import MQTT
import TestSupport
import Testing

@testable import TedgeCore

/// In which order the doctor looks, when it tells, and how it ends where somebody does not answer or a signal comes.
@Suite struct DoctorOrderTests {
    private func run(_ fixture: Fixture, _ cloud: CloudName? = .c8y, only: [CheckID] = []) -> CommandReport {
        var options = Doctor.Options()
        options.only = only
        return Doctor(cloud, profile: nil, options: options, in: fixture.context).run()
    }

    /// The ids of the checks that were told, in their order.
    private func told(_ fixture: Fixture) -> [String] {
        fixture.output.split(separator: "\n").compactMap { line in
            guard let state = ["ok ", "warning ", "error ", "skipped "].first(where: line.hasPrefix) else { return nil }
            return String(line.dropFirst(state.utf8.count).drop { $0 == " " }.prefix { $0 != ":" })
        }
    }

    /// A connected device with all that the doctor looks at, but for the cloud.
    private func connected() throws -> Fixture {
        let fixture = try Fixture.ready()
        #expect(fixture.connect().status == 0)
        fixture.programs.on("mosquitto -h", .exited(3), output: "mosquitto version 2.0.11\n")
        fixture.printed.forget()
        fixture.programs.forget()
        return fixture
    }

    @Test("checks are done in the order of the table, those of the device before those of the network")
    func order() throws {
        let table = DoctorCheck.all.map(\.id)
        let network = try #require(table.firstIndex(of: "name-resolution"))
        for local: CheckID in ["local-mqtt", "mapper-running", "agent-running", "listener", "trust-roots"] {
            #expect(try #require(table.firstIndex(of: local)) < network)
        }
        for _ in 0..<3 {
            let fixture = try connected()
            try fixture.configure(url: "no-such-host.invalid")
            _ = run(fixture)
            #expect(told(fixture) == table.map(\.rawValue).filter { told(fixture).contains($0) })
            #expect(told(fixture).count > 25)
        }
    }

    @Test("a cause that nobody asked for is told right before what it takes the ground from, once")
    func causes() throws {
        let fixture = try Fixture()
        _ = run(fixture, only: ["clock", "key-pair", "certificate-expiry"])
        #expect(told(fixture) == ["clock", "certificate", "key-pair", "certificate-expiry"])
    }

    @Test("a line is told before the next check is done")
    func streaming() throws {
        let fixture = try connected()
        let printed = fixture.printed
        fixture.programs.on("mosquitto -h") { () throws(ProcessError) in
            #expect(printed.output.contains("service-manager: systemd\n"))
            #expect(!printed.output.contains("mosquitto-installed"))
            return ProcessResult(.exited(3), output: "mosquitto version 2.0.11\n")
        }
        _ = run(fixture, only: ["service-manager", "mosquitto-installed"])
        #expect(told(fixture) == ["service-manager", "mosquitto-installed"])
    }

    @Test("a systemctl that does not answer is asked once, and nothing is taken for stopped or disabled")
    func silentSystemctl() throws {
        let fixture = try connected()
        fixture.programs.on("systemctl", .unanswered(program: "systemctl", seconds: 4))
        let report = run(
            fixture, only: ["service-manager", "mosquitto-running", "mapper-running", "local-mqtt", "bridge-file"])
        #expect(fixture.programs.calls.filter { $0.hasPrefix("systemctl") }.count == 1)
        #expect(report.reason == "service-manager-silent" && report.status == 1)
        #expect(fixture.output.contains("error    service-manager: The service manager does not answer.\n"))
        #expect(fixture.output.contains("Seen: systemctl did not answer within 4 s\n"))
        #expect(fixture.output.contains("skipped  mosquitto-running: systemctl did not answer within 4 s\n"))
        #expect(fixture.output.contains("skipped  mapper-running: systemctl did not answer within 4 s\n"))
        #expect(fixture.output.contains("ok       local-mqtt: "))
        #expect(fixture.output.contains("ok       bridge-file: "))
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
            let fixture = try connected()
            if let ending {
                fixture.programs.on("systemctl is-enabled", ending, output: word)
            } else {
                fixture.programs.on("systemctl is-enabled", .unanswered(program: "systemctl", seconds: 4))
            }
            #expect(run(fixture, only: ["mapper-running"]).status == 0)
            #expect(fixture.output.hasPrefix(line), "\(fixture.output)")
        }
    }

    @Test(
        "what is not answered is skipped with a reason for programs, and a journal that hangs costs only what it says")
    func unansweredJSON() throws {
        var fixture = try connected()
        fixture.isJSON = true
        fixture.programs.on("systemctl is-enabled", .unanswered(program: "systemctl", seconds: 4))
        let text = run(fixture, only: ["mapper-running"]).checkedText
        #expect(text.contains(#""state":"skipped","reason":"unanswered""#), "\(text)")
        fixture.isJSON = false
        fixture.programs.states(mapper: "failed")
        fixture.programs.on("systemctl is-enabled", .exited(0), output: "enabled\n")
        fixture.programs.on("journalctl", .unanswered(program: "journalctl", seconds: 4))
        #expect(run(fixture, only: ["mapper-running"]).reason == "mapper-failed")
    }

    @Test("a signal ends it: what was done is shown, and that it was interrupted", arguments: [false, true])
    func interrupted(isJSON: Bool) throws {
        var fixture = try connected()
        fixture.isJSON = isJSON
        let signal = fixture.signal
        fixture.programs.on("mosquitto -h") { () throws(ProcessError) in
            signal.send(SIGINT)
            throw .interrupted(Interrupted(signal: SIGINT))
        }
        let report = run(fixture)
        #expect(report.status == 1 && report.result == .failed && report.reason == "interrupted")
        #expect(report.message == "Interrupted by SIGINT")
        #expect(fixture.errors == "Error: failed to examine the device\n\nCaused by:\n    Interrupted by SIGINT\n")
        let table = DoctorCheck.all.map(\.id.rawValue)
        let done = table.prefix { $0 != "mosquitto-installed" }.filter { !$0.hasPrefix("credentials") }
        if isJSON {
            #expect(fixture.output == "")
            let object = try JSONSerialization.jsonObject(with: Data(report.checkedText.utf8)) as? [String: Any]
            let checks = try #require(object?["checks"] as? [[String: Any]])
            #expect(checks.compactMap { $0["id"] as? String } == done)
        } else {
            #expect(told(fixture) == done)
            #expect(fixture.output.contains("\n\(done.count) checks: "))
            #expect(fixture.output.hasSuffix("; the others were not done\n"))
        }
        #expect(!fixture.output.contains("not installed"))
    }

    @Test("what was found when the time was over is no finding")
    func outOfTime() throws {
        let fixture = try Fixture.ready()
        let doctorRun = DoctorRun(.c8y, profile: nil, until: .now - .seconds(1), in: fixture.context)
        #expect(doctorRun.outcome(of: "bridge-file") == .outOfTime)
        #expect(doctorRun.outcome(of: "tcp").state == .skipped)
    }
}
