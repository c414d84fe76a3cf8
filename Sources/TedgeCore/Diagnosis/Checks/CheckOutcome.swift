/// The outcome of a check.
enum CheckOutcome: Sendable, Equatable {
    /// All is well; what was seen, in a few words.
    case ok(String)
    /// It works, and needs attention.
    case warning(Diagnosis)
    /// A connection cannot work, or does not.
    case error(Diagnosis)
    /// The caller may not look, or it does not apply here. Checks that need it run all the same.
    case skipped(String)
    /// There was no answer, so nothing is known. Checks that need it run all the same.
    case unanswered(String)
    /// A check that it needs has failed.
    case blocked(by: CheckID)

    /// The state for people and programs.
    enum State: String, CaseIterable {
        case ok, warning, error, skipped
    }

    /// The state.
    var state: State {
        switch self {
        case .ok: .ok
        case .warning: .warning
        case .error: .error
        case .skipped, .unanswered, .blocked: .skipped
        }
    }

    /// The word for programs; nil if all is well, or if the check was skipped.
    var reason: ReasonID? {
        if case .unanswered = self { return .unanswered }
        return diagnosis?.id
    }

    /// Whether checks that need this one can run.
    var satisfies: Bool {
        switch self {
        case .ok, .warning, .skipped, .unanswered: true
        case .error, .blocked: false
        }
    }

    /// What is wrong.
    var diagnosis: Diagnosis? {
        switch self {
        case .warning(let diagnosis), .error(let diagnosis): diagnosis
        default: nil
        }
    }

    /// The outcome of a check for which no time was left.
    static let outOfTime = CheckOutcome.unanswered("there was no time left for it")

    /// A question to the service manager that was not answered.
    static func unanswered(_ error: ServiceError) -> CheckOutcome {
        switch error {
        case .interrupted: outOfTime
        case .unanswered(let program, let seconds): .unanswered("\(program) did not answer within \(seconds) s")
        default: .unanswered(error.causes.joined(separator: ": "))
        }
    }

    /// The outcome for an error, in the words of a command that meets it.
    static func error(_ error: any Error) -> CheckOutcome {
        let explained = error as? any ExplainedError ?? UnexpectedError("\(error)")
        return .error(Diagnosis(explained))
    }
}

extension Diagnosis {
    /// The first line of the first cause is the message, the other lines are what was seen. If the error has no hint, its
    /// advice is the hint.
    init(_ error: any ExplainedError) {
        var lines = error.causes.map(Masking.inMessage).flatMap {
            $0.split(separator: Character("\n")).map(String.init)
        }
        var hint = error.hint.map(Masking.inMessage)
        if hint == nil, let advice = error.advice {
            hint = advice
            lines.removeLast()
        }
        let deeper = lines.dropFirst().joined(separator: "\n")
        self.init(error.id, lines.first ?? error.id.rawValue, seen: deeper.isEmpty ? nil : deeper, hint: hint)
    }
}
