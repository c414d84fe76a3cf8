import X509

/// `cert create`: a new key and a certificate that it signs itself.
public struct CertificateCreator {
    private let context: Context
    private let cloud: CloudName?
    private let profile: ProfileName?

    /// Names the cloud whose certificate is meant; the device's own if nil.
    public init(cloud: CloudName?, profile: ProfileName?, in context: Context) {
        self.context = context
        self.cloud = cloud
        self.profile = profile
    }

    /// Makes the pair, or prints why not.
    ///
    /// - Parameter deviceID: The identity; the one of the settings if nil.
    public func run(deviceID: String?) -> CommandReport {
        var described = deviceID
        do {
            let settings = try Settings.load(from: context.settingsSource)
            let profile = cloud == nil ? nil : try ProfileName.choose(profile, in: context)
            let pair = try CertificatePair(settings, cloud: cloud, profile: profile, in: context)
            let id = try deviceID ?? pair.storedIdentity(settings, cloud: cloud, profile: profile)
            described = id
            try create(id, settings, pair)
            return .done("cert create", cloud: cloud, changed: true)
        } catch {
            let title =
                described.map { "failed to create a test certificate for the device \($0)." }
                ?? "failed to create a test certificate for the device."
            let failure = CommandFailure(command: "tedge cert create", title, error)
            return context.failed("cert create", cloud: cloud, failure)
        }
    }

    private func create(_ id: String, _ settings: Settings, _ pair: CertificatePair) throws {
        if let problem = DeviceIDRule.problem(of: id) { throw CertificateError.badDeviceID(id, problem) }
        let certificate = try context.changingFiles("tedge cert create") { try make(id, settings, pair, $0) }
        console(certificate, pair)
    }

    private func make(
        _ id: String, _ settings: Settings, _ pair: CertificatePair, _ files: FileTransaction
    ) throws -> Certificate {
        let validity = try CertificateValidity(settings, now: context.now())
        try prepare(pair, files)
        let certificate: Certificate
        let key: PrivateKey
        do {
            key = try PrivateKey.generateP256()
            certificate = try Certificate.selfSigned(
                commonName: id, organization: try settings.required("certificate.organization"),
                organizationalUnit: try settings.required("certificate.organization_unit"), key: key,
                notBefore: validity.begin, notAfter: validity.end)
        } catch let error as X509Error {
            throw CertificateError(error)
        }
        try store(certificate, key, pair, files)
        return certificate
    }

    /// Finds out before anything is made whether both files can be.
    private func prepare(_ pair: CertificatePair, _ transaction: FileTransaction) throws {
        let files = context.files
        try pair.refuseSameFile()
        try pair.checkPlaces()
        _ = try pair.finishInterrupted()
        try pair.makeDirectories(transaction)
        if try files.status(pair.certificatePath, followLinks: false) != nil {
            throw CertificateError.certificateExists(path: pair.certificatePath)
        }
        if try files.status(pair.keyPath, followLinks: false) != nil {
            throw CertificateError.keyExists(path: pair.keyPath)
        }
    }

    /// Writes the key first: a certificate stands for a pair that is complete.
    private func store(
        _ certificate: Certificate, _ key: PrivateKey, _ pair: CertificatePair, _ files: FileTransaction
    ) throws {
        try context.interruption.check()
        let published = try Self.pem(of: certificate)
        try files.mark(pair.unfinishedPath, published)
        try pair.create(key, files)
        try context.interruption.check()
        do throws(FileError) {
            try files.create(pair.certificatePath, published, mode: 0o444, owner: pair.owner)
        } catch {
            if error.reason.isExistence { throw CertificateError.certificateExists(path: pair.certificatePath) }
            throw error
        }
        try context.interruption.check()
    }

    private static func pem(of certificate: Certificate) throws(CertificateError) -> [UInt8] {
        do {
            return try certificate.pem()
        } catch {
            throw CertificateError(error)
        }
    }

    private func console(_ certificate: Certificate, _ pair: CertificatePair) {
        context.console.note("Certificate created successfully")
        context.console.note("    => the certificate has to be uploaded to the cloud")
        context.console.note("    => before the device can be connected\n")
        let summary = CertificateSummary(certificate, path: pair.certificatePath, now: context.now())
        context.console.result(summary.text)
    }
}

extension SystemError {
    /// True for the code that says that there is something under the name already.
    var isExistence: Bool { self == .exists }
}
