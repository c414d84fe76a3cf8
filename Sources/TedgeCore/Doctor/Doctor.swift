/// `tedge doctor`: checks everything that a connection needs, and changes nothing.
public struct Doctor {
    /// Which checks run, and how they are shown.
    public struct Options: Sendable {
        /// Only these checks; all if empty.
        public var only: [CheckID] = []
        /// Not these checks.
        public var skip: [CheckID] = []
        /// Whether to use symbols and colours.
        public var isColourful = false

        /// All checks, without colours.
        public init() {}
    }

    private let context: Context
    private let cloud: CloudName?
    private let profile: ProfileName?
    private let options: Options
    private static let limit = Duration.seconds(13)

    /// Names the cloud; nil for all clouds that have an address.
    public init(_ cloud: CloudName?, profile: ProfileName?, options: Options, in context: Context) {
        (self.cloud, self.profile, self.options, self.context) = (cloud, profile, options, context)
    }

    /// Lists all checks.
    public static func list(in context: Context) -> CommandReport {
        let width = DoctorCheck.all.map { $0.id.rawValue.count }.max() ?? 0
        for check in DoctorCheck.all {
            context.console.result(check.id.rawValue.padded(to: width + 2) + check.title + "\n")
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
        // A program that did not answer for one cloud is not asked for the next.
        let asking = context.asking(until: deadline)
        let clouds = cloud.map { [$0] } ?? configuredClouds(profile)
        var tally = Tally()
        for cloud in clouds where context.interruption.signal() == nil {
            if clouds.count > 1 { context.console.result("\(Cloud.named(cloud).displayName)\n") }
            run(DoctorRun(cloud, profile: profile, until: deadline, in: asking), &tally)
        }
        return report(tally)
    }

    /// What was shown so far.
    private struct Tally {
        var entries: [JSONValue] = []
        var counts: [CheckOutcome.State: Int] = [:]
        /// The first error.
        var first: Diagnosis?

        /// How many checks have which outcome.
        var summary: String {
            let states = CheckOutcome.State.allCases.compactMap { state in
                counts[state].map { "\($0) \(state.rawValue)" }
            }
            let head = "\(entries.count) check\(entries.count == 1 ? "" : "s")"
            return states.isEmpty ? head : "\(head): \(states.joined(separator: ", "))"
        }
    }

    /// Runs the checks in the order of the table, and shows each when it is done; before it the failed check that it needs.
    /// Checks that do not concern the device, such as those of a certificate if it has a password, are left out unless they
    /// are named.
    private func run(_ run: DoctorRun, _ tally: inout Tally) {
        var known: Set<CheckID> = []
        for check in wanted where options.only.contains(check.id) || run.irrelevance(of: check.id) == nil {
            var chain = [check.id]
            while case .blocked(by: let need) = run.outcome(of: chain[0]) { chain.insert(need, at: 0) }
            // An interrupted check found nothing.
            if context.interruption.isRequested { return }
            // The first one of the chain is the cause, and the last one was asked for.
            for id in [chain[0], check.id] where known.insert(id).inserted {
                show(DoctorCheck.of(id), run.outcome(of: id), run.cloud.name, &tally)
            }
        }
    }

    private func show(_ check: DoctorCheck, _ outcome: CheckOutcome, _ cloud: CloudName, _ tally: inout Tally) {
        print(check, outcome)
        tally.counts[outcome.state, default: 0] += 1
        if case .error(let diagnosis) = outcome { tally.first = tally.first ?? diagnosis }
        tally.entries.append(json(check, outcome, cloud))
    }

    private func report(_ tally: Tally) -> CommandReport {
        let signal = context.interruption.signal()
        let remark = signal == nil ? "" : "; the others were not done"
        context.console.result("\n\(tally.summary)\(remark)\n")
        var report = CommandReport.done("doctor", cloud: cloud, changed: false)
        if let signal = context.interruption.signal() {
            let failure = CommandFailure("failed to examine the device", Interrupted(signal: signal))
            report = context.failed("doctor", cloud: cloud, failure, isUndone: false)
        } else if let first = tally.first {
            report.result = .failed
            (report.reason, report.message, report.hint, report.status) = (
                first.id, first.message, first.hint, .failure
            )
            report.causes = first.causes
        }
        report.details = [.init("checks", .array(tally.entries))]
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
        let mark = options.isColourful ? Self.mark(state) : state.rawValue.padded(to: 9)
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

    private static func mark(_ state: CheckOutcome.State) -> String {
        let (symbol, colour) =
            switch state {
            case .ok: ("✔", 32)
            case .warning: ("!", 33)
            case .error: ("✘", 31)
            case .skipped: ("–", 90)
            }
        return "\u{1B}[\(colour)m\(symbol) \(state.rawValue.padded(to: 8))\u{1B}[0m"
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
            .init("state", .string(outcome.state.rawValue)), .init("reason", .optional(outcome.reason?.rawValue)),
            .init("message", .optional(diagnosis?.message)), .init("seen", .optional(seen)),
            .init("hint", .optional(diagnosis?.hint)),
        ])
    }
}
