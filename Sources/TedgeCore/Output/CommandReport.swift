/// The result of a command, for the exit status and the JSON object.
public struct CommandReport: Sendable {
    /// How a command can end.
    public enum Result: String, Sendable {
        case ok
        case failed
        /// The command is done, but it is not proven that the result works (exit status 4).
        case unproven
        /// The command did a part: the device is connected, with the older certificate (exit status 3).
        case partial
    }

    /// A step, with its outcome and duration.
    public struct Step: Sendable, Equatable {
        /// How a step can end.
        public enum Outcome: String, Sendable {
            case ok, failed, skipped
        }

        /// The id for programs.
        public let id: String
        /// The outcome; nil while the step runs.
        public var outcome: Outcome?
        /// The duration in milliseconds.
        public var milliseconds: Int
    }

    /// The command as the user types it.
    public var command: String
    /// The cloud.
    public var cloud: CloudName?
    /// The profile of the cloud; nil for the default one, or if there is no cloud.
    public var profile: ProfileName?
    /// The result.
    public var result: Result
    /// Whether the command changed the device.
    public var changed: Bool
    /// The id of the reason, for programs; nil if the command succeeded.
    public var reason: ReasonID?
    /// The reason in one sentence, from the outermost cause to the innermost.
    public var message: String?
    /// The separate causes, from the outermost to the innermost; empty if the command succeeded.
    public var causes: [String] = []
    /// How to fix it; nil if there is no advice.
    public var hint: String?
    /// The steps.
    public var steps: [Step] = []
    /// Additional members of the object.
    public var details: [JSONValue.Member] = []
    /// The exit status.
    public var status: ExitStatus

    /// Whether the same command may succeed later although nobody changes anything.
    public var retry: Bool { result != .ok && (mayPass || reason?.mayPass == true) }

    /// Whether this failure may pass by itself although its reason alone does not say so.
    var mayPass = false

    /// The JSON object to print.
    public var json: JSONValue {
        var members: [JSONValue.Member] = [
            .init("command", .string(command)), .init("cloud", .optional(cloud?.rawValue)),
            .init("profile", .optional(profile?.text)), .init("result", .string(result.rawValue)),
            .init("changed", .bool(changed)),
        ]
        members += reasonMembers
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

    /// Why the command did not do all that it should, without secrets.
    var reasonMembers: [JSONValue.Member] {
        Self.reasonMembers(reason, retry: retry, message: message, causes: causes, hint: hint)
    }

    /// The members about a reason, which objects within an object have too.
    static func reasonMembers(
        _ reason: ReasonID?, retry: Bool, message: String?, causes: [String], hint: String?
    ) -> [JSONValue.Member] {
        [
            .init("reason", .optional(reason?.rawValue)), .init("retry", .bool(retry)),
            .init("message", .optional(message.map(Masking.inMessage))),
            .init("causes", .array(causes.map { .string(Masking.inMessage($0)) })),
            .init("hint", .optional(hint.map(Masking.inMessage))),
        ]
    }

    /// Reports a command that succeeded.
    public static func done(_ command: String, cloud: CloudName? = nil, changed: Bool, message: String? = nil) -> Self {
        CommandReport(command: command, cloud: cloud, result: .ok, changed: changed, message: message, status: .success)
    }

    /// Prints that a certificate is kept as it is, and reports that nothing was changed.
    static func kept(
        _ command: String, cloud: CloudName?, _ summary: CertificateSummary, on console: Console
    ) -> Self {
        let message = "The device has its certificate already. Nothing was changed."
        console.line(message)
        console.result(summary.text)
        var report = CommandReport.done(command, cloud: cloud, changed: false, message: message)
        report.details = [.init("certificate", summary.json)]
        return report
    }

    /// Prints a text as the result of a command; with JSON the text is a member of the object.
    public static func printing(_ text: String, of command: String, as member: String, on console: Console) -> Self {
        console.result(text)
        var report = CommandReport.done(command, changed: false)
        report.details = [.init(member, .string(text))]
        return report
    }

    /// Reports a command that failed and changed nothing.
    public static func failed(
        _ command: String, cloud: CloudName? = nil, status: ExitStatus = .failure, reason: ReasonID, causes: [String],
        hint: String? = nil
    ) -> Self {
        CommandReport(
            command: command, cloud: cloud, result: .failed, changed: false, reason: reason,
            message: sentence(causes), causes: causes, hint: hint, status: status)
    }

    /// The causes on one line; a colon precedes the cause of each.
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
    /// The text with each line end, and the spaces around it, replaced by one space.
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

extension Context {
    /// The profile that a command was for: the typed one, else that of `TEDGE_CLOUD_PROFILE`; nil if that is not valid.
    public func profile(typed: ProfileName?) -> ProfileName? { try? ProfileName.choose(typed, in: self) }
}

/// Times the steps of a command.
final class StepLog {
    private(set) var steps: [CommandReport.Step] = []
    /// A file that is kept for inspection; nil if there is none.
    var evidence: String?
    private var begin = ContinuousClock.now

    /// Ends the current step as `ok` and starts the next one.
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
