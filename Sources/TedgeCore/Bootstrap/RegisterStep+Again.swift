import MQTT
import X509

/// A registration that replaces the one that exists, which stays in use until the new one is accepted.
extension BootstrapSession {
    /// Whether an interrupted run has registered the device again already.
    func isRegisteredAgain() throws -> Bool { context.files.exists(try BootstrapExchange.markPath(pair(in: quiet))) }

    /// Registers with a pair beside the one in use, and then exchanges them.
    func registerAgain(_ method: BootstrapRun.Method) throws -> Done {
        let pair = try pair(in: quiet)
        var id = try deviceID()
        let staged = try stagedContext(pair)
        let next = try self.pair(in: staged)
        // What an interrupted run has begun goes on, if it is for the same device.
        if let certificate = try certificate(of: next), certificate.commonName != id { discard(next) }
        if run.deviceID == nil, let current = try certificate(of: pair)?.commonName { id = current }
        let source: KeySource = try keepsHardwareKey(of: pair, for: next) ? .stored : .file
        let done =
            method == .selfSigned
            ? try registerSelfSigned(in: staged, id, key: source) : try registerWithAuthority(in: staged, id)
        if run.cloud != .c8y, !options.isOffline, !isRehearsal { try proveOverMQTT(next, id) }
        let exchange = BootstrapExchange(pair, next)
        try exchange.perform()
        self.exchange = exchange
        return .changed(done.text)
    }

    /// Whether the new certificate is for the key of the old one, because that is in a TPM or a token: no key in a file takes
    /// its place.
    private func keepsHardwareKey(of pair: CertificatePair, for next: CertificatePair) throws -> Bool {
        guard CertificateFile.reference(at: pair.keyPath, files: context.files) != nil else { return false }
        guard !context.files.exists(next.keyPath) else { return true }
        var key = try context.files.read(pair.keyPath)
        defer { key.wipe() }
        try context.files.create(next.keyPath, with: key, mode: 0o400, owner: pair.owner)
        return true
    }

    /// Throws unless Azure or AWS, which judge a certificate only after the TLS handshake, let the device in with it.
    private func proveOverMQTT(_ pair: CertificatePair, _ id: String) throws {
        let (cloud, settings) = (Cloud.named(run.cloud), try cloudSettings())
        let endpoint = try HostPort.ofBridge(settings, in: context)
        let roots = try settings.path("root_cert_path")
        let host = try settings.string("url") ?? endpoint.host
        let isDirectory = context.files.isDirectory(roots)
        // As the bridge connects: the cloud keeps its session.
        let options = MQTTOptions(
            host: endpoint.bareHost, port: endpoint.port, clientID: id,
            username: cloud.remoteUserName(host, id), cleanSession: cloud.cleanSession,
            tls: MQTTTLS(
                caFile: isDirectory ? nil : roots, caDirectory: isDirectory ? roots : nil,
                certificateFile: pair.certificatePath, keyFile: pair.keyPath, alpn: cloud.alpn(for: endpoint)))
        let advice = RegistrationAdvice(
            cloud: run.cloud, deviceID: id, certificatePath: pair.certificatePath,
            thumbprint: try CertificateFile.certificate(at: pair.certificatePath, files: context.files).thumbprint,
            host: host, next: "bootstrap \(run.name) --re-register")
        try patience.keepTrying(.register, .network) {
            do throws(MQTTError) {
                try context.broker.connect(options, until: .now + .seconds(10), interruption: context.interruption)
                    .disconnect()
            } catch {
                try context.interruption.check()
                var failure = BootstrapFailure(
                    .registrationPending,
                    ["\(cloud.displayName) does not let the device in with its new certificate yet.", "\(error)"]
                        + advice.causes, hint: advice.hint, mayPass: true)
                failure.isUnproven = true
                throw failure
            }
        }
    }

    /// Removes what the registration before has left: its request and, if a certificate replaces them, its credentials.
    func removeOldRegistration() {
        guard let settings = try? cloudSettings() else { return }
        let keys = run.cloud == .c8y ? ["device.csr_path", "credentials_path"] : ["device.csr_path"]
        for key in keys {
            guard let path = try? settings.path(key), context.files.exists(path) else { continue }
            context.files.discard(path)
        }
    }

