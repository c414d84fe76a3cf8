import X509

/// `cert create`: a new key and a certificate that it signs itself.
public struct CertificateCreator {
    private let selection: CertificateSelection
    private var context: Context { selection.context }

    /// Says whose certificate it is.
    public init(_ selection: CertificateSelection) { self.selection = selection }

    /// Creates the pair, or prints why not.
    ///
    /// - Parameters:
    ///   - deviceID: The identity; the one of the settings if nil.
    ///   - isIfNeeded: Whether a valid pair of this identity is kept.
    ///   - source: Where the key comes from.
    public func run(deviceID: String?, isIfNeeded: Bool = false, key source: KeySource = .file) -> CommandReport {
        var described = deviceID
        do {
            let (settings, pair) = try selection.load()
            let id = try deviceID ?? pair.storedIdentity(settings)
            described = id
            if isIfNeeded, let report = try kept(id, pair) { return report }
            let summary = try create(id, settings, pair, source)
            var report = CommandReport.done("cert create", cloud: selection.cloud, changed: true)
            report.details = [.init("certificate", summary.json)]
            return report
        } catch {
            let title =
                described.map { "failed to create a test certificate for the device \($0)." }
                ?? "failed to create a test certificate for the device."
            return selection.failed("cert create", title, error)
        }
    }

    /// The report of a pair that is kept; nil if there is none. Throws if it is another device's, or cannot be used.
    private func kept(_ id: String, _ pair: CertificatePair) throws -> CommandReport? {
        guard let certificate = try pair.usableCertificate(of: id) else { return nil }
        let summary = CertificateSummary(certificate, path: pair.certificatePath, now: context.now())
        return .kept("cert create", cloud: selection.cloud, summary, on: context.console)
    }

    private func create(
        _ id: String, _ settings: Settings, _ pair: CertificatePair, _ source: KeySource
    ) throws -> CertificateSummary {
        if let problem = DeviceIDRule.problem(of: id) { throw CertificateError.badDeviceID(id, problem) }
        let certificate = try context.changingFiles("tedge cert create") {
            try make(id, settings, pair, source, $0)
        }
        let summary = CertificateSummary(certificate, path: pair.certificatePath, now: context.now())
        console(summary)
        return summary
    }

    private func make(
        _ id: String, _ settings: Settings, _ pair: CertificatePair, _ source: KeySource, _ files: FileTransaction
    ) throws -> Certificate {
        let validity = try CertificateValidity(settings, now: context.now())
        try prepare(pair, source, files)
        var key = try source.make(settings, for: pair, in: context)
        defer { key.pem.wipe() }
        let certificate = try Certificate.selfSigned(commonName: id, key: key.key, validity, settings)
        try store(certificate, key, pair, files)
        return certificate
    }

    /// Checks that the files can be created, before either is.
    private func prepare(_ pair: CertificatePair, _ source: KeySource, _ transaction: FileTransaction) throws {
        let files = context.files
        try pair.refuseSameFile()
        try pair.checkPlaces()
        _ = try pair.finishInterrupted()
        try pair.makeDirectories(transaction)
        if try files.status(pair.certificatePath, followLinks: false) != nil {
            throw CertificateError.certificateExists(path: pair.certificatePath)
        }
        if source != .stored, try files.status(pair.keyPath, followLinks: false) != nil {
            throw CertificateError.keyExists(path: pair.keyPath)
        }
    }

    /// Writes the key first: a certificate means that the pair is complete.
    private func store(
        _ certificate: Certificate, _ key: NewKey, _ pair: CertificatePair, _ files: FileTransaction
    ) throws {
        try context.interruption.check()
        let published = try CertificateError.mapping { () throws(X509Error) in try certificate.pem() }
        try files.mark(pair.unfinishedPath, published)
        if !key.pem.isEmpty { try pair.create(key, files) }
        try context.interruption.check()
        do throws(FileError) {
            try files.create(pair.certificatePath, published, mode: 0o444, owner: pair.owner)
        } catch {
            if error.reason.isExistence { throw CertificateError.certificateExists(path: pair.certificatePath) }
            throw error
        }
        try context.interruption.check()
    }

    private func console(_ summary: CertificateSummary) {
        context.console.note("Certificate created successfully")
        context.console.note("    => the certificate has to be uploaded to the cloud")
        context.console.note("    => before the device can be connected\n")
        context.console.result(summary.text)
    }
}

extension SystemError {
    /// Whether something with this name already exists.
    var isExistence: Bool { self == .exists }
}
