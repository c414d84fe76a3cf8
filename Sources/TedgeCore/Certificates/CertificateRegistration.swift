import X509

/// `cert upload az` and `cert upload aws`: these clouds take no certificate from a device; prints what to do there.
public struct CertificateRegistration {
    private let context: Context
    private let cloud: CloudName
    private let profile: ProfileName?

    /// Names the cloud and the profile whose certificate to use.
    public init(_ cloud: CloudName, profile: ProfileName?, in context: Context) {
        (self.cloud, self.profile, self.context) = (cloud, profile, context)
    }

    /// Fails with what to type on a computer that may administer the cloud.
    public func run() -> CommandReport {
        let title = "failed to upload the device certificate to \(Cloud.named(cloud).displayName)"
        let failure: CommandFailure
        do {
            failure = CommandFailure(title, try advice())
        } catch {
            failure = CommandFailure(command: "tedge cert upload", title, error)
        }
        return context.failed("cert upload", cloud: cloud, failure)
    }

    private func advice() throws -> RegistrationAdvice {
        let settings = try Settings.load(from: context.settingsSource)
        let profile = try ProfileName.choose(profile, in: context)
        let pair = try CertificatePair(settings, cloud: cloud, profile: profile, in: context)
        let renewed = RenewedCertificate.path(besides: pair.certificatePath)
        let path = context.files.exists(renewed) ? renewed : pair.certificatePath
        let certificate = try CertificateFile.certificate(at: path, files: context.files)
        let cloudSettings = settings.cloud(cloud, profile: profile)
        return RegistrationAdvice(
            cloud: cloud, deviceID: try cloudSettings.required("device.id"), certificatePath: path,
            thumbprint: certificate.thumbprint, host: try cloudSettings.string("url"))
    }
}

/// How the certificate of a device is registered in a cloud that takes none from the device.
struct RegistrationAdvice: ExplainedError, Equatable {
    let cloud: CloudName
    let deviceID: String
    let certificatePath: String
    let thumbprint: String
    /// The address of the cloud, if it is set.
    let host: String?
    /// The command that connects afterwards, without `sudo tedge`; nil for `connect`.
    var next: String?

    var id: ReasonID { .uploadUnsupported }

    var causes: [String] {
        let name = Cloud.named(cloud).displayName
        return [
            cloud == .az
                ? "\(name) takes no certificate from a device: an administrator registers the device with its thumbprint."
                : "\(name) takes no certificate from a device: an administrator registers it there."
        ]
    }

    var hint: String? {
        let id = ShellWord.quoted(deviceID)
        guard cloud == .az else {
            return
                "Run 'openssl x509 -in \(ShellWord.quoted(certificatePath)) -out device.pem', copy device.pem to a computer "
                + "with the AWS command line, and type there:\n"
                + "aws iot register-certificate-without-ca --status ACTIVE --certificate-pem file://device.pem\n"
                + "Then attach a policy and the thing \(id) to it, and run 'sudo tedge \(next ?? "connect aws")' here."
        }
        let hub = host?.split(separator: ".").first.map(String.init) ?? "<hub>"
        return "Type on a computer with the Azure command line:\n"
            + "az iot hub device-identity create --hub-name \(hub) --device-id \(id) --auth-method x509_thumbprint "
            + "--primary-thumbprint \(thumbprint) --secondary-thumbprint \(thumbprint)\n"
            + "Then run 'sudo tedge \(next ?? "connect az")' here."
    }
}
