import X509

/// The files that a download fills: the certificate, and the key if there is none.
struct DownloadedPair {
    let pair: CertificatePair
    let context: Context
    private static let command = "tedge cert download"

    /// Checks, before anything is requested, that all can be written, because a one-time password is valid for one answer.
    /// Leaves nothing behind. Returns the existing key, or a new one that is in no file yet.
    func prepare() throws -> (key: PrivateKey, isNew: Bool) {
        try context.changing(Self.command) {
            let rehearsal = FileTransaction(context.files)
            defer { context.rollBack(rehearsal) }
            try check(rehearsal)
            let stored = try pair.storedKey()
            try rehearse(pair.certificatePath, rehearsal)
            if let stored { return (stored, false) }
            try rehearse(pair.keyPath, rehearsal)
            return (try CertificateError.mapping(PrivateKey.generateP256), true)
        }
    }

    /// Writes something beside a file, under a temporary name that the next run removes.
    private func rehearse(_ path: String, _ files: FileTransaction) throws(FileError) {
        let probe = [UInt8](repeating: 0, count: 4096)
        do throws(FileError) {
            try files.create(TemporaryName.name(for: path), probe, mode: 0o400, owner: pair.owner)
        } catch {
            throw FileError(error.operation, path, error.reason)
        }
    }

    /// Throws if there is a certificate, or root must not write there. Creates the directories.
    private func check(_ files: FileTransaction) throws {
        try pair.refuseSameFile()
        try pair.checkPlaces()
        _ = try pair.finishInterrupted()
        try pair.makeDirectories(files)
        if try context.files.status(pair.certificatePath, followLinks: false) != nil {
            throw EnrollmentInputError.certificateExists(path: pair.certificatePath)
        }
    }

    /// Writes the certificate, and the key if it is new: both or, if this throws, nothing.
    func store(_ issued: IssuedCertificate, _ key: PrivateKey, isNew: Bool) throws {
        try context.changingFiles(Self.command) { files in
            try check(files)
            try context.interruption.check()
            if isNew { try store(key, issued, files) } else { try checkKey(issued) }
            try context.interruption.check()
            try publish(issued, files)
            try context.interruption.check()
        }
    }

    /// Writes the key first: a certificate means that the pair is complete.
    private func store(_ key: PrivateKey, _ issued: IssuedCertificate, _ files: FileTransaction) throws {
        if try context.files.status(pair.keyPath, followLinks: false) != nil {
            throw CertificateError.keyExists(path: pair.keyPath)
        }
        try files.mark(pair.unfinishedPath, issued.pem)
        var new = NewKey(key: key, pem: try CertificateError.mapping { () throws(X509Error) in try key.pem() })
        defer { new.pem.wipe() }
        try pair.create(new, files)
    }

    private func publish(_ issued: IssuedCertificate, _ files: FileTransaction) throws {
        do throws(FileError) {
            try files.create(pair.certificatePath, issued.pem, mode: 0o444, owner: pair.owner)
        } catch {
            if error.reason.isExistence {
                throw EnrollmentInputError.certificateExists(path: pair.certificatePath)
            }
            throw error
        }
    }

    /// Throws if the key has changed since the certificate was requested.
    private func checkKey(_ issued: IssuedCertificate) throws {
        guard let key = try pair.storedKey() else { throw CertificateFile.missingKey(pair.keyPath) }
        guard issued.leaf.matches(key) else {
            throw CertificateError.mismatch(certificate: pair.certificatePath, key: pair.keyPath)
        }
    }
}
