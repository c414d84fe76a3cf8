import X509

/// `cert renew`: a certificate that is to replace the present one, for the same key, in a file beside it.
public struct CertificateRenewer {
    /// Who signs the new certificate.
    public enum Authority: String, Sendable, CaseIterable {
        case c8y
        case selfSigned = "self-signed"
    }

    private let selection: CertificateSelection
    private var context: Context { selection.context }

    /// Says whose certificate it is.
    public init(_ selection: CertificateSelection) { self.selection = selection }

    /// Renews the certificate, or prints why not.
    ///
    /// - Parameter csrPath: The file with the request that the authority gets; one is made if nil.
    public func run(_ authority: Authority, csrPath: String?) -> CommandReport {
        let title =
            authority == .c8y
            ? "failed to renew the device certificate" : "failed to renew the self-signed certificate of the device."
        do {
            if authority == .c8y, let cloud = selection.cloud, cloud != .c8y {
                throw EnrollmentError.unsupported(cloud)
            }
            let (settings, pair) = try selection.load()
            let profile = try CertificateInventory.authorityProfile(of: pair, selection.cloud, settings, in: context)
            let renewal = Renewal(pair: pair, settings: settings, profile: profile, context: context)
            let certificate = try renewal.run(authority, csrPath: csrPath)
            return try report(certificate, pair, authority, RenewalWindow(settings, for: certificate))
        } catch {
            return selection.failed("cert renew", title, error, isUndone: false)
        }
    }

    private func report(
        _ certificate: Certificate, _ pair: CertificatePair, _ authority: Authority, _ window: RenewalWindow
    ) -> CommandReport {
        context.console.note("Certificate renewed successfully\n    For an un-interrupted service:")
        switch authority {
        case .c8y: context.console.note("    => the device has to be reconnected to the cloud\n")
        case .selfSigned:
            context.console.note(
                "    => the new certificate has to be uploaded to the cloud\n    => then the device reconnected\n")
        }
        let summary = CertificateSummary(
            certificate, path: RenewedCertificate.path(besides: pair.certificatePath), now: context.now())
        context.console.result(summary.text)
        if let diagnosis = window.diagnosis { context.console.warning(diagnosis) }
        var report = CommandReport.done("cert renew", cloud: selection.cloud, changed: true)
        report.details = [.init("certificate", summary.json)]
        return report
    }
}
