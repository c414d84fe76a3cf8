import MQTT

/// Connects the device to a cloud, or connects it anew: the steps in their order, with what each says, and all of it undone
/// where one fails.
public struct Connector {
    /// What the caller may choose.
    public struct Options: Sendable {
        /// Whether to leave the cloud alone: everything is configured and started, nothing is checked.
        public var isOffline = false
        /// How many seconds the check may take.
        public var timeout = 10
        /// Whether a bridge that is there is taken away first.
        public var isReconnection = false

        /// Makes the usual choice.
        public init() {}
    }

    private var context: Context
    private let cloud: Cloud
    private var profile: ProfileName?
    private let options: Options
    private let log = StepLog()

    private var command: String { options.isReconnection ? "reconnect" : "connect" }

    /// Names the cloud.
    public init(_ cloud: CloudName, profile: ProfileName?, options: Options, in context: Context) {
        self.context = context
        self.cloud = Cloud.named(cloud)
        self.profile = profile
        self.options = options
    }

    /// Connects. Prints the steps, and an error where one failed.
    public func run() -> CommandReport {
        var connector = self
        do {
            connector.profile = try ProfileName.choose(profile, in: context)
            connector.context = context.knowingMosquitto()
        } catch {
            return failed(error)
        }
        return connector.connect()
    }

    private func connect() -> CommandReport {
        let configuration: BridgeInstallation.Outcome
        let plan: ConnectionInputs
        let renewal: RenewedCertificate.Outcome
        do {
            try context.require(.mosquitto)
            (plan, configuration, renewal) = try context.changing("tedge \(command) \(cloud.name.words(profile))") {
                let plan = try ConnectionInputs(cloud, profile, in: context)
                try plan.refuseUnsupported()
                _ = try plan.credentials(in: context)
                let (outcome, renewal) = try install(plan)
                return (plan, outcome, renewal)
            }
        } catch {
            return failed(error)
        }
        guard configuration == .running else { return reported(withoutServiceManager()) }
        if options.isOffline {
            if let lost = revive(plan) { return reported(lost) }
            context.console.line("Offline mode. Skipping the connection check.")
            return reported(withMapper(renewal))
        }
        return reported(check(plan, renewal))
    }

    private func failed(_ error: any Error) -> CommandReport {
        log.end("failed")
        let title =
            options.isReconnection
            ? "failed to reconnect \(cloud.displayName) cloud."
            : "failed to create bridge to connect \(cloud.displayName) cloud."
        let failure = CommandFailure(command: "tedge \(command)", title, error)
        let report = context.failed(command, cloud: cloud.name, failure)
        if let path = log.evidence {
            context.console.note("\nThe bridge configuration that was taken back is kept in \(path).")
        }
        return reported(report)
    }

    /// Installs the bridge, in the place of the one that is there when this is a reconnection: that comes back where
    /// installing fails.
    private func install(
        _ plan: ConnectionInputs
    ) throws -> (BridgeInstallation.Outcome, RenewedCertificate.Outcome) {
        let installation = BridgeInstallation(plan, isOffline: options.isOffline, in: context, log: log)
        guard options.isReconnection else { return (try installation.run(), installation.renewal) }
        let bridge = try plan.bridge(in: context)
        // A renewed certificate may take the place of one that is no longer good.
        if !context.files.exists(RenewedCertificate.path(besides: bridge.certificatePath)) {
            try plan.validate(bridge, for: nil, in: context)
        }
        try installation.planListeners()
        log.begin("disconnect")
        let previous = try Disconnection(cloud, profile, isFollowed: true, in: context)
        if case .absent = try previous.run() { context.console.step("Bridge doesn't exist.") }
        do {
            let outcome = try installation.run()
            previous.commit()
            return (outcome, installation.renewal)
        } catch {
            previous.undo()
            throw error
        }
    }

    private func check(_ plan: ConnectionInputs, _ renewal: RenewedCertificate.Outcome) -> CommandReport {
        log.begin("check")
        do {
            try Self.check(plan, timeout: options.timeout, in: context)
            return withMapper(renewal)
        } catch {
            log.end("failed")
            let isInterrupted = if case CheckFailure.interrupted = error { true } else { false }
            let warning =
                "Bridge has been configured, but \(cloud.displayName) connection check "
                + (isInterrupted ? "was interrupted." : "failed.")
            context.console.line("Warning: \(warning)")
            if let lost = revive(plan) { return lost }
            return unproven(Diagnosis.of(error, plan, in: context))
        }
    }

    /// Starts mosquitto again where it has ended since it was restarted. Nil if it runs.
    private func revive(_ plan: ConnectionInputs) -> CommandReport? {
        let outcome = BrokerRevival(plan: plan, context: context).run(for: "tedge \(command)")
        guard let diagnosis = outcome.diagnosis(of: plan) else { return nil }
        var report = unproven(diagnosis)
        if outcome != .startedAgain { (report.result, report.status) = (.failed, .failure) }
        return report
    }

    /// The end of a command that did all it was to do: the mapper that was started must not have ended again.
    private func withMapper(_ renewal: RenewedCertificate.Outcome) -> CommandReport {
        if let diagnosis = Diagnosis.ofMapper(cloud.name, profile, in: context) { return unproven(diagnosis) }
        guard case .refused(let reason) = renewal else { return .done(command, cloud: cloud.name, changed: true) }
        let message = "Successfully connected, however not using the new certificate"
        let trust =
            cloud.name == .c8y
            ? "Run 'tedge cert upload c8y --user <username>'" : "Register the new certificate in \(cloud.displayName)"
        let hint = "\(trust), then run 'sudo tedge reconnect \(cloud.name.words(profile))'."
        context.console.note("\(message)\nHint: \(hint)")
        return CommandReport(
            command: command, cloud: cloud.name, result: .ok, changed: true, reason: .newCertificateRefused,
            message: "\(message): \(reason)",
            hint: hint, status: .renewedCertificateRefused)
    }

    private func unproven(_ diagnosis: Diagnosis) -> CommandReport {
        context.console.explain(diagnosis, cloud: cloud.name, profile)
        return CommandReport(
            command: command, cloud: cloud.name, result: .unproven, changed: true, reason: diagnosis.id,
            message: diagnosis.message, causes: diagnosis.causes, hint: diagnosis.hint, status: .unproven)
    }

    /// Runs the check with its lines.
    static func check(_ plan: ConnectionInputs, timeout: Int, in context: Context) throws {
        context.console.step("Sending packets to check connection. This may take up to \(timeout) seconds.")
        let values = try plan.checkValues(limit: .seconds(timeout), files: context.files)
        try ConnectionCheck(values: values, context: context).run()
    }

    private func withoutServiceManager() -> CommandReport {
        context.console.line(
            """
            'tedge connect' configured the necessary tedge components, but you will have to start the required services \
            on your own.
            Start/restart mosquitto and other thin edge components.
            thin-edge.io works seamlessly with 'systemd'.

            """)
        return CommandReport(
            command: command, cloud: cloud.name, result: .unproven, changed: true,
            reason: .serviceManagerUnavailable, message: "The bridge is configured, but nothing could be started.",
            hint:
                "Start or restart mosquitto and tedge-mapper, then run 'tedge connect \(cloud.name.words(profile)) --test'.",
            status: .unproven)
    }

    private func reported(_ report: CommandReport) -> CommandReport {
        log.end("ok")
        var report = report
        report.steps = log.steps
        return report
    }
}
