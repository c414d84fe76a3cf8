/// Repeats the check of a connection until it succeeds or a time is over.
///
/// It ends at once if waiting cannot help: if the reason of the failure is one that does not pass by itself.
struct ConnectionWait {
    /// The connection was not proven.
    struct Failure: Error {
        /// Why the last check failed.
        let diagnosis: Diagnosis
        /// How many checks were made.
        let attempts: Int
    }

    let inputs: ConnectionInputs
    /// How many seconds a check may take.
    let timeout: Int
    /// How long to go on.
    let limit: Duration
    let context: Context
    /// The pause between two checks grows this often.
    private static let steps = 5

    /// Returns when the connection is proven. Throws `Failure`, and `CheckFailure.interrupted`.
    func run() throws {
        let begin = ContinuousClock.now
        let deadline = begin + limit
        let seconds = limit.fullSeconds
        context.console.line(
            "Checking the connection to \(inputs.cloud.displayName) until it works, for at most \(seconds) "
                + "\(seconds == 1 ? "second" : "seconds").")
        let progress = WaitProgress(on: context.console)
        defer { progress.end() }
        var attempts = 1
        while let diagnosis = try diagnosis(until: deadline) {
            let pause = context.retryPause * min(attempts, Self.steps)
            guard diagnosis.id.mayPass, .now + pause < deadline else {
                throw Failure(diagnosis: diagnosis, attempts: attempts)
            }
            let passed = begin.duration(to: .now).components.seconds
            progress.show("Check \(attempts), after \(passed) s", diagnosis.message)
            do throws(Interrupted) {
                try context.interruption.pause(pause)
            } catch {
                throw CheckFailure.interrupted(error)
            }
            attempts += 1
        }
    }

    /// Checks once, and says nothing. Returns why it failed; nil if it succeeded.
    private func diagnosis(until deadline: ContinuousClock.Instant) throws -> Diagnosis? {
        var quiet = context
        quiet.console = .silent
        let left = ContinuousClock.now.duration(to: deadline).fullSeconds
        do {
            try ConnectionCheck.run(inputs, for: .test, timeout: max(1, min(timeout, left)), in: quiet)
            return nil
        } catch let failure as CheckFailure {
            if case .interrupted = failure { throw failure }
            let diagnosis = Diagnosis.of(failure, inputs, in: quiet)
            if let signal = context.interruption.signal() {
                throw CheckFailure.interrupted(Interrupted(signal: signal))
            }
            return diagnosis
        }
    }
}

/// The checks that failed: a line for each; on a terminal, one for each new reason, and a dot for each repetition.
private final class WaitProgress {
    private let console: Console
    private var shown: String?

    init(on console: Console) { self.console = console }

    func show(_ attempt: String, _ message: String) {
        guard console.showsProgressOnTerminal else { return console.line("\(attempt): \(message)") }
        if message == shown { return console.partial(".") }
        end()
        console.partial("\(attempt): \(message) ")
        shown = message
    }

    /// Ends the line of dots.
    func end() {
        if shown != nil { console.line("") }
        shown = nil
    }
}
