/// `tedge doctor`: looks at everything that a connection needs, and changes nothing.
public struct Doctor {
    /// Which checks are wanted, and how they are shown.
    public struct Options: Sendable {
        /// Only these checks; all where empty.
        public var only: [CheckID] = []
        /// Not these checks.
        public var skip: [CheckID] = []
        /// Whether symbols and colours are wanted.
        public var isColourful = false

        /// All checks, without colours.
        public init() {}
    }

    private let context: Context
    private let cloud: CloudName?
    private let profile: ProfileName?
    private let options: Options
    private static let limit = Duration.seconds(13)

    /// Names the cloud; nil for all that have an address.
    public init(_ cloud: CloudName?, profile: ProfileName?, options: Options, in context: Context) {
        (self.cloud, self.profile, self.options, self.context) = (cloud, profile, options, context)
    }

    /// Names every check and what it looks at.
    public static func list(in context: Context) -> CommandReport {
        let width = DoctorCheck.all.map { $0.id.rawValue.count }.max() ?? 0
        for check in DoctorCheck.all {
            context.console.result(padded(check.id.rawValue, to: width + 2) + check.title + "\n")
        }
        var report = CommandReport.done("doctor --list", changed: false)
        let checks = DoctorCheck.all.map { check in
            JSONValue.object([.init("id", .string(check.id.rawValue)), .init("title", .string(check.title))])
        }
        report.details = [.init("checks", .array(checks))]
        return report
    }

    /// Runs the checks and prints a line for each.
    public func run() -> CommandReport {
        do {
            return run(try ProfileName.choose(profile, in: context))
        } catch {
            let failure = CommandFailure("failed to examine the device", error)
            return context.failed("doctor", cloud: cloud, failure)
        }
    }

    private func run(_ profile: ProfileName?) -> CommandReport {
        let deadline = ContinuousClock.now + Self.limit
        // What did not answer for one cloud is not asked for the next one.
        let asking = context.asking(until: deadline)
        let clouds = cloud.map { [$0] } ?? configuredClouds(profile)
        var told = Told()
        for cloud in clouds where context.interruption.signal() == nil {
            if clouds.count > 1 { context.console.result("\(Cloud.named(cloud).displayName)\n") }
            examine(DoctorRun(cloud, profile: profile, until: deadline, in: asking), &told)
        }
        return report(told)
    }

    /// What was told so far.
    private struct Told {
        var entries: [JSONValue] = []
        var counts: [String: Int] = [:]
        /// The first error.
        var first: Diagnosis?

        /// How many checks ended in which way.
        var summary: String {
            let states = ["ok", "warning", "error", "skipped"].compactMap { state in
                counts[state].map { "\($0) \(state)" }
            }
            let head = "\(entries.count) check\(entries.count == 1 ? "" : "s")"
            return states.isEmpty ? head : "\(head): \(states.joined(separator: ", "))"
        }
    }

    /// Does the checks that are wanted in the order of the table, and tells each when it is done; before it those that took
    /// the ground from it. What does not concern the device, as a certificate where it has a password, is left out unless it
    /// is named.
    private func examine(_ run: DoctorRun, _ told: inout Told) {
        var known: Set<CheckID> = []
        for check in wanted where options.only.contains(check.id) || run.irrelevance(of: check.id) == nil {
            var chain = [check.id]
            while case .blocked(by: let need) = run.outcome(of: chain[0]) { chain.insert(need, at: 0) }
            // What a signal cut off found nothing.
            if context.interruption.isRequested { return }
            // Of a chain the first one is the cause, and the last one was asked for.
            for id in [chain[0], check.id] where known.insert(id).inserted {
                tell(DoctorCheck.of(id), run.outcome(of: id), run.cloud.name, &told)
            }
        }
    }

    private func tell(_ check: DoctorCheck, _ outcome: CheckOutcome, _ cloud: CloudName, _ told: inout Told) {
        print(check, outcome)
        told.counts[outcome.state, default: 0] += 1
        if case .error(let diagnosis) = outcome { told.first = told.first ?? diagnosis }
        told.entries.append(json(check, outcome, cloud))
    }

