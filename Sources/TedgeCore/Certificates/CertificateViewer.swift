import X509

/// `cert show`, `cert needs-renewal` and `cert remove`.
public struct CertificateViewer {
    private let selection: CertificateSelection
    private var context: Context { selection.context }

    /// Says whose certificate it is.
    public init(_ selection: CertificateSelection) { self.selection = selection }

    /// Shows a certificate: the one in the named file, else the configured one, or its renewed successor.
    public func show(path: String?, isNew: Bool) -> CommandReport {
        do {
            let (summary, _) = try summary(path, isNew: isNew)
            context.console.result(summary.text)
            var report = CommandReport.done("cert show", cloud: selection.cloud, changed: false)
            report.details = [.init("certificate", summary.json)]
            return report
        } catch {
            var report = selection.failed("cert show", "failed to show the device certificate", error)
            report.details = CertificateState.json(of: error).map { [.init("certificate", $0)] } ?? []
            return report
        }
    }

    /// Prints on stderr how long a certificate is valid: the one in the named file, else the configured one. The exit status
    /// is 0 if a renewal is due, 1 if none is, and 2 if this is unknown.
    public func needsRenewal(path: String?) -> CommandReport {
        do {
            let (summary, window) = try summary(path, isNew: false)
            context.console.note("Status:        \(summary.status)")
            var report = CommandReport.done(
                "cert needs-renewal", cloud: selection.cloud, changed: false, message: summary.status)
            report.details = [.init("due", .bool(summary.isDue)), .init("certificate", summary.json)]
            if let diagnosis = window.diagnosis {
                context.console.warning(diagnosis)
                report.hint = diagnosis.hint
                report.details.append(.init("warning", .string(diagnosis.message)))
            }
            report.status = summary.isDue ? .success : .failure
            return report
        } catch {
            let failure = CommandFailure(command: "tedge cert needs-renewal", "Cannot check the certificate", error)
            let reason = failure.error.causes.joined(separator: ": ")
            let hint = context.hint(for: failure.error).map { "Hint: \($0)\n" } ?? ""
            context.console.error(ErrorFrame.printable("Cannot check the certificate: \(reason)\n\(hint)"))
            var report = CommandReport.failed(
                "cert needs-renewal", cloud: selection.cloud, status: .misuse, reason: failure.error.id,
                causes: failure.error.causes,
                hint: context.hint(for: failure.error))
            report.details = CertificateState.json(of: error).map { [.init("certificate", $0)] } ?? []
            return report
        }
    }

    private func summary(_ path: String?, isNew: Bool) throws -> (CertificateSummary, RenewalWindow) {
        let settings = try Settings.load(from: context.settingsSource)
        let typed = path.map { Path.absolute($0, relativeTo: context.currentDirectory()) }
        let current = try typed ?? selection.pair(settings).certificatePath
        let path = isNew ? RenewedCertificate.path(besides: current) : current
        do {
            let certificate = try CertificateFile.certificate(
                at: path, isTyped: typed != nil, files: context.files)
            let minimum = try settings.duration(RenewalWindow.key).components.seconds
            let isWaiting = !isNew && context.files.exists(RenewedCertificate.path(besides: path))
            let summary = CertificateSummary(
                certificate, path: path, now: context.now(), minimum: minimum, isRenewedWaiting: isWaiting)
            return (summary, try RenewalWindow(settings, for: certificate))
        } catch let error as CertificateError {
            guard case .certificateMissing = error else { throw error }
            if isNew { throw CertificateError.renewedMissing(path: path) }
            // A typed file need not be the certificate of the device.
            throw typed == nil
                ? error : CertificateError.unreadable(path: path, reason: .noEntry)
        }
    }

    /// Removes certificate and key. That there are none is printed, and is no error.
    public func remove() -> CommandReport {
        do {
            let (_, pair) = try selection.load()
            let use = CertificateUse.connections(of: pair.certificatePath, in: context)
            let reference = CertificateFile.reference(at: pair.keyPath, files: context.files)
            let changed = try context.changingFiles("tedge cert remove") { files in
                try pair.checkPlaces()
                let wasHalf = try pair.finishInterrupted()
                try remove(pair, files)
                return files.hasChanges || wasHalf
            }
            let message = changed ? "Certificate was successfully removed" : "There is no certificate to remove"
            context.console.note(message)
            if changed, let reference { context.console.note(Self.remark(reference)) }
            var report = CommandReport.done("cert remove", cloud: selection.cloud, changed: changed, message: message)
            if let warning = CertificateUse.warning(use) {
                context.console.warning(warning)
                report.hint = warning
            }
            return report
        } catch {
            return selection.failed("cert remove", "failed to remove the device certificate", error)
        }
    }

    /// What became of a key that was in no file.
    private static func remark(_ reference: KeyReference) -> String {
        switch reference.provider {
        case .tpm2:
            "The key was in the file as the TPM had wrapped it: the TPM keeps no copy, and makes a new key for a new certificate."
        case .pkcs11:
            "The file of the key was only its address: the key\(reference.uri.map { " \($0.name)" } ?? "") stays in its token."
        }
    }

    private func remove(_ pair: CertificatePair, _ files: FileTransaction) throws {
        try context.interruption.check()
        _ = try files.remove(pair.certificatePath, aside: pair.unfinishedPath)
        try context.interruption.check()
        _ = try files.remove(pair.keyPath)
        _ = try files.remove(RenewedCertificate.path(besides: pair.certificatePath))
        try context.interruption.check()
    }
}
