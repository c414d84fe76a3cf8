/// Logs each step to stderr, without secrets: for files, messages and requests only the size.
struct EventLog: Sendable {
    private let console: Console

    init(_ console: Console) { self.console = console }

    /// Runs an action, and logs its outcome and duration.
    func record<Result, Failure: Error>(
        _ level: LogLevel, _ what: @autoclosure () -> String, outcome: (Result) -> String? = { _ in nil },
        _ body: () throws(Failure) -> Result
    ) throws(Failure) -> Result {
        let begin = MonotonicClock.microseconds
        do throws(Failure) {
            let result = try body()
            write(level, what(), outcome(result), begin)
            return result
        } catch {
            write(level, what(), Self.words(error), begin)
            throw error
        }
    }

    /// Logs an event without a duration.
    func write(_ level: LogLevel, _ text: String) { console.log(level, text) }

    private func write(_ level: LogLevel, _ what: String, _ outcome: String?, _ begin: UInt64) {
        let microseconds = MonotonicClock.microseconds - begin
        let time = "\(microseconds / 1000).\(microseconds % 1000 / 100) ms"
        console.log(level, "\(what): \(outcome.map { $0 + ", " } ?? "")\(time)")
    }

    private static func words(_ error: some Error) -> String {
        if let error = error as? FileError { return error.reason.description }
        guard let error = error as? ProcessError else { return "\(error)" }
        return switch error {
        case .notFound: "no such program"
        case .notStarted(_, let reason): reason.description
        case .interrupted: "interrupted"
        case .unanswered(_, let seconds): "no answer within \(seconds) s"
        }
    }
}