    /// A context in which the pair of the run has other names, beside those of the settings.
    private func stagedContext(_ pair: CertificatePair) throws -> Context {
        var staged = quiet
        let prefix = run.cloud.rawValue
        let paths = [("device.cert_path", pair.certificatePath), ("device.key_path", pair.keyPath)]
        for (key, path) in paths {
            let name = try SettingName("\(prefix).\(key)", profile: run.profile)
            staged.environment[name.variable] = path + ".next"
        }
        return staged
    }

    private func discard(_ pair: CertificatePair) {
        for path in [pair.certificatePath, pair.keyPath] where context.files.exists(path) {
            context.files.discard(path)
        }
    }
}

/// The exchange of a certificate and its key for those of a new registration.
final class BootstrapExchange {
    private let pair: CertificatePair
    private let next: CertificatePair
    private var before: [(path: String, snapshot: FileSnapshot?)] = []

    init(_ pair: CertificatePair, _ next: CertificatePair) { (self.pair, self.next) = (pair, next) }

    deinit { for index in before.indices { before[index].snapshot?.contents.wipe() } }

    /// The file that says that the device was registered again, and is not connected with it yet.
    static func markPath(_ pair: CertificatePair) -> String { pair.certificatePath + ".registered" }

    /// Puts the new pair in place; both files or, if this throws, none. The key is first: a run that is killed in between is
    /// finished by `finishInterrupted`.
    func perform() throws {
        let context = pair.context
        try context.changingFiles("tedge bootstrap") { files in
            try pair.checkPlaces()
            before = try [pair.keyPath, pair.certificatePath].map { ($0, try context.files.snapshot($0)) }
            let certificate = try context.files.read(next.certificatePath)
            var key = try context.files.read(next.keyPath)
            defer { key.wipe() }
            try files.write(pair.keyPath, key, mode: 0o400, owner: pair.owner)
            try files.write(pair.certificatePath, certificate, mode: 0o444, owner: pair.owner)
            try files.write(Self.markPath(pair), [], mode: 0o600)
        }
        let renewed = RenewedCertificate.path(besides: pair.certificatePath)
        for path in [next.certificatePath, next.keyPath, renewed] where context.files.exists(path) {
            context.files.discard(path)
        }
    }

    /// Puts the old pair back.
    func takeBack() {
        let context = pair.context
        do {
            try context.changingFiles("tedge bootstrap") { files in
                for (path, snapshot) in before {
                    if let snapshot {
                        try files.write(
                            path, snapshot.contents, mode: snapshot.status.mode & 0o777, owner: snapshot.status.owner)
                    } else {
                        _ = try files.remove(path)
                    }
                }
                _ = try files.remove(Self.markPath(pair))
            }
        } catch {
            context.console.unrestored(
                "Could not restore \(pair.certificatePath): \(BootstrapFailure(error, in: context).message)")
        }
    }

    /// Removes the mark, and what an earlier run has left of a registration that was not finished.
    static func forget(_ pair: CertificatePair) {
        let (files, next) = (pair.context.files, pair.certificatePath + ".next")
        for path in [markPath(pair), next, pair.keyPath + ".next", next + ".registration"] where files.exists(path) {
            files.discard(path)
        }
    }

    /// Finishes an exchange that was killed between its two files.
    static func finishInterrupted(_ pair: CertificatePair) throws {
        let files = pair.context.files
        let nextPath = pair.certificatePath + ".next"
        guard files.exists(nextPath), files.exists(pair.keyPath), files.exists(pair.certificatePath) else { return }
        guard let key = try? pair.storedKey(), let next = try? CertificateFile.certificate(at: nextPath, files: files),
            let current = try? CertificateFile.certificate(at: pair.certificatePath, files: files), next.matches(key),
            !current.matches(key)
        else { return }
        let contents = try files.read(nextPath)
        try pair.context.changingFiles("tedge bootstrap") { transaction in
            try transaction.write(pair.certificatePath, contents, mode: 0o444, owner: pair.owner)
            try transaction.write(markPath(pair), [], mode: 0o600)
        }
        for path in [nextPath, pair.keyPath + ".next"] where files.exists(path) { files.discard(path) }
    }
}
