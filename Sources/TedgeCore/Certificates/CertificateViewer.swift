import X509

/// `cert show` and `cert remove`.
public struct CertificateViewer {
    private let context: Context
    private let cloud: CloudName?
    private let profile: ProfileName?

    /// Names the cloud whose certificate is meant; the device's own where nil.
    public init(cloud: CloudName?, profile: ProfileName?, in context: Context) {
        self.context = context
        self.cloud = cloud
        self.profile = profile
    }

    /// Shows a certificate: the one in the file that is named, else the configured one, or its renewed successor.
    public func show(path: String?, isNew: Bool) -> CommandReport {
        do {
            let settings = try Settings.load(from: context.settingsSource)
            let pair = try CertificatePair(settings, cloud: cloud, profile: profile, in: context)
            let typed = path.map { Path.absolute($0, relativeTo: context.currentDirectory()) }
            let path = (typed ?? pair.certificatePath) + (isNew ? ".new" : "")
            let certificate = try self.certificate(at: path)
            let minimum = try settings.duration("certificate.validity.minimum_duration").components.seconds
            let summary = CertificateSummary(certificate, path: path, now: context.now(), minimum: minimum)
            context.console.result(summary.text)
            var report = CommandReport.done("cert show", cloud: cloud, changed: false)
            report.details = [.init("certificate", summary.json)]
            return report
        } catch {
            let failure = CommandFailure(
                command: "tedge cert show", "failed to show the device certificate", error)
            context.console.report(failure)
            return .failed("cert show", cloud: cloud, failure)
        }
    }

    private func certificate(at path: String) throws -> Certificate {
        do {
            return try CertificateFile.certificate(at: path, files: context.files)
        } catch CertificateError.certificateMissing {
            throw CertificateError.unreadable(path: path, reason: SystemError.noEntry.description)
        }
    }

    /// Removes certificate and key. Where there is none, that is said and no error.
    public func remove() -> CommandReport {
        do {
            let settings = try Settings.load(from: context.settingsSource)
            let pair = try CertificatePair(settings, cloud: cloud, profile: profile, in: context)
            let changed = try context.changingFiles("tedge cert remove") { files in
                try pair.checkPlaces()
                let wasHalf = try pair.settle()
                try remove(pair, files)
                return files.hasChanges || wasHalf
            }
            let message = changed ? "Certificate was successfully removed" : "There is no certificate to remove"
            context.console.note(message)
            return .done("cert remove", cloud: cloud, changed: changed, message: message)
        } catch {
            let failure = CommandFailure(
                command: "tedge cert remove", "failed to remove the device certificate", error)
            context.console.report(failure)
            return .failed("cert remove", cloud: cloud, failure)
        }
    }

    private func remove(_ pair: CertificatePair, _ files: FileTransaction) throws {
        try context.interruption.check()
        _ = try files.remove(pair.certificatePath, aside: pair.unfinishedPath)
        try context.interruption.check()
        _ = try files.remove(pair.keyPath)
        _ = try files.remove(pair.certificatePath + ".new")
        try context.interruption.check()
    }
}
