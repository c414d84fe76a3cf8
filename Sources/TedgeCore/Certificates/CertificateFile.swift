import X509

/// Certificates and keys in files.
enum CertificateFile {
    /// Reads the first certificate of a file.
    static func certificate(at path: String, files: any Files) throws(CertificateError) -> Certificate {
        let bytes: [UInt8]
        do {
            bytes = try files.read(path)
        } catch {
            if error.reason.isAbsence { throw .certificateMissing(path: path) }
            throw .unreadable(path: path, reason: error.reason.description)
        }
        do {
            return try Certificate(pem: bytes)
        } catch {
            if case .libraryMissing(let reason) = error { throw .library(reason: reason) }
            throw .notACertificate(path: path, reason: "\(error)")
        }
    }

    /// Reads a key. Throws `keyMissing` where there is none.
    static func key(at path: String, files: any Files) throws(CertificateError) -> PrivateKey {
        var bytes: [UInt8]
        do {
            bytes = try files.read(path)
        } catch {
            if error.reason.isAbsence { throw .keyMissing(path: path) }
            throw .notAKey(path: path, reason: error.reason.description)
        }
        defer { bytes.wipe() }
        do {
            return try PrivateKey(pem: bytes)
        } catch {
            if case .libraryMissing(let reason) = error { throw .library(reason: reason) }
            throw .notAKey(path: path, reason: "\(error)")
        }
    }

    /// The common name of the certificate in a file; nil where there is none that can be read.
    static func commonName(at path: String, files: any Files) -> String? {
        (try? certificate(at: path, files: files))?.commonName
    }
}
