import X509

/// `cert create-csr`: a request for a certificate, signed by the device's key.
public struct SigningRequestCreator {
    private let selection: CertificateSelection
    private var context: Context { selection.context }

    /// Says whose certificate it is.
    public init(_ selection: CertificateSelection) { self.selection = selection }

    /// Writes the request, and the key if there is none yet, or prints why not.
    ///
    /// - Parameters:
    ///   - deviceID: The identity; the one of the settings if nil.
    ///   - outputPath: The file to write; the one of the settings if nil. An existing one is replaced.
    ///   - source: Where the key comes from; if nil, the existing one is used, or else a new one in a file.
    public func run(deviceID: String?, outputPath: String?, key source: KeySource? = nil) -> CommandReport {
        do {
            let (settings, pair) = try selection.load()
            let id = try deviceID ?? pair.storedIdentity(settings)
            if let problem = DeviceIDRule.problem(of: id) { throw CertificateError.badDeviceID(id, problem) }
            let path =
                try outputPath.map { Path.absolute($0, relativeTo: context.currentDirectory()) }
                ?? pair.path("csr_path", settings)
            try context.changingFiles("tedge cert create-csr") { files in
                if outputPath == nil { try refuseOther(path) }
                try make(id, settings, pair, path, source, files)
            }
            let message = "Certificate Signing Request was successfully created."
            context.console.note(message)
            var report = CommandReport.done("cert create-csr", cloud: selection.cloud, changed: true, message: message)
            report.details = [.init("path", .string(path))]
            return report
        } catch {
            return selection.failed("cert create-csr", "failed to Generate a Certificate Signing Request.", error)
        }
    }

    private func make(
        _ id: String, _ settings: Settings, _ pair: CertificatePair, _ path: String, _ source: KeySource?,
        _ files: FileTransaction
    ) throws {
        try pair.checkPlaces()
        try refuseOverwriting(pair, path)
        try DirectoryTrustCheck(path, in: context).check()
        _ = try pair.finishInterrupted()
        try pair.makeDirectories(files)
        if source != nil, try context.files.status(pair.keyPath, followLinks: false) != nil {
            throw CertificateError.keyExists(path: pair.keyPath)
        }
        let stored = try pair.storedKey()
        var new = stored == nil ? try (source ?? .file).make(settings, for: pair, in: context) : nil
        defer { new?.pem.wipe() }
        guard let key = stored ?? new?.key else { return }
        let request = try CertificateRequest.pem(commonName: id, key: key, settings)
        try context.interruption.check()
        if let new { try pair.create(new, files) }
        try files.write(path, request, mode: 0o444, owner: pair.owner)
        try context.interruption.check()
    }

    /// Throws if the path leads to the key, the certificate or its successor, by whatever links.
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

    /// Throws if the settings name a file outside the configuration directory that holds something else: whoever can change
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
