import X509

/// What `RenewalRun` does for one certificate.
struct RenewalStep {
    let settings: Settings
    let options: RenewalRun.Options
    /// Whether it is one of all certificates of the device.
    let isForAll: Bool
    private let context: Context

    init(settings: Settings, options: RenewalRun.Options, isForAll: Bool, context: Context) {
        (self.settings, self.options, self.isForAll) = (settings, options, isForAll)
        // Each connection is named with its profile: the variable must not name another one.
        var context = context
        context.environment["TEDGE_CLOUD_PROFILE"] = nil
        self.context = context
    }

    /// Renews the certificate if it is to be, and takes it into use. Prints what happens, and a failure.
    func handled(_ entry: CertificateInventory.Entry) -> RenewalOutcome {
        do {
            try context.interruption.check()
            if isForAll, entry.isUnused { return RenewalOutcome(result: .unused) }
            return try outcome(of: entry)
        } catch {
            return failure(error, entry.cloud, entry.pair.certificatePath)
        }
    }

    /// Prints a failure.
    func failure(_ error: any Error, _ cloud: CloudName?, _ path: String) -> RenewalOutcome {
        let title = "failed to renew the certificate\(path.isEmpty ? "" : " \(path)")"
        let report = context.failed(
            "cert renew", cloud: cloud, CommandFailure(command: "tedge cert renew", title, error), isUndone: false)
        let isNeedOfPerson = if case EnrollmentError.selfSigned? = error as? EnrollmentError { true } else { false }
        return RenewalOutcome(
            result: isNeedOfPerson ? .needsPerson : .failed, reason: report.reason, message: report.message,
            causes: report.causes, hint: report.hint)
    }

    private func outcome(of entry: CertificateInventory.Entry) throws -> RenewalOutcome {
        let path = entry.pair.certificatePath
        let present = try CertificateFile.certificate(at: path, files: context.files)
        let window = try RenewalWindow(settings, for: present)
        let summary = CertificateSummary(present, path: path, now: context.now(), minimum: window.seconds)
        if options.isOnlyIfDue {
            // By this clock nobody can tell.
            if case .notYetValid = summary.validity {
                throw CertificateError.notYetValid(
                    path: path, from: RFC2822Date.text(present.notBefore), clock: RFC2822Date.text(context.now()))
            }
            if let diagnosis = window.diagnosis { context.console.warning(diagnosis) }
            guard summary.isDue else {
                let outcome = RenewalOutcome(
                    result: .notDue,
                    message: "\(path) is not due for renewal: it is valid until \(RFC2822Date.text(present.notAfter)).",
                    hint: window.diagnosis?.hint, certificate: summary.json, warning: window.diagnosis?.message)
                let plans = options.isReconnecting ? interrupted(entry) : []
                return plans.isEmpty ? outcome : reconnected(plans, outcome)
            }
        }
        if options.isOnlyIfDue, let waiting = try waiting(entry, present) {
            context.console.line("A renewed certificate waits already: \(RenewedCertificate.path(besides: path)).")
            return try used(waiting, entry, isNew: false)
        }
        return try used(try renewed(entry, present), entry, isNew: true)
    }

    // MARK: The renewed certificate

    /// A certificate that an earlier run has left beside the one in use and that is still good; nil if there is none.
    ///
    /// One that Cumulocity issued more than a day ago, and that is not in use yet, is replaced: who asks again every hour
    /// gets a new one at most once a day.
    private func waiting(_ entry: CertificateInventory.Entry, _ present: Certificate) throws -> Certificate? {
        let path = RenewedCertificate.path(besides: entry.pair.certificatePath)
        guard context.files.exists(path), let key = try entry.pair.storedKey(),
            let waiting = try? CertificateFile.certificate(at: path, files: context.files), waiting.matches(key),
            waiting.commonName == present.commonName, waiting.notAfter > present.notAfter
        else { return nil }
        let window = try RenewalWindow(settings, for: waiting)
        let summary = CertificateSummary(waiting, path: path, now: context.now(), minimum: window.seconds)
        guard case .valid = summary.validity else { return nil }
        return waiting.isSelfSigned || context.now() - waiting.notBefore <= 86_400 ? waiting : nil
    }

    private func renewed(_ entry: CertificateInventory.Entry, _ present: Certificate) throws -> Certificate {
        let path = entry.pair.certificatePath
        let isUnattended = options.isOnlyIfDue || isForAll
        if isUnattended, options.authority == nil, present.isSelfSigned {
            throw EnrollmentError.selfSigned(path: path, hint: Self.hint(for: entry))
        }
        let authority = options.authority ?? .c8y
        let user = entry.users.first { $0.cloud == .c8y }
        if authority == .c8y {
            if let cloud = entry.cloud, cloud != .c8y, user == nil { throw EnrollmentError.unsupported(cloud) }
            if user == nil, let other = entry.users.first { throw EnrollmentError.unsupported(other.cloud) }
        }
        context.console.line("Renewing \(path).")
        let profile = entry.cloud == .c8y ? entry.profile : user?.profile
        let renewal = Renewal(pair: entry.pair, settings: settings, profile: profile, context: context)
        let certificate = try renewal.run(authority, csrPath: options.csrPath)
        context.console.line("Certificate renewed successfully, until \(RFC2822Date.text(certificate.notAfter)).")
        if !options.isOnlyIfDue, let diagnosis = try RenewalWindow(settings, for: certificate).diagnosis {
            context.console.warning(diagnosis)
        }
        return certificate
    }

