/// The outcome of a check.
enum CheckOutcome: Sendable, Equatable {
    /// Everything works; the text is a short description of what was found.
    case ok(String)
    /// It works but needs attention.
    case warning(Diagnosis)
    /// A connection cannot work or does not work.
    case error(Diagnosis)
    /// The caller has no permission for the check, or the check does not apply. Checks that need it still run.
    case skipped(String)
    /// There was no answer, so the result is unknown. Checks that need it still run.
    case unanswered(String)
    /// A check that this check needs has failed.
    case blocked(by: CheckID)

    /// The state, for users and programs.
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

    /// The reason, for programs; nil if everything works or the check was skipped.
    var reason: ReasonID? {
        if case .unanswered = self { return .unanswered }
        return diagnosis?.id
    }

    /// Whether checks that need this check can run.
    var satisfies: Bool {
        switch self {
        case .ok, .warning, .skipped, .unanswered: true
        case .error, .blocked: false
        }
    }

    /// The diagnosis of a warning or error; nil for other outcomes.
    var diagnosis: Diagnosis? {
        switch self {
        case .warning(let diagnosis), .error(let diagnosis): diagnosis
        default: nil
        }
    }

    /// The outcome of a check that had no time left.
    static let outOfTime = CheckOutcome.unanswered("there was no time left for it")

    /// The outcome if the service manager did not answer a question.
    static func unanswered(_ error: ServiceError) -> CheckOutcome {
        switch error {
        case .interrupted: outOfTime
        case .unanswered(let program, let seconds): .unanswered("\(program) did not answer within \(seconds) s")
        default: .unanswered(error.causes.joined(separator: ": "))
        }
    }

    /// The outcome for an error, with the text that a command prints for it.
    static func error(_ error: any Error) -> CheckOutcome {
        let explained = error as? any ExplainedError ?? UnexpectedError("\(error)")
        return .error(Diagnosis(explained))
    }
}

extension Diagnosis {
    /// Uses the first line of the first cause as the message and the other lines as the observed details. If the error
    /// has no hint, its advice becomes the hint.
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