    private func report(_ told: Told) -> CommandReport {
        let signal = context.interruption.signal()
        let remark = signal == nil ? "" : "; the others were not done"
        context.console.result("\n\(told.summary)\(remark)\n")
        var report = CommandReport.done("doctor", cloud: cloud, changed: false)
        if let signal = context.interruption.signal() {
            let failure = CommandFailure("failed to examine the device", Interrupted(signal: signal))
            report = context.failed("doctor", cloud: cloud, failure, isUndone: false)
        } else if let first = told.first {
            report.result = .failed
            (report.reason, report.message, report.hint, report.status) = (
                first.id, first.message, first.hint, .failure
            )
            report.causes = first.causes
        }
        report.details = [.init("checks", .array(told.entries))]
        return report
    }

    private var wanted: [DoctorCheck] {
        DoctorCheck.all.filter {
            (options.only.isEmpty || options.only.contains($0.id)) && !options.skip.contains($0.id)
        }
    }

    private func configuredClouds(_ profile: ProfileName?) -> [CloudName] {
        guard let settings = try? Settings.load(from: context.settingsSource) else { return [.c8y] }
        let clouds = CloudName.allCases.filter { cloud in
            ((try? settings.cloud(cloud, profile: profile).string("url")) ?? nil) != nil
        }
        return clouds.isEmpty ? [.c8y] : clouds
    }

    // MARK: Printing

    private func print(_ check: DoctorCheck, _ outcome: CheckOutcome) {
        let state = outcome.state
        let mark = options.isColourful ? Self.mark(state) : Self.padded(state, to: 9)
        var text: String
        var details: [String] = []
        switch outcome {
        case .ok(let seen): text = "\(check.id.rawValue): \(seen)"
        case .skipped(let reason), .unanswered(let reason): text = "\(check.id.rawValue): \(reason)"
        case .blocked(by: let need): text = "\(check.id.rawValue): because of \(need.rawValue)"
        case .warning(let diagnosis), .error(let diagnosis):
            text = "\(check.id.rawValue): \(diagnosis.message)"
            if let seen = diagnosis.seen { details.append("Seen: \(seen)") }
            if let hint = diagnosis.hint { details.append("Hint: \(hint)") }
        }
        text = ErrorFrame.printable(text).replacing("\n", with: " ")
        context.console.result(mark + text + "\n", isStyled: true)
        let indent = String(repeating: " ", count: options.isColourful ? 2 : 9)
        for detail in details {
            let continued = "\n" + indent + "      "
            context.console.result(
                indent + ErrorFrame.printable(detail).replacing("\n", with: continued) + "\n")
        }
    }

    private static func mark(_ state: String) -> String {
        let (symbol, colour) =
            switch state {
            case "ok": ("✔", 32)
            case "warning": ("!", 33)
            case "error": ("✘", 31)
            default: ("–", 90)
            }
        return "\u{1B}[\(colour)m\(symbol) \(padded(state, to: 8))\u{1B}[0m"
    }

    private static func padded(_ text: String, to width: Int) -> String {
        text + String(repeating: " ", count: max(0, width - text.count))
    }

    private func json(_ check: DoctorCheck, _ outcome: CheckOutcome, _ cloud: CloudName) -> JSONValue {
        var seen: String?
        switch outcome {
        case .ok(let text), .skipped(let text), .unanswered(let text): seen = text
        case .blocked(by: let need): seen = "because of \(need.rawValue)"
        case .warning(let diagnosis), .error(let diagnosis): seen = diagnosis.seen
        }
        let diagnosis = outcome.diagnosis
        return .object([
            .init("id", .string(check.id.rawValue)), .init("cloud", .string(cloud.rawValue)),
            .init("state", .string(outcome.state)), .init("reason", .optional(outcome.reason?.rawValue)),
            .init("message", .optional(diagnosis?.message)), .init("seen", .optional(seen)),
            .init("hint", .optional(diagnosis?.hint)),
        ])
    }
}
