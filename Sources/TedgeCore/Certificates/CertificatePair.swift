import X509

/// Where a device's certificate and key are, and who shall own them.
struct CertificatePair {
    let certificatePath: String
    let keyPath: String
    let context: Context
    private let cloud: CloudName?
    /// The profile of the cloud, if there is one.
    let profile: ProfileName?

    /// Takes the paths from the settings of the device or of a cloud.
    init(_ settings: Settings, cloud: CloudName?, profile: ProfileName?, in context: Context) throws {
        let scope = settings.scope(cloud, profile: profile)
        (self.context, self.cloud, self.profile) = (context, cloud, cloud == nil ? nil : profile)
        certificatePath = try scope.path("device.cert_path")
        keyPath = try scope.path("device.key_path")
    }

    /// The path of the setting `device.NAME`.
    func path(_ name: String, _ settings: Settings) throws -> String {
        try settings.scope(cloud, profile: profile).path("device.\(name)")
    }

    /// The identity of the settings, which is the common name of the certificate if there is one. Throws `noDeviceID`.
    func storedIdentity(_ settings: Settings) throws -> String {
        guard let id = try settings.scope(cloud, profile: profile).string("device.id") else {
            throw CertificateError.noDeviceID
        }
        return id
    }

    /// The user that mosquitto runs as; nil unless this is root, who can give files away.
    var owner: Owner? {
        guard context.accounts.isRoot else { return nil }
        return context.mosquittoAccount?.owner
    }

    /// A copy of the certificate that is there while the pair is made or removed. A key without certificate that belongs to
    /// it is half of a pair.
    var unfinishedPath: String { certificatePath + ".unfinished" }

    /// Throws if root must not write to the directories of the pair.
    func checkPlaces() throws {
        for path in [certificatePath, keyPath] { try DirectoryTrustCheck(path, in: context).check() }
    }

    /// Finishes what a killed run began: removes half a pair, and temporary files. Returns whether there was half a pair.
    func finishInterrupted() throws -> Bool {
        let files = context.files
        for path in [certificatePath, keyPath] {
            TemporaryName.sweep(Path.directory(of: path), of: Path.name(of: path), files)
        }
        guard let unfinished = try files.readIfPresent(unfinishedPath) else { return false }
        let isHalf = try files.status(certificatePath, followLinks: false) == nil && isKey(of: unfinished)
        if isHalf { try files.remove(keyPath) }
        try files.remove(unfinishedPath)
        return isHalf
    }

    /// Whether the key is that of a certificate.
    private func isKey(of certificate: [UInt8]) -> Bool {
        guard let certificate = try? Certificate(pem: certificate), var bytes = try? context.files.read(keyPath) else {
            return false
        }
        defer { bytes.wipe() }
        guard let key = try? PrivateKey(pem: bytes) else { return false }
        return certificate.matches(key)
    }
}
