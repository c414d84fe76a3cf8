/// What connect and reconnect do around their steps: the lock, the undo if a step fails, the check at the end, the report.
struct ConnectionCommand {
    /// `connect` or `reconnect`.
    private let name: String
    private let cloud: Cloud
    private var profile: ProfileName?
    private let options: Connector.Options
    private var context: Context
    private let log = StepLog()
    /// The settings that the steps used; nil until they are known.
    private var settings: Settings?

    init(
        name: String, cloud: Cloud, _ profile: ProfileName?, _ options: Connector.Options, in context: Context
    ) {
        (self.name, self.cloud, self.profile, self.options, self.context) = (name, cloud, profile, options, context)
    }

    /// Runs the steps, then the check. Prints what happens.
    func run(_ steps: (ConnectSteps) throws -> ConnectSteps.Outcome) -> CommandReport {
        var command = self
        do {
            command.profile = try ProfileName.choose(profile, in: context)
            command.context = context.knowingMosquitto()
            let (done, outcome) = try command.change(steps)
            command.settings = done.inputs.settings
            var report = command.end(done, outcome)
            // After the last question to systemd: it answers none while it reads its units.
            done.change.services.finish()
            if options.isIfNeeded { report = command.changedOnly(done, report) }
            if done.renewal == .taken {
                report.details += RenewalHooks(done.inputs, in: command.context).run()
            }
            return command.reported(report)
        } catch {
            return command.reported(command.failed(error))
        }
    }

    /// Does all the steps or none, while no other command changes the configuration.
    private func change(
        _ body: (ConnectSteps) throws -> ConnectSteps.Outcome
    ) throws -> (ConnectSteps, ConnectSteps.Outcome) {
        try context.require(.mosquitto)
        return try context.changing("tedge \(name) \(cloud.name.words(profile))") {
            let inputs = try ConnectionInputs(cloud, profile, becomesDurable: options.isDurable, in: context)
            try inputs.refuseUnsupported()
            _ = try inputs.credentials(in: context)
            let steps = ConnectSteps(inputs, options, in: context, log: log)
            let broker = steps.change.broker
            do {
                let outcome = try steps.change.transaction.run {
                    do { return try body(steps) } catch {
                        log.end(.failed)
                        throw error
                    }
                }
                broker.commit(isRead: outcome == .running)
                context.files.discard(inputs.paths.rejected)
                return (steps, outcome)
            } catch {
                if let bridge = steps.unacceptedBridge {
                    log.evidence = broker.keep(bridge, at: inputs.paths.rejected, after: error)
                }
                throw error
            }
        }
    }

    // MARK: The end

    /// Checks the connection, unless nothing runs or the cloud is to be left alone.
    private func end(_ steps: ConnectSteps, _ outcome: ConnectSteps.Outcome) -> CommandReport {
        let inputs = steps.inputs
        guard outcome == .running else { return withoutServiceManager() }
        // Nothing was started that could be checked.
        guard context.rehearsal == nil else { return .done(name, cloud: cloud.name, changed: true) }
        if options.isOffline {
            if let ended = restartEndedMosquitto(inputs) { return ended }
            context.console.line("Offline mode. Skipping the connection check.")
            return withMapper(steps.renewal)
        }
        log.begin("check")
        do {
            try ConnectionCheck.run(inputs, for: .connection, timeout: options.timeout, in: context)
            return withMapper(steps.renewal)
        } catch {
            log.end(.failed)
            let isInterrupted = if case CheckFailure.interrupted = error { true } else { false }
            let warning =
                "Bridge has been configured, but \(cloud.displayName) connection check "
                + (isInterrupted ? "was interrupted." : "failed.")
            context.console.line("Warning: \(warning)")
            return restartEndedMosquitto(inputs) ?? unproven(Diagnosis.of(error, inputs, in: context))
        }
    }

    /// The report with what was really changed; a mosquitto that had ended was started again.
    private func changedOnly(_ steps: ConnectSteps, _ report: CommandReport) -> CommandReport {
        var report = report
        report.changed = steps.hasChanged || report.reason == .mosquittoEnded
        if report.status == .success, !report.changed {
            let message = "The device is connected as the settings say. Nothing was changed."
            context.console.line(message)
            report.message = message
        }
        return report
    }

    /// Starts mosquitto again if it has ended since it was restarted. Nil if it runs.
    private func restartEndedMosquitto(_ inputs: ConnectionInputs) -> CommandReport? {
        let outcome = BrokerRecovery(inputs: inputs, context: context).run(for: "tedge \(name)")
        guard let diagnosis = outcome.diagnosis(of: inputs) else { return nil }
        var report = unproven(diagnosis)
        if outcome != .startedAgain { (report.result, report.status) = (.failed, .failure) }
        return report
    }

    /// The report of a command that did everything, unless the mapper that was started has ended again.
    private func withMapper(_ renewal: RenewedCertificate.Outcome) -> CommandReport {
        if let diagnosis = Diagnosis.ofMapper(cloud.name, profile, in: context) { return unproven(diagnosis) }
        guard case .refused(let reason) = renewal else { return .done(name, cloud: cloud.name, changed: true) }
        let message = "Successfully connected, however not using the new certificate"
        let hint = RenewedCertificate.trustHint(cloud.name, profile)
        context.console.note("\(message)\nHint: \(hint)")
        return CommandReport(
            command: name, cloud: cloud.name, result: .partial, changed: true, reason: .newCertificateRefused,
            message: "\(message): \(reason)", hint: hint, status: .renewedCertificateRefused)
    }

    private func unproven(_ diagnosis: Diagnosis) -> CommandReport {
        context.console.explain(diagnosis, cloud: cloud.name, profile)
        return CommandReport(
            command: name, cloud: cloud.name, result: .unproven, changed: true, reason: diagnosis.id,
            message: diagnosis.message, causes: diagnosis.causes, hint: diagnosis.hint, status: .unproven)
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
            command: name, cloud: cloud.name, result: .unproven, changed: true,
            reason: .serviceManagerUnavailable, message: "The bridge is configured, but nothing could be started.",
            hint:
                "Start or restart mosquitto and tedge-mapper, then run 'tedge connect \(cloud.name.words(profile)) --test'.",
            status: .unproven)
    }

    private func failed(_ error: any Error) -> CommandReport {
        log.end(.failed)
        let title =
            name == "reconnect"
            ? "failed to reconnect \(cloud.displayName) cloud."
            : "failed to create bridge to connect \(cloud.displayName) cloud."
        let report = context.failed(name, cloud: cloud.name, CommandFailure(command: "tedge \(name)", title, error))
        if let path = log.evidence {
            context.console.note("\nThe bridge configuration that mosquitto rejected is kept in \(path).")
        }
        return report
    }

    private func reported(_ report: CommandReport) -> CommandReport {
        log.end(.ok)
        var report = report
        report.steps = log.steps
        report.profile = profile
        if let settings = try? settings ?? Settings.load(from: context.settingsSource),
            let certificate = DeviceCertificate(cloud.name, profile, settings, in: context)
        {
            report.details.append(.init("certificate", certificate.json))
        }
        return report
    }
}