    private static func hint(for entry: CertificateInventory.Entry) -> String {
        let connection = entry.users.first ?? (entry.cloud ?? .c8y, entry.profile)
        let own = entry.cloud.map { " \($0.words(entry.profile))" } ?? ""
        return RenewedCertificate.trustHint(
            connection.cloud, connection.profile, after: "sudo tedge cert renew --ca self-signed\(own)")
    }

    // MARK: Its use

    /// Takes the renewed certificate into use where the clouds are connected, and accept it.
    private func used(
        _ certificate: Certificate, _ entry: CertificateInventory.Entry, isNew: Bool
    ) throws -> RenewalOutcome {
        let path = RenewedCertificate.path(besides: entry.pair.certificatePath)
        let summary = CertificateSummary(certificate, path: path, now: context.now())
        var outcome = RenewalOutcome(result: .waiting, changed: isNew, certificate: summary.json)
        let connections = options.isReconnecting ? connections(of: entry) : []
        guard !connections.isEmpty else {
            outcome.message = "The renewed certificate is \(path). The next connect or reconnect uses it."
            context.console.line(outcome.message ?? "")
            return outcome
        }
        for plan in connections {
            let renewed = RenewedCertificate(plan: plan, bridge: try plan.bridge(in: context), context: context)
            // Nothing is restarted in vain, hour by hour, and of several clouds with one certificate none loses its connection.
            if let objection = try renewed.foreseenObjection() {
                return refused(outcome, objection, plan)
            }
        }
        return reconnected(connections, outcome)
    }

    /// Reconnects the clouds.
    private func reconnected(_ plans: [ConnectionInputs], _ before: RenewalOutcome) -> RenewalOutcome {
        var outcome = before
        for plan in plans {
            // A run that is killed leaves the mark: the next one finishes what it began.
            try? context.files.touch(plan.paths.renewal)
            defer { context.files.discard(plan.paths.renewal) }
            let report = Reconnector(plan.cloud.name, profile: plan.profile, options: .init(), in: context).run()
            outcome.connections.append(report)
            outcome.changed = outcome.changed || report.changed
            outcome = outcome.after(report, plan.cloud)
            if outcome.result == .refused || outcome.result == .failed { break }
        }
        return outcome
    }

    private func refused(
        _ outcome: RenewalOutcome, _ objection: String, _ plan: ConnectionInputs
    ) -> RenewalOutcome {
        var outcome = outcome
        outcome.result = .refused
        outcome.reason = .newCertificateRefused
        outcome.message =
            "The renewed certificate is not used, and the connection to \(plan.cloud.displayName) stays as it is: "
            + objection
        outcome.hint = RenewedCertificate.trustHint(plan.cloud.name, plan.profile)
        context.console.error(
            ErrorFrame.printable("\(outcome.message ?? "")\nHint: \(outcome.hint ?? "")\n"))
        return outcome
    }

    /// The connections that prove themselves with the certificate, now and according to the settings.
    private func connections(of entry: CertificateInventory.Entry) -> [ConnectionInputs] {
        let path = entry.pair.certificatePath
        let interrupted = interrupted(entry)
        return interrupted
            + CertificateUse.connections(of: path, in: context).compactMap { cloud, profile in
                let paths = BridgePaths(in: context.configurationDirectory, cloud, profile)
                guard !context.files.exists(paths.unfinished), !context.files.exists(paths.renewal),
                    let plan = try? ConnectionInputs(Cloud.named(cloud), profile, in: context),
                    let bridge = try? plan.bridge(in: context), bridge.certificatePath == path
                else { return nil }
                return plan
            }
    }

    /// The connections with the certificate that an earlier run of this command was reconnecting when it was killed.
    private func interrupted(_ entry: CertificateInventory.Entry) -> [ConnectionInputs] {
        entry.users.compactMap { cloud, profile in
            let paths = BridgePaths(in: context.configurationDirectory, cloud, profile)
            guard context.files.exists(paths.renewal) else { return nil }
            guard context.files.exists(paths.unfinished) else {
                // Somebody has finished it, or has disconnected the device.
                context.files.discard(paths.renewal)
                return nil
            }
            return try? ConnectionInputs(Cloud.named(cloud), profile, in: context)
        }
    }
}

extension RenewalOutcome {
    /// The outcome when one more cloud has been reconnected.
    fileprivate func after(_ report: CommandReport, _ cloud: Cloud) -> RenewalOutcome {
        var outcome = self
        switch report.status {
        case .success where outcome.result != .unproven:
            outcome.result = .inUse
            outcome.message = "The renewed certificate is in use, and \(cloud.displayName) answers."
        case .success: break
        case .renewedCertificateRefused: outcome.take(.refused, report)
        case .unproven: outcome.take(.unproven, report)
        case .failure, .misuse: outcome.take(.failed, report)
        }
        return outcome
    }

    private mutating func take(_ result: Result, _ report: CommandReport) {
        (self.result, reason, message) = (result, report.reason, report.message)
        (causes, hint) = (report.causes, report.hint)
    }
}
