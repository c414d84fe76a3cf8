import X509

/// `cert create-csr`: a request for a certificate, signed by the device's key.
public struct SigningRequestCreator {
    private let context: Context
    private let cloud: CloudName?
    private let profile: ProfileName?

    /// Names the cloud whose certificate is meant; the device's own if nil.
    public init(cloud: CloudName?, profile: ProfileName?, in context: Context) {
        self.context = context
        self.cloud = cloud
        self.profile = profile
    }

    /// Writes the request, and the key where there is none yet, or prints why not.
    ///
    /// - Parameters:
    ///   - deviceID: The identity; the one of the settings if nil.
    ///   - outputPath: The file to write; the one of the settings if nil. One that is there is replaced.
    public func run(deviceID: String?, outputPath: String?) -> CommandReport {
        do {
            let settings = try Settings.load(from: context.settingsSource)
            let profile = cloud == nil ? nil : try ProfileName.choose(profile, in: context)
            let pair = try CertificatePair(settings, cloud: cloud, profile: profile, in: context)
            let id = try deviceID ?? pair.storedIdentity(settings, cloud: cloud, profile: profile)
            if let problem = DeviceIDRule.problem(of: id) { throw CertificateError.badDeviceID(id, problem) }
            let path =
                try outputPath.map { Path.absolute($0, relativeTo: context.currentDirectory()) }
                ?? settings.scope(cloud, profile: profile).path("device.csr_path")
            try context.changingFiles("tedge cert create-csr") { files in
                if outputPath == nil { try refuseOther(path) }
                try make(id, settings, pair, path, files)
            }
            let message = "Certificate Signing Request was successfully created."
            context.console.note(message)
            var report = CommandReport.done("cert create-csr", cloud: cloud, changed: true, message: message)
            report.details = [.init("path", .string(path))]
            return report
        } catch {
            let failure = CommandFailure(
                command: "tedge cert create-csr", "failed to Generate a Certificate Signing Request.", error)
            return context.failed("cert create-csr", cloud: cloud, failure)
        }
    }

    private func make(
        _ id: String, _ settings: Settings, _ pair: CertificatePair, _ path: String, _ files: FileTransaction
    ) throws {
        try pair.checkPlaces()
        try refuseOverwriting(pair, path)
        try DirectoryTrustCheck(path, in: context).check()
        _ = try pair.finishInterrupted()
        try pair.makeDirectories(files)
        let stored = try pair.storedKey()
        let key: PrivateKey
        let request: [UInt8]
        do {
            key = try stored ?? PrivateKey.generateP256()
            request = try CertificateRequest.pem(
                commonName: id, organization: try settings.required("certificate.organization"),
                organizationalUnit: try settings.required("certificate.organization_unit"), key: key)
        } catch let error as X509Error {
            throw CertificateError(error)
        }
        try context.interruption.check()
        if stored == nil { try pair.create(key, files) }
        try files.write(path, request, mode: 0o444, owner: pair.owner)
        try context.interruption.check()
    }

    /// Throws where the path leads to the key, the certificate or its successor, by whatever links.
    private func refuseOverwriting(_ pair: CertificatePair, _ path: String) throws {
        let real = { (path: String) in
            let target = context.files.resolved(path)
            return Path.join(try context.files.realPath(Path.directory(of: target)), Path.name(of: target))
        }
        let target = try real(path)
        for own in [pair.keyPath, pair.certificatePath, RenewedCertificate.path(besides: pair.certificatePath)] {
            if try real(own) == target { throw CertificateError.requestInPlace(path: path) }
        }
    }

    /// Throws where the settings name a file outside the configuration directory that holds something else: whoever can change
    /// the settings has root replace no file of others.
    private func refuseOther(_ path: String) throws {
        let path = Path.absolute(path, relativeTo: "/")
        guard context.accounts.isRoot, !path.hasPrefix(Path.join(context.configurationDirectory, "")) else { return }
        do throws(FileError) {
            guard let there = try context.files.readIfPresent(path) else { return }
            switch StoredForm(there) {
            case .empty, .requestDER: return
            case .blocks(let labels)
            where !labels.isEmpty && labels.allSatisfy { $0.hasSuffix("CERTIFICATE REQUEST") }:
                return
            default: throw FileError(.write, path, .notRequest)
            }
        } catch {
            if !error.reason.isPermission { throw error }
        }
    }
}
