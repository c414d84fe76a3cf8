import X509

/// `cert renew` with `--if-due`, `--reconnect` or `--all`: made for a timer, which nobody watches.
///
/// What works stays: a certificate is replaced only by one that every cloud accepts which is connected with it.
public struct RenewalRun {
    /// What the caller may choose.
    public struct Options: Sendable {
        /// Whether to leave certificates alone that are not due.
        public var isOnlyIfDue = false
        /// Whether to reconnect the clouds that are connected with a renewed certificate.
        public var isReconnecting = false
        /// Who signs; if nil, Cumulocity. With `isOnlyIfDue`, or for all certificates, a self-signed one is not replaced then.
        public var authority: CertificateRenewer.Authority?
        /// The file with the request that the authority gets.
        public var csrPath: String?

        /// Creates the usual choice.
        public init() {}
    }

    private let selection: CertificateSelection?
    private let options: Options
    private let context: Context
    private static let command = "cert renew"

    /// Creates the command for one certificate, or for all of the device if none is selected.
    public init(_ selection: CertificateSelection?, _ options: Options, in context: Context) {
        (self.selection, self.options, self.context) = (selection, options, context)
    }

    /// Renews what is to be renewed, and prints what happens.
    public func run() -> CommandReport {
        do {
            let settings = try Settings.load(from: context.settingsSource)
            guard context.now() >= ProgramRelease.date else { throw ClockError(clock: RFC2822Date.text(context.now())) }
            guard let selection else { return all(settings) }
            if let cloud = selection.cloud, cloud != .c8y, options.authority == .c8y {
                throw EnrollmentError.unsupported(cloud)
            }
            let profile = try selection.pair(settings).profile
            let entry = try inventory(settings).entry(selection.cloud, profile)
            return one(step(settings).handled(entry), of: entry)
        } catch {
            let failure = CommandFailure(
                command: "tedge cert renew", "failed to renew the certificates of this device", error)
            return context.failed(Self.command, cloud: selection?.cloud, failure, isUndone: false)
        }
    }

    private func inventory(_ settings: Settings) -> CertificateInventory {
        CertificateInventory(settings: settings, context: context)
    }

    private func step(_ settings: Settings) -> RenewalStep {
        RenewalStep(settings: settings, options: options, isForAll: selection == nil, context: context)
    }

    // MARK: One

    private func one(_ outcome: RenewalOutcome, of entry: CertificateInventory.Entry) -> CommandReport {
        if outcome.result == .notDue { context.console.line(outcome.message ?? "") }
        var report = outcome.report(Self.command, entry.cloud)
        report.details = [.init("renewal", outcome.json(entry.cloud, entry.profile, entry.pair.certificatePath))]
        return report
    }

    // MARK: All

    private func all(_ settings: Settings) -> CommandReport {
        var items: [JSONValue] = []
        var outcomes: [RenewalOutcome] = []
        for (scope, entry) in inventory(settings).entries {
            let outcome: RenewalOutcome
            var path: String?
            switch entry {
            case .failure(let error): outcome = step(settings).failure(error, scope?.cloud, "")
            case .success(let entry):
                guard let found = handled(entry, step(settings)) else { continue }
                (outcome, path) = (found, entry.pair.certificatePath)
            }
            outcomes.append(outcome)
            items.append(outcome.json(scope?.cloud, scope?.profile, path))
            // A signal is meant for all that would follow, too.
            if context.interruption.signal() != nil { break }
        }
        return report(outcomes, items)
    }

    /// What became of a pair; nil if there is no certificate and nobody misses one.
    private func handled(_ entry: CertificateInventory.Entry, _ step: RenewalStep) -> RenewalOutcome? {
        let path = entry.pair.certificatePath
        if (try? context.files.status(path)) == .some(nil), CertificateUse.connections(of: path, in: context).isEmpty {
            return nil
        }
        return step.handled(entry)
    }

    private func report(_ outcomes: [RenewalOutcome], _ items: [JSONValue]) -> CommandReport {
        var report: CommandReport
        if let worst = outcomes.max(by: { $0.gravity < $1.gravity }), worst.gravity > 0 {
            report = worst.report(Self.command, nil)
        } else {
            let isIdle = outcomes.allSatisfy { $0.result == .notDue || $0.result == .unused }
            let idle = outcomes.isEmpty ? "There is no certificate to renew." : "No certificate is due for renewal."
            if isIdle { context.console.line(idle) }
            report = .done(
                Self.command, changed: false, message: isIdle ? idle : outcomes.first { $0.changed }?.message)
        }
        report.changed = outcomes.contains(where: \.changed)
        report.details = [.init("certificates", .array(items))]
        return report
    }
}
