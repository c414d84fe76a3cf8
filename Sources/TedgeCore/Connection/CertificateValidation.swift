import X509

/// Step 3 of connect: what the bridge needs to prove who it is and to know who the cloud is.
struct CertificateValidation {
    let context: Context
    let bridge: BridgeConfiguration
    /// The user that mosquitto runs as, where that matters and is known.
    let brokerAccount: Account?
    /// The key of the setting that names the roots of trust, for messages.
    let rootsKey: String

    /// Checks that certificate, key and roots are there, that they parse, belong together and are valid now.
    func run() throws(CertificateError) {
        let files = context.files
        let certificate = try CertificateFile.certificate(at: bridge.certificatePath, files: files)
        try checkDates(of: certificate)
        try checkKey(of: certificate)
        try checkRoots()
        guard let brokerAccount else { return }
        let readability = BrokerReadability(files: files, accounts: context.accounts)
        for path in [bridge.certificatePath, bridge.keyPath] {
            if let obstacle = readability.obstacle(to: path, for: brokerAccount) {
                throw .unreadableForBroker(path: path, user: brokerAccount.name, obstacle: obstacle)
            }
        }
    }

    private func checkDates(of certificate: Certificate) throws(CertificateError) {
        let now = context.now()
        if now > certificate.notAfter {
            throw .expired(path: bridge.certificatePath, since: MailDate.text(certificate.notAfter))
        }
        if now < certificate.notBefore {
            throw .notYetValid(
                path: bridge.certificatePath, from: MailDate.text(certificate.notBefore), clock: MailDate.text(now))
        }
    }

    private func checkKey(of certificate: Certificate) throws(CertificateError) {
        let path = bridge.keyPath
        // Only root and the owner may look at a key; a caller who may not leaves it to mosquitto.
        do {
            guard try context.files.status(path) != nil else { throw CertificateError.keyMissing(path: path) }
        } catch let error as CertificateError {
            throw error
        } catch {
            return
        }
        guard context.files.isReadable(path) else { return }
        let key = try CertificateFile.key(at: path, files: context.files)
        guard certificate.matches(key) else { throw .mismatch(certificate: bridge.certificatePath, key: path) }
    }

    private func checkRoots() throws(CertificateError) {
        let path: String
        switch bridge.trustRoots {
        case .directory: return
        case .file(let file): path = file
        }
        let bytes: [UInt8]
        do {
            bytes = try context.files.read(path, limit: 16 << 20)
        } catch {
            if error.reason.isAbsence { throw .rootsMissing(path: path, key: rootsKey) }
            if error.reason.isPermission { return }
            throw .rootsUnusable(path: path, key: rootsKey, reason: error.reason.description)
        }
        do {
            _ = try Certificate(pem: bytes)
        } catch {
            throw .rootsUnusable(path: path, key: rootsKey, reason: "\(error)")
        }
    }
}
