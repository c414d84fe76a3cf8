/// How a check of the doctor ended.
enum CheckOutcome: Sendable, Equatable {
    /// All is well; what was seen, in a few words.
    case ok(String)
    /// It works, and somebody should look at it.
    case warning(Diagnosis)
    /// A connection cannot work, or does not.
    case error(Diagnosis)
    /// The caller could not see it, or it does not apply here; checks that stand on it are done all the same.
    case unseen(String)
    /// Another check took the ground away.
    case groundless(String)

    /// The state for people and programs.
    var state: String {
        switch self {
        case .ok: "ok"
        case .warning: "warning"
        case .error: "error"
        case .unseen, .groundless: "skipped"
        }
    }

    /// Whether a check that stands on this one makes sense.
    var carries: Bool {
        switch self {
        case .ok, .warning, .unseen: true
        case .error, .groundless: false
        }
    }

    /// What is wrong.
    var diagnosis: Diagnosis? {
        switch self {
        case .warning(let diagnosis), .error(let diagnosis): diagnosis
        default: nil
        }
    }

    /// An error as a command would report it.
    static func error(_ error: any Error) -> CheckOutcome {
        let explained = error as? any ExplainedError ?? UnexpectedError("\(error)")
        return .error(Diagnosis(explained))
    }
}

extension Diagnosis {
    /// The first line of the first cause is the message; what lies deeper was seen. A last line that says what to run is the
    /// hint of an error that has no other.
    init(_ error: any ExplainedError) {
        let feed = Character("\n")
        var lines = error.causes.map(Masking.inMessage).flatMap { $0.split(separator: feed).map(String.init) }
        var hint = error.hint.map(Masking.inMessage)
        if hint == nil, lines.count > 1, let last = lines.last, last.hasPrefix("Run `") {
            hint = last
            lines.removeLast()
        }
        let deeper = lines.dropFirst().joined(separator: "\n")
        self.init(error.id, lines.first ?? error.id, seen: deeper.isEmpty ? nil : deeper, hint: hint)
    }
}
