import Glibc

/// How a program ended and what it printed.
struct ProcessResult: Sendable, Equatable {
    /// How a program can end.
    enum Ending: Sendable, Equatable {
        /// With this exit status.
        case exited(Int32)
        /// By the signal of this number.
        case signalled(Int32)
    }

    /// How it ended.
    var ending: Ending
    /// The first 64 KiB of its standard output.
    var output: String
    /// The first 64 KiB of its standard error.
    var error: String

    /// Makes a result, for tests.
    init(_ ending: Ending, output: String = "", error: String = "") {
        self.ending = ending
        self.output = output
        self.error = error
    }

    /// Whether it exited with status 0.
    var succeeded: Bool { ending == .exited(0) }
}

/// Why a program could not be run to its end.
enum ProcessError: Error, Sendable, Equatable {
    /// There is no such program, or none on PATH.
    case notFound(String)
    /// The program exists and cannot be started.
    case notStarted(String, SystemError)
    /// A signal arrived, and the program was told to end.
    case interrupted(Interrupted)
    /// The program did not end in time and was killed.
    case unanswered(program: String, seconds: Int)
}

/// Runs the programs of the device, without a shell and without standard input.
protocol Processes: Sendable {
    /// Runs a program and waits for its end, but not for programs that it leaves running, such as daemons.
    ///
    /// - Parameters:
    ///   - words: The program, which is looked up on PATH if it has no slash, and its arguments.
    ///   - interruption: Ends the wait early.
    func run(_ words: [String], interruption: Interruption) throws(ProcessError) -> ProcessResult

    /// Runs a program that changes nothing. It is killed, with the programs it started, when its time is over or a signal
    /// arrives.
    ///
    /// - Parameters:
    ///   - limit: How long it may take; after that `ProcessError.unanswered` is thrown.
    ///   - interruption: Ends the wait early.
    func ask(
        _ words: [String], within limit: Duration, interruption: Interruption
    ) throws(ProcessError) -> ProcessResult

    /// Runs a program of the owner of the device, which may change something. It is killed, with the programs it started, when
    /// its time is over or a signal arrives.
    ///
    /// - Parameter variables: What its environment has besides that of other programs. They may hold secrets: they are not
    ///   logged, and are in no list of processes.
    func run(
        _ words: [String], with variables: [String: String], within limit: Duration, interruption: Interruption
    ) throws(ProcessError) -> ProcessResult

    /// Runs a program that only reports something. When its time is over or a signal arrives, it is told to end, with the programs
    /// it started, and killed after `grace`. When it has ended, whatever it leaves running is killed.
    func report(
        _ words: [String], with variables: [String: String], within limit: Duration, grace: Duration,
        interruption: Interruption
    ) throws(ProcessError) -> ProcessResult

    /// Runs a program that reads `input`, and kills it when its standard error contains the text `marker`.
    ///
    /// The input is never written to a disk, because it may contain a password.
    func run(
        _ words: [String], input: [UInt8], until marker: String, interruption: Interruption
    ) throws(ProcessError) -> ProcessResult

    /// Makes systemd reload its units, without waiting for it. Returns false if the first process is not systemd, or if the
    /// caller may not send it signals.
    func reloadSystemd() -> Bool

    /// Whether there is an executable of this name, looked up on PATH if it has no slash.
    func isOnPath(_ program: String) -> Bool
}

extension Processes {
    /// Does not run it: these processes change nothing.
    func run(
        _ words: [String], with variables: [String: String], within limit: Duration, interruption: Interruption
    ) throws(ProcessError) -> ProcessResult { throw .notStarted(words.first ?? "", SystemError(EPERM)) }

    /// Runs it as any other program.
    func report(
        _ words: [String], with variables: [String: String], within limit: Duration, grace: Duration,
        interruption: Interruption
    ) throws(ProcessError) -> ProcessResult {
        try run(words, with: variables, within: limit, interruption: interruption)
    }
}
