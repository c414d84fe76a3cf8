/// The bridge and the services, and the proof that the cloud answers.
extension BootstrapSession {
    func connect() throws {
        let begin = ContinuousClock.now
        if let reason = reasonToKeep() {
            record(.connect, .kept(reason), since: begin)
            return try step(.verify) { try finalized(try verifyExisting()) }
        }
        var report = CommandReport.done("connect", changed: false)
        try step(.connect) {
            report = change()
            guard report.status != .failure else { throw BootstrapFailure(report) }
            hasChanged = true
            if report.reason == .serviceManagerUnavailable { throw BootstrapFailure(report) }
            return .changed("the bridge to \(run.cloud.productName) is configured, and the services run.")
        }
        try step(.verify) {
            if options.isOffline { return try finalized(.skipped("is left for a run without --offline.")) }
            if report.status == .renewedCertificateRefused {
                var refusal = BootstrapFailure(report)
                refusal.isPartial = true
                partialFailure = refusal
                return try finalized(.kept("\(run.cloud.productName) answers, and refuses the renewed certificate."))
            }
            if options.isRehearsal { return .skipped("is not known before it is done.") }
            guard report.status == .unproven else { return try finalized(.kept("\(run.cloud.productName) answers.")) }
            return try finalized(try verifyExisting(after: explained(BootstrapFailure(report))))
        }
    }

    /// Runs the last hooks, once the connection is as far as it gets.
    private func finalized(_ done: Done) throws -> Done {
        try hooks(plan).run(.finalize)
        return done
    }

    /// Why nothing has to be changed for the connection; nil if something has to be.
    private func reasonToKeep() -> String? {
        guard isConnected, exchange == nil else { return nil }
        let doctor = DoctorRun(run.cloud, profile: run.profile, until: .now + .seconds(5), in: quiet)
        let needed: [CheckID] = [.includeLine, .bridgeCurrent, .bridgeRead, .mosquittoRunning, .mapperRunning]
        for check in needed {
            if case .error(let diagnosis) = doctor.outcome(of: check), diagnosis.id != .mapperNotInstalled {
                return nil
            }
            if case .warning(let diagnosis) = doctor.outcome(of: check),
                [.bridgeNotRead, .bridgeFileDiffers, .mosquittoNotEnabled, .mapperNotEnabled].contains(diagnosis.id)
            {
                return nil
            }
        }
        return "keeps the connection, which is as the settings say."
    }

    /// Connects, or connects again.
    private func change() -> CommandReport {
        var options = Connector.Options()
        options.isOffline = self.options.isOffline
        guard isConnected else {
            return Connector(run.cloud, profile: run.profile, options: options, in: quiet).run()
        }
        return Reconnector(run.cloud, profile: run.profile, options: options, in: quiet).run()
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
        if options.isRehearsal { return .skipped("is not known before it is done.") }
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
