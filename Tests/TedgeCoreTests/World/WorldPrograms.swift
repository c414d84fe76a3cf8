import Synchronization

@testable import TedgeCore

/// The programs of a device: they do nothing, succeed, and are remembered.
final class WorldPrograms: Processes {
    /// What a program does instead.
    typealias Answer = @Sendable () throws(ProcessError) -> ProcessResult

    private struct State {
        var calls: [String] = []
        var inputs: [[UInt8]] = []
        var rules: [(beginning: String, answer: Answer)] = []
        var installed: Set<String> = ["systemctl", "tedge-mapper"]
    }

    private let state = Mutex(State())

    /// The words of the commands that ran, with blanks between them.
    var calls: [String] { state.withLock { $0.calls } }

    /// What programs got on standard input.
    var inputs: [[UInt8]] { state.withLock { $0.inputs } }

    /// The commands that changed something: all but the questions.
    var changes: [String] {
        let questions = ["systemctl show", "systemctl is-", "journalctl", "mosquitto", "/proc/self/exe"]
        return calls.filter { call in !questions.contains { call.hasPrefix($0) } }
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

    /// Has systemd say this of the state of services.
    func states(mosquitto: Bool = true, mapper: String = "active", agent: String = "not-found") {
        let block = { (state: String) in
            state == "not-found"
                ? "LoadState=not-found\nActiveState=inactive\n" : "LoadState=loaded\nActiveState=\(state)\n"
        }
        let blocks = [mosquitto ? "active" : "inactive", mapper, "not-found", agent].map(block)
        on(
            "systemctl show --property=LoadState,ActiveState mosquitto", .exited(0),
            output: blocks.joined(separator: "\n"))
    }

    func run(_ words: [String], interruption: Interruption) throws(ProcessError) -> ProcessResult {
        let call = words.joined(separator: " ")
        let answer = state.withLock { state in
            state.calls.append(call)
            return state.rules.last { call.hasPrefix($0.beginning) }?.answer
        }
        guard let answer else { return ProcessResult(.exited(0)) }
        return try answer()
    }

    func run(
        _ words: [String], input: [UInt8], until marker: String, interruption: Interruption
    ) throws(ProcessError) -> ProcessResult {
        state.withLock { $0.inputs.append(input) }
        return try run(words, interruption: interruption)
    }

    func isOnPath(_ program: String) -> Bool { state.withLock { $0.installed.contains(program) } }
}
