import TLS
import X509

/// Step 3 of connect: what the bridge needs to prove who it is and to know who the cloud is.
struct CertificateValidation {
    let context: Context
    var certificatePath: String
    let keyPath: String
    let trustRoots: BridgeConfiguration.TrustRoots
    /// The user that mosquitto runs as, if that matters and is known.
    let brokerAccount: Account?
    /// The key of the setting that names the roots of trust, for messages.
    let rootsKey: String

    /// Checks that certificate, key and roots are there, that they parse, belong together, are valid now and can be read by
    /// mosquitto.
    func run() throws(CertificateError) {
        let certificate = try certificate()
        try checkDates(of: certificate)
        try checkKey(of: certificate)
        try checkStrength()
        try checkRoots()
        if let brokerAccount { try checkReadability(for: brokerAccount) }
    }

    /// The certificate.
    func certificate() throws(CertificateError) -> Certificate {
        try CertificateFile.certificate(at: certificatePath, files: context.files)
    }

    /// The key.
    func key() throws(CertificateError) -> PrivateKey {
        try CertificateFile.key(at: keyPath, files: context.files)
    }

    /// Checks that the user mosquitto runs as can read certificate, key and roots.
    func checkReadability(for account: Account) throws(CertificateError) {
        for path in [certificatePath, keyPath] { try check(path, .pair, for: account) }
        try checkReadabilityOfRoots(for: account)
    }

    /// Checks that the user mosquitto runs as can read the roots of trust.
    func checkReadabilityOfRoots(for account: Account) throws(CertificateError) {
        try check(trustRoots.path, .roots(key: rootsKey), for: account)
    }

    private func check(
        _ path: String, _ purpose: BrokerObstacle.Purpose, for account: Account
    ) throws(CertificateError) {
        let readability = BrokerReadability(
            files: context.files, accounts: context.accounts, configuration: context.configurationDirectory)
        if let obstacle = readability.obstacle(to: path, for: account, purpose: purpose) {
            throw .unreadableForBroker(obstacle)
        }
    }

    /// Checks that the certificate is valid now.
    func checkDates(of certificate: Certificate) throws(CertificateError) {
        try CertificateFile.checkDates(of: certificate, at: certificatePath, now: context.now())
    }

    /// Checks that the key is there and belongs to the certificate, as far as the caller may read it.
    func checkKey(of certificate: Certificate) throws(CertificateError) {
        try CertificateFile.checkKey(at: keyPath, of: certificate, at: certificatePath, files: context.files)
    }

    /// Checks that OpenSSL takes certificate and key for connections, as far as the caller may read them.
    func checkStrength() throws(CertificateError) {
        guard context.files.isReadable(certificatePath), context.files.isReadable(keyPath) else { return }
        do {
            try TLSIdentityCheck.run(TLSOptions.Identity(certificatePath: certificatePath, keyPath: keyPath))
        } catch {
            // Whoever needs the library reports other failures.
            guard case .identityUnusable(let path, let reason) = error else { return }
            throw .refusedByOpenSSL(path: path, reason: reason)
        }
    }

    /// Checks that the roots of trust hold certificates, and no broken one, or that OpenSSL finds those of a directory.
    func checkRoots() throws(CertificateError) {
        switch trustRoots {
        case .directory(let directory):
            if HashedDirectory.isUnhashed(directory, context.files) {
                throw .rootsUnhashed(path: directory, key: rootsKey)
            }
            // mosquitto opens it by its name, and waits for a pipe.
            for path in HashedDirectory.names(in: directory, context.files).map({ Path.join(directory, $0) })
            where ((try? context.files.status(path)) ?? nil)?.kind == .other {
                throw .rootsUnusable(path: path, key: rootsKey, FormProblem(unread: "it is not a file"))
            }
        case .file(let file): try checkRoots(in: file)
        }
    }

    private func checkRoots(in path: String) throws(CertificateError) {
        let bytes: [UInt8]
        do {
            bytes = try context.files.read(path, limit: 16 << 20)
        } catch {
            if error.reason.isAbsence { throw .rootsMissing(path: path, key: rootsKey) }
            if error.reason.isPermission { return }
            throw .rootsUnusable(path: path, key: rootsKey, FormProblem(unread: error.reason.description))
        }
        do {
            _ = try Certificate.all(inPEM: bytes)
        } catch {
            if case .libraryMissing = error { throw CertificateError(error) }
            throw .rootsUnusable(path: path, key: rootsKey, FormProblem(bytes, wanted: .certificate, error))
        }
    }
}

extension BridgeConfiguration.TrustRoots {
    /// The file or directory.
    var path: String {
        switch self {
        case .file(let path), .directory(let path): path
        }
    }
}
