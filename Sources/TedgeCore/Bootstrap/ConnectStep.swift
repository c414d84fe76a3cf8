/// The bridge and the services, and the proof that the cloud answers.
extension BootstrapSession {
    func connect() throws {
        var report = CommandReport.done("connect", changed: false)
        try step(.connect) {
            report = change()
            guard report.status != .failure else { throw BootstrapFailure(report) }
            hasChanged = report.changed
            if report.reason == .serviceManagerUnavailable { throw BootstrapFailure(report) }
            guard report.changed else { return .kept("keeps the connection, which is as the settings say.") }
            return .changed("the bridge to \(run.cloud.productName) is configured, and the services run.")
        }
        try step(.verify) {
            if options.isOffline { return .skipped("is left for a run without --offline.") }
            if report.status == .renewedCertificateRefused {
                var refusal = BootstrapFailure(report)
                refusal.isPartial = true
                partialFailure = refusal
                return try finalized(.kept("\(run.cloud.productName) answers, and refuses the renewed certificate."))
            }
            if isRehearsal { return try finalized(.skipped("is not known before it is done.")) }
            guard report.status == .unproven else { return try finalized(.kept("\(run.cloud.productName) answers.")) }
            return try finalized(try verifyExisting(after: explained(BootstrapFailure(report))))
        }
    }

    /// Runs the last hooks, once the connection is as far as it gets.
    private func finalized(_ done: Done) throws -> Done {
        try hooks(plan).run(.finalize)
        return done
    }

    /// Connects, or changes what is not as the settings say. After a new registration a bridge that exists is made again: its
    /// certificate may be another one, and mosquitto pauses for up to half a minute after attempts that failed.
    private func change() -> CommandReport {
        var options = Connector.Options()
        options.isOffline = self.options.isOffline
        let isNewlyRegistered = steps.contains { $0.step == .register && $0.changed }
        guard !isNewlyRegistered || !isConnected else {
            return Reconnector(run.cloud, profile: run.profile, options: options, in: quiet).run()
        }
        options.isIfNeeded = true
        return Connector(run.cloud, profile: run.profile, options: options, in: quiet).run()
    }

    /// The failure of a check; for Azure and AWS, which are told of a device by a person, with what to do there.
    private func explained(_ failure: BootstrapFailure) -> BootstrapFailure {
        let reasons: [ReasonID] = [
            .bridgeDown, .bridgeUnstable, .deviceRefused, .deviceCertificateNotTrusted, .cloudClosesConnection,
        ]
        guard run.cloud != .c8y, reasons.contains(failure.reason), let advice = try? registrationAdvice() else {
            return failure
        }
        var pending = BootstrapFailure(
            .registrationPending, failure.causes + advice.causes, hint: advice.hint, mayPass: true)
        pending.isUnproven = failure.isUnproven
        return pending
    }

    /// Checks the connection that exists until the cloud answers.
    private func verifyExisting(after failure: BootstrapFailure? = nil) throws -> Done {
        if options.isOffline { return .skipped("is left for a run without --offline.") }
        if isRehearsal { return .skipped("is not known before it is done.") }
        var last = failure
        try patience.keepTrying(.verify, .network) {
            if let failure = last {
                last = nil
                throw failure
            }
            let report = ConnectionTest(run.cloud, profile: run.profile, timeout: 10, in: quiet).run()
            guard report.status != .success else { return }
            var failure = BootstrapFailure(report)
            failure.isUnproven = true
            throw explained(failure)
        }
        return .kept("\(run.cloud.productName) answers.")
    }
}
