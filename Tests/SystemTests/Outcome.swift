import TestSupport

/// What a finished command has left.
struct Outcome: Equatable, Sendable {
    /// The exit status; 128 plus the signal's number if a signal ended it.
    var status: Int32
    /// Everything written to standard output.
    var stdout: String
    /// Everything written to standard error.
    var stderr: String
}

/// Runs a command to its end. Throws `ChildProcess.TimedOut`.
///
/// - Parameters:
///   - words: The program, looked up on PATH, and its arguments.
///   - input: What it reads from standard input.
///   - timeout: How long it may take before it is killed.
func runChild(_ words: [String], input: String = "", timeout: Duration = .seconds(60)) throws -> Outcome {
    let finished = try ChildProcess.run(words[0], Array(words.dropFirst()), input: input, within: timeout)
    let status =
        switch finished.exit {
        case .status(let status): status
        case .signal(let signal): 128 + signal
        }
    return Outcome(status: status, stdout: finished.output, stderr: finished.errors)
}
