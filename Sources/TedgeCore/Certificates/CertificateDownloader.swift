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
        let wait = RegistrationWait(isShown: options.showsAddress(context.environment))
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
            let certificate = try download(id, options, cloud, target, pair, wait)
            return report(certificate, pair)
        } catch {
            let failure = CommandFailure(command: "tedge cert download", title, error)
            var report = context.failed("cert download", cloud: .c8y, failure, isUndone: false)
            report.changed = wait.isNew
            report.details += wait.details
            return report
        }
    }

    private func download(
        _ id: String, _ options: DownloadOptions, _ cloud: CloudSettings, _ target: WebTarget, _ pair: CertificatePair,
        _ wait: RegistrationWait
    ) throws -> Certificate {
        let place = DownloadedPair(pair: pair, context: context)
        let (key, isNew) = try place.prepare()
        let request = try request(id, options, key, isNew: isNew, cloud.settings, pair)
        if let rehearsal = context.rehearsal {
            let issued = try rehearsal.certificate(for: request, from: "\(target.endpoint)", cloud.settings)
            try place.store(issued, key, isNew: isNew)
            return issued.leaf
        }
        let registration = try registration(of: id, at: target.endpoint, options, pair, wait)
        let tenant = try TenantSession(cloud, at: target, user: id, password: registration.password, in: context)
        let session = DownloadSession(
            tenant: tenant, isTyped: options.url != nil, isGenerated: registration.isGenerated)
        let issued = try session.certificate(for: request, pause: options.retryEvery, limit: options.maxTimeout)
        try place.store(issued, key, isNew: isNew)
        PendingRegistration.remove(for: pair)
        return issued.leaf
    }

    /// The one-time password that was given, or one that is made here, or was by an earlier run. Such a password is printed,
    /// because nobody else knows it, and kept until the certificate is there, because a person may have entered it in the cloud.
    private func registration(
        of id: String, at tenant: HostPort, _ options: DownloadOptions, _ pair: CertificatePair,
        _ wait: RegistrationWait
    ) throws -> DeviceRegistration {
        if let password = try options.givenPassword(in: context) {
            return DeviceRegistration(of: id, at: tenant, password: password)
        }
        let stored = try PendingRegistration.stored(of: id, at: tenant, for: pair)
        let registration = stored ?? DeviceRegistration(of: id, at: tenant)
        if stored == nil {
            try PendingRegistration.store(registration, for: pair, by: "tedge cert download")
            wait.isNew = true
        }
        wait.registration = registration
        let looks = TerminalLooks(
            context.environment, isTerminal: options.isTerminal, size: { TerminalLooks.columns(of: 2) })
        registration.showAll(on: context.console, looks: looks, withAddress: wait.isShown)
        return registration
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

    /// What a run that ends without a certificate tells of the registration that it waited for.
    private final class RegistrationWait {
        /// Whether the address may be told.
        let isShown: Bool
        var registration: DeviceRegistration?
        /// Whether the password was made by this run.
        var isNew = false

        init(isShown: Bool) { self.isShown = isShown }

        var details: [JSONValue.Member] {
            guard isShown, let registration else { return [] }
            return [.init("registration", registration.json)]
        }
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
