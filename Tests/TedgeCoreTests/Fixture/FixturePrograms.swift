import Synchronization
import Testing

@testable import TedgeCore

/// The programs of a device, whose calls are remembered. systemd obeys, its journal is empty, and mosquitto accepts every
/// configuration; any other program fails the test unless the test scripts it.
final class FixturePrograms: Processes {
    /// What a program does instead.
    typealias Answer = @Sendable () throws(ProcessError) -> ProcessResult

    private struct State {
        var calls: [String] = []
        var inputs: [[UInt8]] = []
        var variables: [[String: String]] = []
        var rules: [(beginning: String, answer: Answer)] = []
        var installed: Set<String> = ["systemctl", "tedge-mapper"]
        /// What systemd says of a unit that nobody has started or stopped.
        var services: @Sendable (String) -> String = { _ in "active" }
        var driven: [String: String] = [:]
        var processes: [String: Int32] = [:]
    }

    private let state = Mutex(State())

    /// Scripts a mosquitto that does not tell its version and accepts every configuration.
    init() {
        for program in ["mosquitto", "/usr/sbin/mosquitto", "/usr/local/sbin/mosquitto"] {
            on("\(program) -h", .exited(0))
        }
        on("/proc/self/exe --as-a-unit-does", .exited(0))
    }

    /// The words of the commands that ran, with blanks between them.
    var calls: [String] { state.withLock { $0.calls } }

    /// What programs got on standard input.
    var inputs: [[UInt8]] { state.withLock { $0.inputs } }

    /// The variables that programs got.
    var variables: [[String: String]] { state.withLock { $0.variables } }

    /// The commands that changed something: all but the questions.
    var changes: [String] {
        let questions = ["systemctl show", "systemctl is-", "journalctl", "mosquitto", "/proc/self/exe"]
        return calls.filter { call in !questions.contains { call.hasPrefix($0) } && !call.hasSuffix("/mosquitto -h") }
    }

    /// Forgets the calls so far.
    func forget() { state.withLock { $0.calls = [] } }

    /// The programs on PATH.
    func install(_ programs: Set<String>) { state.withLock { $0.installed = programs } }

    /// Has the commands that begin with these words do something else. Of two rules the later one counts.
    func on(_ beginning: String, _ answer: @escaping Answer) {
        state.withLock { $0.rules.append((beginning, answer)) }
    }

    /// Has the commands that begin with these words end like this.
    func on(_ beginning: String, _ ending: ProcessResult.Ending, output: String = "", error: String = "") {
        on(beginning) { () throws(ProcessError) in ProcessResult(ending, output: output, error: error) }
    }

    /// Has the commands that begin with these words end like this, one after the other; the last ending stays.
    func on(_ beginning: String, inTurn endings: ProcessResult.Ending...) {
        let rest = Rest(endings)
        on(beginning) { () throws(ProcessError) in ProcessResult(rest.next()) }
    }

    private final class Rest: Sendable {
        private let endings: Mutex<[ProcessResult.Ending]>

        init(_ endings: [ProcessResult.Ending]) { self.endings = Mutex(endings) }

        func next() -> ProcessResult.Ending {
            endings.withLock { $0.count > 1 ? $0.removeFirst() : $0[0] }
        }
    }

    /// Has the commands that begin with these words not run at all.
    func on(_ beginning: String, _ failure: ProcessError) {
        on(beginning) { () throws(ProcessError) in throw failure }
    }

    /// Has systemd say this of the state of services, until they are started or stopped: of mosquitto, the mappers that have
    /// a cloud, and the agent. There is no single mapper.
    func states(mosquitto: Bool? = true, mapper: String = "active", agent: String = "not-found") {
        state.withLock { state in
            state.services = { unit in
                switch unit {
                case "mosquitto": mosquitto.map { $0 ? "active" : "inactive" } ?? "not-found"
                case "tedge-agent": agent
                case "tedge-mapper": "not-found"
                default: unit.hasPrefix("tedge-mapper-") ? mapper : "not-found"
                }
            }
            state.driven = [:]
        }
    }

    /// Has systemd name the main process of a service.
    func name(_ process: Int32, of unit: String) { state.withLock { $0.processes[unit] = process } }

    func run(_ words: [String], interruption: Interruption) throws(ProcessError) -> ProcessResult {
        let call = words.joined(separator: " ")
        let answer = state.withLock { state in
            state.calls.append(call)
            return state.rules.last { call.hasPrefix($0.beginning) }?.answer
        }
        let result: ProcessResult
        if let answer { result = try answer() } else { result = systemd(words) ?? unscripted(call) }
        if result.succeeded, words.count == 3, words[0] == "systemctl" {
            let states = ["start": "active", "restart": "active", "stop": "inactive"]
            if let now = states[words[1]] { state.withLock { $0.driven[words[2]] = now } }
        }
        return result
    }

    /// Fails the test: nobody has said what the program does.
    private func unscripted(_ call: String) -> ProcessResult {
        Issue.record("No test says what '\(call)' does.")
        return ProcessResult(.exited(127), error: "\(call): not scripted")
    }

    /// What systemd does if no test says otherwise: it obeys, tells the state of services, and has logged nothing. Nil for
    /// another program.
    private func systemd(_ words: [String]) -> ProcessResult? {
        if words.first == "journalctl" { return ProcessResult(.exited(0)) }
        guard words.first == "systemctl" else { return nil }
        let question = ["systemctl", "show", "--property=\(ServiceState.properties)"]
        guard words.starts(with: question) else {
            let orders: Set = [
                "start", "stop", "restart", "enable", "disable", "is-active", "is-enabled", "daemon-reload",
                "reset-failed", "show",
            ]
            let order = words.dropFirst().first { !$0.hasPrefix("-") }
            return order.map(orders.contains) == true ? ProcessResult(.exited(0)) : nil
        }
        let blocks = state.withLock { state in
            words.dropFirst(question.count).map { unit in
                let now = state.driven[unit] ?? state.services(unit)
                return now == "not-found"
                    ? "LoadState=not-found\nActiveState=inactive\n"
                    : "LoadState=loaded\nActiveState=\(now)\nMainPID=\(state.processes[unit] ?? 0)\n"
            }
        }
        return ProcessResult(.exited(0), output: blocks.joined(separator: "\n"))
    }

    func ask(
        _ words: [String], within limit: Duration, interruption: Interruption
    ) throws(ProcessError) -> ProcessResult { try run(words, interruption: interruption) }

    func run(
        _ words: [String], with variables: [String: String], within limit: Duration, interruption: Interruption
    ) throws(ProcessError) -> ProcessResult {
        state.withLock { $0.variables.append(variables) }
        return try run(words, interruption: interruption)
    }

    func reloadSystemd() -> Bool {
        state.withLock { $0.calls.append("reload systemd") }
        return true
    }

    func run(
        _ words: [String], input: [UInt8], until marker: String, interruption: Interruption
    ) throws(ProcessError) -> ProcessResult {
        state.withLock { $0.inputs.append(input) }
        return try run(words, interruption: interruption)
    }

    func isOnPath(_ program: String) -> Bool { state.withLock { $0.installed.contains(program) } }
}

extension Fixture {
    /// Has system.toml name OpenRC, whose programs obey.
    func useOpenRC() throws {
        try write(SystemSettingsTests.text(SystemSettingsTests.commands), to: "tedge/system.toml")
        for program in ["rc-service", "rc-update"] { programs.on(program, .exited(0)) }
    }
}
