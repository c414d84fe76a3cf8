import X509

/// The files of the external listener: mosquitto does not start with a certificate or key that it cannot use.
struct ListenerFiles {
    private let external: ListenerConfiguration.External?
    private let context: Context

    init(_ listeners: ListenerConfiguration, in context: Context) {
        (external, self.context) = (listeners.external, context)
    }

    /// Checks that certificate and key are valid and belong together, and that the user mosquitto runs as can read all files.
    /// Files that the caller may not read are skipped.
    ///
    /// - Parameter account: That user; nil if it does not matter or is unknown.
    func check(for account: Account?) throws(CertificateError) {
        guard let external else { return }
        if let certificate = external.certificatePath, let key = external.keyPath {
            try checkPair(certificate, key)
        }
        guard let account else { return }
        let readability = BrokerReadability(
            files: context.files, accounts: context.accounts, configuration: context.configurationDirectory)
        for (path, key) in external.files {
            if let obstacle = readability.obstacle(to: path, for: account, purpose: .listener(key: key)) {
                throw .unreadableForBroker(obstacle)
            }
        }
    }

    private func checkPair(_ certificatePath: String, _ keyPath: String) throws(CertificateError) {
        guard context.files.isReadable(certificatePath) else { return }
        let certificate = try CertificateFile.certificate(at: certificatePath, files: context.files)
        guard context.files.isReadable(keyPath) else { return }
        let key = try CertificateFile.key(at: keyPath, files: context.files)
        guard certificate.matches(key) else { throw .listenerMismatch(certificate: certificatePath, key: keyPath) }
    }
}
