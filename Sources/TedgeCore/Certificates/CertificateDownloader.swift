import TLS
import X509

/// `cert download c8y`: a certificate that the tenant's authority issues for a one-time password.
public struct CertificateDownloader {
    private let context: Context
    private let profile: ProfileName?

    /// Names the profile whose certificate and tenant to use.
    public init(profile: ProfileName?, in context: Context) {
        self.profile = profile
        self.context = context
    }

    /// Downloads the certificate, or prints why not.
    public func run(_ options: DownloadOptions) -> CommandReport {
        var title = "failed to download a certificate"
        do {
            let settings = try Settings.load(from: context.settingsSource)
            let cloud = settings.cloud(.c8y, profile: try ProfileName.choose(profile, in: context))
            let target = try WebTarget(cloud, endpoint: try options.endpoint())
            title += " from \(target.endpoint)"
            let pair = try CertificatePair(settings, cloud: .c8y, profile: cloud.profile, in: context)
            if !options.isIfNeeded, context.files.exists(pair.certificatePath) {
                throw EnrollmentInputError.certificateExists(path: pair.certificatePath)
            }
            let id = try options.resolvedDeviceID(cloud, in: context)
            title += " for the device \(id)"
            if options.isIfNeeded, let certificate = try pair.usableCertificate(of: id) {
                let summary = CertificateSummary(certificate, path: pair.certificatePath, now: context.now())
                return .kept("cert download", cloud: .c8y, summary, on: context.console)
            }
            let certificate = try download(id, options, cloud, target, pair)
            return report(certificate, pair)
        } catch {
            let failure = CommandFailure(command: "tedge cert download", title, error)
            return context.failed("cert download", cloud: .c8y, failure, isUndone: false)
        }
    }

    private func download(
        _ id: String, _ options: DownloadOptions, _ cloud: CloudSettings, _ target: WebTarget, _ pair: CertificatePair
    ) throws -> Certificate {
        let place = DownloadedPair(pair: pair, context: context)
        let (key, isNew) = try place.prepare()
        let request = try request(id, options, key, isNew: isNew, cloud.settings, pair)
        if let rehearsal = context.rehearsal {
            let issued = try rehearsal.certificate(for: request, from: "\(target.endpoint)", cloud.settings)
            try place.store(issued, key, isNew: isNew)
            return issued.leaf
        }
        let tenant = try TenantSession(
            cloud, at: target, user: id, password: options.resolvedPassword(in: context), in: context)
        let session = DownloadSession(tenant: tenant, isTyped: options.url != nil)
        let issued = try session.certificate(for: request, pause: options.retryEvery, limit: options.maxTimeout)
        try place.store(issued, key, isNew: isNew)
        return issued.leaf
    }

    private func request(
        _ id: String, _ options: DownloadOptions, _ key: PrivateKey, isNew: Bool, _ settings: Settings,
        _ pair: CertificatePair
    ) throws -> EnrollmentRequest {
        guard let path = options.csrPath else { return try EnrollmentRequest(commonName: id, key: key, settings) }
        // A request that was made elsewhere is for a key that is here already.
        if isNew { throw CertificateFile.missingKey(pair.keyPath) }
        return try EnrollmentRequest(path: path, commonName: id, key: key, keyPath: pair.keyPath, in: context)
    }

    private func report(_ certificate: Certificate, _ pair: CertificatePair) -> CommandReport {
        context.console.note("Certificate downloaded successfully")
        context.console.note("    => the device can now be connected\n")
        let summary = CertificateSummary(certificate, path: pair.certificatePath, now: context.now())
        context.console.result(summary.text)
        var report = CommandReport.done("cert download", cloud: .c8y, changed: true)
        report.details = [.init("certificate", summary.json)]
        return report
    }
}
