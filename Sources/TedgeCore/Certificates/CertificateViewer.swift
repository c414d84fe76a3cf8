import X509

/// `cert show`, `cert needs-renewal` and `cert remove`.
public struct CertificateViewer {
    private let context: Context
    private let cloud: CloudName?
    private let profile: ProfileName?

    /// Names the cloud whose certificate is meant; the device's own if nil.
    public init(cloud: CloudName?, profile: ProfileName?, in context: Context) {
        self.context = context
        self.cloud = cloud
        self.profile = profile
    }

    /// Shows a certificate: the one in the file that is named, else the configured one, or its renewed successor.
    public func show(path: String?, isNew: Bool) -> CommandReport {
        do {
            let summary = try summary(path, isNew: isNew)
            context.console.result(summary.text)
            var report = CommandReport.done("cert show", cloud: cloud, changed: false)
            report.details = [.init("certificate", summary.json)]
            return report
        } catch {
            let failure = CommandFailure(
                command: "tedge cert show", "failed to show the device certificate", error)
            return context.failed("cert show", cloud: cloud, failure)
        }
    }

    /// Says on stderr how long a certificate is valid: the one in the file that is named, else the configured one. The status
    /// is 0 where a renewal is due, 1 where none is, and 2 where this cannot be told.
    public func needsRenewal(path: String?) -> CommandReport {
        do {
            let summary = try summary(path, isNew: false)
            context.console.note("Status:        \(summary.status)")
            var report = CommandReport.done("cert needs-renewal", cloud: cloud, changed: false, message: summary.status)
            report.details = [.init("due", .bool(summary.isDue)), .init("certificate", summary.json)]
            report.status = summary.isDue ? .success : .failure
            return report
        } catch {
            let failure = CommandFailure(command: "tedge cert needs-renewal", "Cannot check the certificate", error)
            let reason = failure.error.causes.joined(separator: ": ")
            let hint = context.hint(for: failure.error).map { "Hint: \($0)\n" } ?? ""
            context.console.error(ErrorFrame.printable("Cannot check the certificate: \(reason)\n\(hint)"))
            return .failed(
                "cert needs-renewal", cloud: cloud, status: .misuse, reason: failure.error.id,
                causes: failure.error.causes,
                hint: context.hint(for: failure.error))
        }
    }

    private func pair(_ settings: Settings) throws -> CertificatePair {
        let profile = cloud == nil ? nil : try ProfileName.choose(profile, in: context)
        return try CertificatePair(settings, cloud: cloud, profile: profile, in: context)
    }

    private func summary(_ path: String?, isNew: Bool) throws -> CertificateSummary {
        let settings = try Settings.load(from: context.settingsSource)
        let typed = path.map { Path.absolute($0, relativeTo: context.currentDirectory()) }
        let current = try typed ?? pair(settings).certificatePath
        let path = isNew ? RenewedCertificate.path(besides: current) : current
        let minimum = try settings.duration("certificate.validity.minimum_duration").components.seconds
        do throws(CertificateError) {
            let certificate = try CertificateFile.certificate(
                at: path, isTyped: typed != nil, files: context.files)
            return CertificateSummary(certificate, path: path, now: context.now(), minimum: minimum)
        } catch {
            guard case .certificateMissing = error else { throw error }
            if isNew { throw CertificateError.renewedMissing(path: path) }
            // Of a file that was typed, no certificate of the device is expected.
            throw typed == nil
                ? error : CertificateError.unreadable(path: path, reason: .noEntry)
        }
    }

    /// Removes certificate and key. Where there is none, that is said and no error.
    public func remove() -> CommandReport {
        do {
            let settings = try Settings.load(from: context.settingsSource)
            let pair = try pair(settings)
            let use = CertificateUse.connections(of: pair.certificatePath, in: context)
            let changed = try context.changingFiles("tedge cert remove") { files in
                try pair.checkPlaces()
                let wasHalf = try pair.finishInterrupted()
                try remove(pair, files)
                return files.hasChanges || wasHalf
            }
            let message = changed ? "Certificate was successfully removed" : "There is no certificate to remove"
            context.console.note(message)
            var report = CommandReport.done("cert remove", cloud: cloud, changed: changed, message: message)
            if let warning = CertificateUse.warning(use) {
                context.console.warning(warning)
                report.hint = warning
            }
            return report
        } catch {
            let failure = CommandFailure(
                command: "tedge cert remove", "failed to remove the device certificate", error)
            return context.failed("cert remove", cloud: cloud, failure)
        }
    }

    private func remove(_ pair: CertificatePair, _ files: FileTransaction) throws {
        try context.interruption.check()
        _ = try files.remove(pair.certificatePath, aside: pair.unfinishedPath)
        try context.interruption.check()
        _ = try files.remove(pair.keyPath)
        _ = try files.remove(RenewedCertificate.path(besides: pair.certificatePath))
        try context.interruption.check()
    }
}
