import TLS
import X509

/// What proves the identity of the device to the cloud.
extension BootstrapSession {
    func register() throws -> Done {
        guard let method = plan?.method else { return .skipped("nothing is known of this device.") }
        // With the tenant's authority they run when the address of the registration is known.
        if method != .tenantAuthority { try hooks(plan).run(.register) }
        if method == .basic { return try registerWithPassword() }
        try BootstrapExchange.finishInterrupted(try pair(in: quiet))
        if run.registersAgain, method != .present, try !isRegisteredAgain() {
            return try registerAgain(method)
        }
        switch method {
        case .present: return try expectPair()
        case .selfSigned: return try registerSelfSigned(in: quiet, try deviceID())
        case .tenantAuthority, .basic: return try registerWithAuthority(in: quiet, try deviceID())
        }
    }

    /// The identity that the device is to have.
    func deviceID() throws -> String {
        if let id = run.deviceID { return id }
        guard let id = try cloudSettings().string("device.id") else { throw BootstrapError.noDeviceID(run) }
        return id
    }

    /// The certificate of a pair; nil if there is none.
    func certificate(of pair: CertificatePair) throws -> Certificate? {
        guard context.files.exists(pair.certificatePath) else { return nil }
        return try CertificateFile.certificate(at: pair.certificatePath, files: context.files)
    }

    /// The certificate in words for a line.
    func words(_ certificate: Certificate) -> String {
        "certificate of '\(certificate.commonName ?? "")', valid until \(RFC2822Date.text(certificate.notAfter))"
    }

    private func expectPair() throws -> Done {
        let pair = try pair(in: quiet)
        guard let certificate = try certificate(of: pair) else {
            throw BootstrapError.nothingPresent(path: pair.certificatePath)
        }
        guard context.files.exists(pair.keyPath) else { throw CertificateFile.missingKey(pair.keyPath) }
        return .kept("keeps the \(words(certificate)).")
    }

    // MARK: Signed by the device

    /// Creates the pair if there is none, and has the cloud trust it if it does not.
    func registerSelfSigned(in quiet: Context, _ id: String, key source: KeySource = .file) throws -> Done {
        let pair = try pair(in: quiet)
        var isNew = false
        if try certificate(of: pair) == nil {
            let selection = CertificateSelection(cloud: run.cloud, profile: run.profile, in: quiet)
            let report = CertificateCreator(selection).run(deviceID: id, key: source)
            guard report.status == .success else { throw BootstrapFailure(report) }
            (isNew, hasChanged) = (true, true)
        }
        guard let certificate = try certificate(of: pair) else { return .kept("") }
        let found = isNew ? "has created the \(words(certificate))" : "keeps the \(words(certificate))"
        guard run.cloud == .c8y, !options.isOffline else {
            guard isNew else { return .kept("\(found).") }
            var done = Done.changed("\(found).")
            // Without a wait the error at the end says it.
            if patience.limit(.network) > .zero || options.isOffline { done.advice = registrationWords }
            return done
        }
        if !(isNew && isRehearsal), try isTrusted(pair, in: quiet) {
            return isNew ? .changed("\(found), which the tenant trusts.") : .kept("\(found), which the tenant trusts.")
        }
        guard certificate.isSelfSigned else {
            throw BootstrapFailure(
                .deviceCertificateNotTrusted,
                ["Cumulocity does not trust the \(words(certificate))", "it is signed by \(certificate.issuer)"],
                hint: "Add the certificate of that authority to the trusted ones of the tenant, or give --re-register.")
        }
        try upload(in: quiet)
        if isRehearsal { return .changed("\(found), and has uploaded it.") }
        try patience.keepTrying(.register, .registration) {
            guard try isTrusted(pair, in: quiet) else {
                throw BootstrapFailure(
                    .deviceCertificateNotTrusted, ["Cumulocity does not trust the uploaded certificate yet."],
                    hint: "Run the command again in a minute.", mayPass: true)
            }
        }
        return .changed("\(found), and has uploaded it.")
    }

