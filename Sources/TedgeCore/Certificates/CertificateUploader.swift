import TLS
import X509

/// `cert upload c8y`: adds the device certificate to the trusted ones of a Cumulocity tenant.
public struct CertificateUploader {
    private let context: Context
    private let profile: ProfileName?

    /// Names the profile whose certificate and tenant to use.
    public init(profile: ProfileName?, in context: Context) {
        self.profile = profile
        self.context = context
    }

    /// Uploads the certificate, or prints why not.
    ///
    /// - Parameter isIfNeeded: Whether a certificate that the cloud trusts already is not uploaded. It is uploaded if that
    ///   cannot be found out.
    public func run(_ credentials: UploadCredentials, isIfNeeded: Bool = false) -> CommandReport {
        do {
            try context.require(.ssl)
            let settings = try Settings.load(from: context.settingsSource)
            let profile = try ProfileName.choose(profile, in: context)
            let cloud = settings.cloud(.c8y, profile: profile)
            let target = try WebTarget(cloud)
            let deviceID = try cloud.required("device.id")
            let path = try path(settings, profile)
            let certificate = try certificate(at: path)
            if isIfNeeded || context.rehearsal != nil {
                let trust = try CertificateTrust.of(path, .c8y, profile, in: context)
                let isTrusted = trust == .trusted
                if isTrusted, isIfNeeded { return uploaded("The cloud trusts the certificate already.", isNew: false) }
                if let rehearsal = context.rehearsal {
                    let exception = trust == .unknown ? ", unless it is trusted there already" : ""
                    if !isTrusted {
                        rehearsal.note("The certificate \(path) would be uploaded to \(target.endpoint)\(exception).")
                    }
                    return uploaded("The cloud is not asked in a dry run.", isNew: !isTrusted)
                }
            }
            let user = try credentials.resolvedUser(in: context)
            let password = try credentials.resolvedPassword(in: context)
            let session = UploadSession(
                tenant: try TenantSession(cloud, at: target, user: user, password: password, in: context))
            let isNew = try session.upload(certificate, name: deviceID, to: session.tenantName())
            let message =
                isNew ? "Certificate uploaded successfully." : "Certificate already exists in the cloud."
            return uploaded(message, isNew: isNew)
        } catch {
            let failure = CommandFailure(command: "tedge cert upload", "failed to upload root certificate", error)
            return context.failed("cert upload", cloud: .c8y, failure)
        }
    }

    private func uploaded(_ message: String, isNew: Bool) -> CommandReport {
        context.console.result(message + "\n")
        return .done("cert upload", cloud: .c8y, changed: isNew, message: message)
    }

    /// The file of the certificate, or of the renewed one if there is one.
    private func path(_ settings: Settings, _ profile: ProfileName?) throws -> String {
        let pair = try CertificatePair(settings, cloud: .c8y, profile: profile, in: context)
        let renewed = RenewedCertificate.path(besides: pair.certificatePath)
        return context.files.exists(renewed) ? renewed : pair.certificatePath
    }

    /// The certificate of the device alone: written again from what was read, because its file may hold other certificates,
    /// and even the private key.
    private func certificate(at path: String) throws -> String {
        let certificate = try CertificateFile.certificate(at: path, files: context.files)
        let pem = try CertificateError.mapping { () throws(X509Error) in try certificate.pem() }
        return String(decoding: pem, as: UTF8.self)
    }
}
