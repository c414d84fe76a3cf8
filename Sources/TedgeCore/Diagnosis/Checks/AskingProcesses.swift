import Synchronization

/// Runs programs for checks: none may take long, a signal stops them, and a program that did not answer is not asked
/// again.
final class AskingProcesses: Processes {
    /// How long a program may take, unless told otherwise.
    static let limit = Duration.seconds(4)

    private let limit: Duration
    private let base: any Processes
    private let interruption: Interruption
    /// The programs that did not answer, with their errors.
    private let silent = Mutex<[String: ProcessError]>([:])

    /// Runs the programs of the device until a signal arrives or the time runs out.
    init(_ base: any Processes, _ interruption: Interruption, limit: Duration = limit) {
        (self.base, self.interruption, self.limit) = (base, interruption, limit)
    }

    func run(_ words: [String], interruption: Interruption) throws(ProcessError) -> ProcessResult {
        try ask(words, within: limit, interruption: interruption)
    }

    func ask(
        _ words: [String], within limit: Duration, interruption: Interruption
    ) throws(ProcessError) -> ProcessResult {
        let program = words.first ?? ""
        if let error = silent.withLock({ $0[program] }) { throw error }
        let own = self.interruption
        do {
            return try base.ask(
                words, within: min(limit, self.limit),
                interruption: Interruption { own.signal() ?? interruption.signal() })
        } catch {
            if case .unanswered = error { silent.withLock { $0[program] = error } }
            throw error
        }
    }

    /// A dry run changes nothing and has a separate time limit.
    func run(
        _ words: [String], input: [UInt8], until marker: String, interruption: Interruption
    ) throws(ProcessError) -> ProcessResult {
        let own = self.interruption
        return try base.run(
            words, input: input, until: marker, interruption: Interruption { own.signal() ?? interruption.signal() })
    }

    /// Does nothing: checks change nothing.
    func reloadSystemd() -> Bool { false }

    func isOnPath(_ program: String) -> Bool { base.isOnPath(program) }
}
