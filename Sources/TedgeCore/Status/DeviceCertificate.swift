import X509

/// The certificate with which a device proves itself to a cloud, for reports.
struct DeviceCertificate {
    /// Where it is.
    let path: String
    /// What it says, or why it cannot be read.
    let summary: Result<CertificateSummary, any Error>

    /// Reads it; nil if the device has a password instead, or if the settings do not say where the certificate is.
    init?(_ cloud: CloudName, _ profile: ProfileName?, _ settings: Settings, in context: Context) {
        let scope = settings.cloud(cloud, profile: profile)
        guard (try? DeviceAuthentication(scope, exists: context.files.exists)) ?? .certificate == .certificate,
            let path = try? CertificatePair(settings, cloud: cloud, profile: profile, in: context).certificatePath
        else { return nil }
        self.path = path
        summary = Result {
            let certificate = try CertificateFile.certificate(at: path, files: context.files)
            return CertificateSummary(
                certificate, path: path, now: context.now(),
                minimum: try settings.duration(RenewalWindow.key).components.seconds,
                isRenewedWaiting: context.files.exists(RenewedCertificate.path(besides: path)))
        }
    }

    /// Its state.
    var state: CertificateState {
        switch summary {
        case .success(let summary): summary.state
        case .failure(CertificateError.certificateMissing): .missing
        case .failure: .unreadable
        }
    }

    /// The same for programs.
    var json: JSONValue { (try? summary.get().json) ?? state.json(path: path) }
}