    private func upload(in quiet: Context) throws {
        guard !isRehearsal else {
            _ = CertificateUploader(profile: run.profile, in: quiet).run(
                UploadCredentials(user: nil, passwordFile: nil, password: nil))
            return
        }
        let user = try secrets.user(in: context)
        let password = try secrets.password(in: context)
        var quiet = quiet
        quiet.environment["C8Y_PASSWORD"] = password.withBytes { String(decoding: $0, as: UTF8.self) }
        let credentials = UploadCredentials(user: user, passwordFile: nil, password: nil)
        try patience.keepTrying(.register, .network) {
            let report = CertificateUploader(profile: run.profile, in: quiet).run(credentials)
            guard report.status == .success else { throw BootstrapFailure(report) }
        }
    }

    /// Whether the cloud takes the certificate in a TLS handshake. Throws if it cannot be asked.
    func isTrusted(_ pair: CertificatePair, in quiet: Context) throws -> Bool {
        let isInUse = try pair.certificatePath == self.pair(in: self.quiet).certificatePath
        if isInUse, isProven() { return true }
        return try patience.keepTrying(.register, .network) { try probe(pair) }
    }

    private func probe(_ pair: CertificatePair) throws -> Bool {
        let cloud = try cloudSettings()
        let endpoint = try HostPort.ofBridge(cloud, in: context)
        let probe = context.probe(
            Cloud.named(run.cloud), endpoint, roots: try cloud.path("root_cert_path"),
            identity: .init(certificatePath: pair.certificatePath, keyPath: pair.keyPath), until: .now + .seconds(5))
        guard let failure = probe.failure else { return true }
        try context.interruption.check()
        let words = EndpointDiagnosis(Cloud.named(run.cloud), cloud, endpoint)
        guard let diagnosis = words.diagnosis(failure) else {
            throw BootstrapFailure(.endpointFailed, ["\(endpoint) cannot be used.", "\(failure)"])
        }
        switch diagnosis.id {
        case .deviceCertificateNotTrusted, .cloudClosesConnection, .tlsAlert: return false
        default: throw BootstrapFailure(diagnosis)
        }
    }

    /// Whether the bridge is up, which the cloud lets only a device in that it trusts.
    private func isProven() -> Bool {
        guard isConnected else { return false }
        let doctor = DoctorRun(run.cloud, profile: run.profile, until: .now + .seconds(3), in: quiet)
        for check in [CheckID.bridgeCurrent, .bridgeRead, .bridgeUp] {
            guard case .ok = doctor.outcome(of: check) else { return false }
        }
        return true
    }

    /// How Azure or AWS is told of the certificate, in words; nil for Cumulocity.
    private var registrationWords: String? {
        guard run.cloud != .c8y, let advice = try? registrationAdvice() else { return nil }
        return (advice.causes + (advice.hint.map { [$0] } ?? [])).joined(separator: "\n")
    }

    /// How Azure or AWS is told of the certificate.
    func registrationAdvice() throws -> RegistrationAdvice {
        let pair = try pair(in: quiet)
        let certificate = try CertificateFile.certificate(at: pair.certificatePath, files: context.files)
        let cloud = try cloudSettings()
        return RegistrationAdvice(
            cloud: run.cloud, deviceID: try cloud.required("device.id"), certificatePath: pair.certificatePath,
            thumbprint: certificate.thumbprint, host: try cloud.string("url"), next: "bootstrap \(run.name)")
    }
}

extension HostPort {
    /// The cloud's MQTT broker according to settings.
    static func ofBridge(_ settings: CloudSettings, in context: Context) throws -> HostPort {
        let files = context.files
        return try BridgeBuilder(
            cloud: Cloud.named(settings.cloud), settings: settings, isDirectory: { files.isDirectory($0) }
        ).endpoint()
    }
}
