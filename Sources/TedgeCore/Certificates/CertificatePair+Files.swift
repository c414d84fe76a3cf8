import X509

extension CertificatePair {
    /// Makes the directories of both files where they are missing and in the configuration directory. Throws
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

    /// The key in its file; nil where there is none. Throws `notAKey`, and `FileError` where it cannot be read.
    func storedKey() throws -> PrivateKey? {
        guard var bytes = try context.files.readIfPresent(keyPath) else { return nil }
        defer { bytes.wipe() }
        do {
            return try PrivateKey(pem: bytes)
        } catch {
            throw CertificateError.notAKey(path: keyPath, reason: "\(error)")
        }
    }
}
