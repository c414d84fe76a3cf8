/// What a command did, for the exit status and for the JSON object.
public struct CommandReport: Sendable {
    /// How a command can end.
    public enum Result: String, Sendable {
        case ok
        case failed
        case unproven
    }

    /// A step with how it went and how long it took.
    public struct Step: Sendable, Equatable {
        /// How a step can end.
        public enum Outcome: String, Sendable {
            case ok, failed, skipped
        }

        /// A word for programs.
        public let id: String
        /// How it went; nil while it runs.
        public var outcome: Outcome?
        /// How long it took.
        public var milliseconds: Int
    }

    /// The command as it is typed.
    public var command: String
    /// The cloud.
    public var cloud: CloudName?
    /// How it ended.
    public var result: Result
    /// Whether the command changed the device.
    public var changed: Bool
    /// The word for programs, nil if all is well.
    public var reason: ReasonID?
    /// The same in a sentence, from the outermost cause to the innermost.
    public var message: String?
    /// The causes one by one, from the outermost to the innermost; empty if all is well.
    public var causes: [String] = []
    /// What to do about it.
    public var hint: String?
    /// The steps.
    public var steps: [Step] = []
    /// What else the object has.
    public var details: [JSONValue.Member] = []
    /// The exit status.
    public var status: ExitStatus

    /// The object that is printed with JSON.
    public var json: JSONValue {
        var members: [JSONValue.Member] = [
            .init("command", .string(command)), .init("cloud", .optional(cloud?.rawValue)),
            .init("result", .string(result.rawValue)), .init("changed", .bool(changed)),
            .init("reason", .optional(reason?.rawValue)), .init("message", .optional(message.map(Masking.inMessage))),
            .init("causes", .array(causes.map { .string(Masking.inMessage($0)) })),
            .init("hint", .optional(hint.map(Masking.inMessage))),
        ]
        if !steps.isEmpty {
            members.append(
                .init(
                    "steps",
                    .array(
                        steps.map {
                            .object([
                                .init("id", .string($0.id)), .init("outcome", .optional($0.outcome?.rawValue)),
                                .init("milliseconds", .number($0.milliseconds)),
                            ])
                        })))
        }
        return .object(members + details)
    }

    /// A command that succeeded.
    public static func done(_ command: String, cloud: CloudName? = nil, changed: Bool, message: String? = nil) -> Self {
        CommandReport(command: command, cloud: cloud, result: .ok, changed: changed, message: message, status: .success)
    }

    /// A command whose result is a text; with JSON it is a member of the object.
    public static func printing(_ text: String, of command: String, as member: String, on console: Console) -> Self {
        console.result(text)
        var report = CommandReport.done(command, changed: false)
        report.details = [.init(member, .string(text))]
        return report
    }

    /// A command that failed and left everything as it was.
    public static func failed(
        _ command: String, cloud: CloudName? = nil, status: ExitStatus = .failure, reason: ReasonID, causes: [String],
        hint: String? = nil
    ) -> Self {
        CommandReport(
            command: command, cloud: cloud, result: .failed, changed: false, reason: reason,
            message: sentence(causes), causes: causes, hint: hint, status: status)
    }

    /// Causes on one line, with a colon before what each comes from.
    static func sentence(_ causes: [String]) -> String {
        var sentence = ""
        for cause in causes.map(\.onOneLine) where !sentence.hasSuffix(cause) {
            if sentence.last == "." { sentence.removeLast() }
            sentence += (sentence.isEmpty ? "" : ": ") + cause
        }
        return sentence
    }
}

extension String {
    /// The text with each line end, and the blanks around it, as one blank.
    fileprivate var onOneLine: String {
        let feed = Character("\n")
        guard contains(feed) else { return self }
        var lines: [String] = []
        for line in split(separator: feed) {
            var rest = line.drop { $0 == " " }
            while rest.last == " " { rest.removeLast() }
            if !rest.isEmpty { lines.append(String(rest)) }
        }
        return lines.joined(separator: " ")
    }
}

/// Times the steps of a command.
final class StepLog {
    private(set) var steps: [CommandReport.Step] = []
    /// A file that is kept for inspection.
    var evidence: String?
    private var begin = ContinuousClock.now

    /// Ends the current step as `ok` and begins the next.
    func begin(_ id: String) {
        end(.ok)
        begin = .now
        steps.append(.init(id: id, milliseconds: 0))
    }

    /// Ends the current step, if there is one.
    func end(_ outcome: CommandReport.Step.Outcome) {
        guard let last = steps.indices.last, steps[last].outcome == nil else { return }
        let passed = begin.duration(to: .now).components
        steps[last].outcome = outcome
        steps[last].milliseconds = Int(passed.seconds * 1000 + passed.attoseconds / 1_000_000_000_000_000)
    }
}
