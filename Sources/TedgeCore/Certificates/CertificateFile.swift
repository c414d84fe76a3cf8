import X509

/// Certificates and keys in files.
enum CertificateFile {
    /// Reads the certificate of a device: the first of a file, as mosquitto does, which refuses a file with a broken one
    /// further on. Throws `authorityFirst` if it is the authority of another one in the file.
    ///
    /// - Parameter isTyped: Whether the path was typed on the command line; it may then be that of a pipe.
    static func certificate(
        at path: String, isTyped: Bool = false, files: any Files
    ) throws(CertificateError) -> Certificate {
        let certificates = try certificates(at: path, isTyped: isTyped, files: files)
        let first = certificates[0]
        let issued = certificates.dropFirst().first { first.isIssuer(of: $0) && $0.thumbprint != first.thumbprint }
        if let issued { throw .authorityFirst(path: path, authority: first.subject, own: issued.subject) }
        return first
    }

    /// Reads all certificates of a file. Throws `certificateMissing` if there is no file.
    private static func certificates(
        at path: String, isTyped: Bool, files: any Files
    ) throws(CertificateError) -> [Certificate] {
        var bytes: [UInt8]
        do {
            bytes = try isTyped ? files.readInput(path) : files.read(path)
        } catch {
            if error.reason.isAbsence { throw .certificateMissing(path: path) }
            if error.reason.code < 0 { throw .untrusted(error) }
            throw .unreadable(path: path, reason: error.reason)
        }
        // The same file may hold a key.
        defer { bytes.wipe() }
        do {
            return try Certificate.all(inPEM: bytes)
        } catch {
            if case .libraryMissing = error { throw CertificateError(error) }
            throw .notACertificate(path: path, FormProblem(bytes, wanted: .certificate, error))
        }
    }

    /// Reads a key. Throws `keyMissing` if there is none.
    static func key(at path: String, files: any Files) throws(CertificateError) -> PrivateKey {
        var bytes: [UInt8]
        do {
            bytes = try files.read(path)
        } catch {
            if error.reason.isAbsence { throw missingKey(path) }
            if error.reason.code < 0 { throw .untrusted(error) }
            throw .keyUnreadable(path: path, reason: error.reason)
        }
        return try key(in: &bytes, of: path)
    }

    /// Checks that a certificate is valid now.
    static func checkDates(of certificate: Certificate, at path: String, now: Int64) throws(CertificateError) {
        if now > certificate.notAfter {
            throw .expired(
                path: path, since: RFC2822Date.text(certificate.notAfter), isSelfSigned: certificate.isSelfSigned)
        }
        if now < certificate.notBefore {
            throw .notYetValid(path: path, from: RFC2822Date.text(certificate.notBefore), clock: RFC2822Date.text(now))
        }
    }

    /// Checks that a key is there and belongs to a certificate. Only root and the owner may look at a key; a caller who may not
    /// leaves it to mosquitto.
    static func checkKey(
        at path: String, of certificate: Certificate, at certificatePath: String, files: any Files
    ) throws(CertificateError) {
        let status: FileStatus?
        do throws(FileError) {
            status = try files.status(path)
        } catch {
            return
        }
        guard status != nil else { throw missingKey(path) }
        guard files.isReadable(path) else { return }
        guard certificate.matches(try key(at: path, files: files)) else {
            throw .mismatch(certificate: certificatePath, key: path)
        }
    }

    /// The error of a key whose file is not there: the name may be that of a key in a security module (RFC 7512).
    static func missingKey(_ path: String) -> CertificateError {
        let name = Path.name(of: path)
        return name.hasPrefix("pkcs11:")
            ? .hardwareKey(path: name) : .keyMissing(path: path)
    }

    /// Reads a key from the bytes of its file, and wipes them.
    static func key(in bytes: inout [UInt8], of path: String) throws(CertificateError) -> PrivateKey {
        defer { bytes.wipe() }
        do {
            return try PrivateKey(pem: bytes)
        } catch {
            if case .libraryMissing = error { throw CertificateError(error) }
            if case .provider(let failure) = error { throw .provider(path: path, failure) }
            throw error == .encryptedKey
                ? .encryptedKey(path: path) : .notAKey(path: path, FormProblem(bytes, wanted: .key, error))
        }
    }

    /// What a file that can be read stands for; nil if it holds a key itself, or none.
    static func reference(at path: String, files: any Files) -> KeyReference? {
        guard var bytes = try? files.read(path) else { return nil }
        defer { bytes.wipe() }
        return KeyReference(pem: bytes)
    }

    /// Whether a file that can be read holds a private key, with or without a certificate.
    static func holdsKey(_ path: String, files: any Files) -> Bool {
        guard var bytes = try? files.read(path) else { return false }
        defer { bytes.wipe() }
        return StoredForm(bytes).holdsKey
    }

    /// The common name of the certificate in a file: the identity of the device; nil if there is no file. Throws why the
    /// certificate cannot be read or has none.
    static func commonName(at path: String, files: any Files) throws(CertificateError) -> String? {
        let certificate: Certificate
        do throws(CertificateError) {
            certificate = try self.certificate(at: path, files: files)
        } catch {
            if case .certificateMissing = error { return nil }
            throw error
        }
        guard let name = certificate.commonName else {
            throw .noCommonName(path: path, subject: certificate.subject)
        }
        return name
    }
}
