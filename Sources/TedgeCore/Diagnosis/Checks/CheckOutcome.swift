/// How a check of the doctor ended.
enum CheckOutcome: Sendable, Equatable {
    /// All is well; what was seen, in a few words.
    case ok(String)
    /// It works, and somebody should look at it.
    case warning(Diagnosis)
    /// A connection cannot work, or does not.
    case error(Diagnosis)
    /// The caller could not see it, or it does not apply here; checks that stand on it are done all the same.
    case skipped(String)
    /// Who was asked did not answer, or could not be asked; nothing is known, so this is neither good nor bad. Checks that
    /// stand on it are done all the same.
    case unanswered(String)
    /// Another check took the ground away.
    case blocked(by: CheckID)

    /// The state for people and programs.
    var state: String {
        switch self {
        case .ok: "ok"
        case .warning: "warning"
        case .error: "error"
        case .skipped, .unanswered, .blocked: "skipped"
        }
    }

    /// The word for programs; nil if all is well, or where nobody looked.
    var reason: ReasonID? {
        if case .unanswered = self { return .unanswered }
        return diagnosis?.id
    }

    /// Whether a check that stands on this one makes sense.
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

    /// For what was not done because the doctor's time was over.
    static let outOfTime = CheckOutcome.unanswered("there was no time left for it")

    /// A question to the service manager that was not answered.
    static func unanswered(_ error: ServiceError) -> CheckOutcome {
        switch error {
        case .interrupted: outOfTime
        case .unanswered(let program, let seconds): .unanswered("\(program) did not answer within \(seconds) s")
        default: .unanswered(error.causes.joined(separator: ": "))
        }
    }

    /// An error as a command would report it.
    static func error(_ error: any Error) -> CheckOutcome {
        let explained = error as? any ExplainedError ?? UnexpectedError("\(error)")
        return .error(Diagnosis(explained))
    }
}

extension Diagnosis {
    /// The first line of the first cause is the message; what lies deeper was seen. The advice of an error that has no other
    /// hint is the hint.
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
