/// Says on stderr what the program does to the world. What is in files, messages and requests is never said, only how
/// much it is, so that no secret gets out.
struct EventLog: Sendable {
    private let console: Console

    init(_ console: Console) { self.console = console }

    /// Does something and says what it was, how it ended and how long it took.
    func record<Result, Failure: Error>(
        _ level: LogLevel, _ what: @autoclosure () -> String, outcome: (Result) -> String? = { _ in nil },
        _ body: () throws(Failure) -> Result
    ) throws(Failure) -> Result {
        let begin = MonotonicClock.microseconds
        do throws(Failure) {
            let result = try body()
            say(level, what(), outcome(result), begin)
            return result
        } catch {
            say(level, what(), Self.words(error), begin)
            throw error
        }
    }

    /// Says something that takes no time.
    func say(_ level: LogLevel, _ text: String) { console.log(level, text) }

    private func say(_ level: LogLevel, _ what: String, _ outcome: String?, _ begin: UInt64) {
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
