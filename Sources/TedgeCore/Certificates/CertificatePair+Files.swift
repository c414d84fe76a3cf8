import X509

extension CertificatePair {
    /// Creates the missing directories of both files if they are in the configuration directory. Throws
    /// `directoryMissing` for others.
    func makeDirectories(_ transaction: FileTransaction) throws {
        for (path, setting) in [(certificatePath, "device.cert.path"), (keyPath, "device.key.path")] {
            let directory = Path.directory(of: path)
            guard try context.files.status(directory) == nil else { continue }
            guard Path.join(directory, "").hasPrefix(Path.join(context.configurationDirectory, "")) else {
                throw CertificateError.directoryMissing(path: directory, setting: setting)
            }
            let owner =
                context.accounts.isRoot ? context.ownerOfNew(try SystemSettings.load(from: context)) : nil
            try transaction.makeDirectory(directory, mode: 0o775, owner: owner)
        }
    }

    /// The key in its file; nil if there is none. Throws why the file holds no key that can be used, and `FileError` if it
    /// cannot be read.
    func storedKey() throws -> PrivateKey? {
        guard var bytes = try context.files.readIfPresent(keyPath) else { return nil }
        return try CertificateFile.key(in: &bytes, of: keyPath)
    }

    /// The certificate that is there for a device; nil if there is neither certificate nor key. Throws if it is for another
    /// device, is not valid now, or its key is missing or another one.
    func usableCertificate(of id: String) throws -> Certificate? {
        guard try context.files.status(certificatePath) != nil else { return nil }
        let certificate = try CertificateFile.certificate(at: certificatePath, files: context.files)
        guard certificate.commonName == id else {
            throw CertificateError.certificateOfOther(
                path: certificatePath, id: certificate.commonName ?? certificate.subject, wanted: id)
        }
        try CertificateFile.checkDates(of: certificate, at: certificatePath, now: context.now())
        try CertificateFile.checkKey(at: keyPath, of: certificate, at: certificatePath, files: context.files)
        return certificate
    }

    /// Throws `sameFile` if the settings name one file for both.
    func refuseSameFile() throws(CertificateError) {
        if Path.absolute(certificatePath, relativeTo: "/") == Path.absolute(keyPath, relativeTo: "/") {
            throw .sameFile(path: keyPath)
        }
    }

    /// Writes a new key, for nobody but its owner. Throws `keyExists` if there is one meanwhile.
    func create(_ key: NewKey, _ files: FileTransaction) throws {
        do throws(FileError) {
            try files.create(keyPath, key.pem, mode: 0o400, owner: owner)
        } catch {
            if error.reason.isExistence { throw CertificateError.keyExists(path: keyPath) }
            throw error
        }
    }
}
