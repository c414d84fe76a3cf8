import X509

/// A certificate that is to replace the present one, for the same key, in a file beside it.
struct Renewal {
    let pair: CertificatePair
    let settings: Settings
    /// The profile whose tenant is asked.
    let profile: ProfileName?
    let context: Context

    /// Has the certificate signed, and stores it. Returns it.
    ///
    /// - Parameter csrPath: The file with the request that the authority gets; one is made if nil.
    func run(_ authority: CertificateRenewer.Authority, csrPath: String?) throws -> Certificate {
        if authority == .selfSigned, csrPath != nil { throw EnrollmentInputError.requestUnused }
        let present = try present(authority)
        guard let key = try pair.storedKey() else { throw CertificateFile.missingKey(pair.keyPath) }
        guard present.matches(key) else {
            throw CertificateError.mismatch(certificate: pair.certificatePath, key: pair.keyPath)
        }
        try checkPlace()
        let issued: IssuedCertificate
        switch authority {
        case .c8y: issued = try issuedByCumulocity(try request(present, key, csrPath), present)
        case .selfSigned: issued = try signed(present, key)
        }
        try store(issued)
        return issued.leaf
    }

    /// The certificate that is to be renewed.
    private func present(_ authority: CertificateRenewer.Authority) throws -> Certificate {
        let path = pair.certificatePath
        let certificate = try CertificateFile.certificate(at: path, files: context.files)
        // connect replaces this file by the renewed certificate.
        if CertificateFile.holdsKey(path, files: context.files) {
            throw CertificateError.keyInCertificateFile(path: path)
        }
        if authority == .selfSigned, !certificate.isSelfSigned { throw EnrollmentError.notSelfSigned(path: path) }
        return certificate
    }

    private func request(_ present: Certificate, _ key: PrivateKey, _ csrPath: String?) throws -> EnrollmentRequest {
        guard let name = present.commonName, !name.isEmpty else {
            throw CertificateError.noCommonName(path: pair.certificatePath, subject: present.subject)
        }
        guard let csrPath else { return try EnrollmentRequest(commonName: name, key: key, settings) }
        return try EnrollmentRequest(path: csrPath, commonName: name, key: key, keyPath: pair.keyPath, in: context)
    }

    private func issuedByCumulocity(_ request: EnrollmentRequest, _ present: Certificate) throws -> IssuedCertificate {
        let authority = CumulocityAuthority(cloud: settings.cloud(.c8y, profile: profile), context: context)
        do {
            return try authority.issued(request, isSelfSigned: present.isSelfSigned)
        } catch let error as EnrollmentError {
            guard context.now() > present.notAfter, !present.isSelfSigned else { throw error }
            throw EnrollmentError.expired(
                path: pair.certificatePath, key: pair.keyPath, since: RFC2822Date.text(present.notAfter),
                causes: error.causes)
        }
    }

    /// Signs with the key, for as long as a new certificate is valid.
    private func signed(_ present: Certificate, _ key: PrivateKey) throws -> IssuedCertificate {
        let validity = try CertificateValidity(settings, now: context.now())
        return try CertificateError.mapping { () throws(X509Error) in
            let renewed = try present.renewed(by: key, notBefore: validity.begin, notAfter: validity.end)
            return IssuedCertificate(leaf: renewed, pem: try renewed.pem())
        }
    }

    /// Throws if the renewed certificate cannot be written, so that no authority issues one in vain, hour by hour.
    private func checkPlace() throws {
        try pair.checkPlaces()
        let path = RenewedCertificate.path(besides: pair.certificatePath)
        let attempt = TemporaryName.name(for: path)
        do throws(FileError) {
            try context.files.touch(attempt)
        } catch {
            throw FileError(.write, path, error.reason)
        }
        context.files.discard(attempt)
    }

    private func store(_ issued: IssuedCertificate) throws {
        try context.changingFiles("tedge cert renew") { files in
            try pair.checkPlaces()
            // Somebody may have made another pair while the answer was waited for.
            guard let key = try pair.storedKey() else { throw CertificateFile.missingKey(pair.keyPath) }
            guard issued.leaf.matches(key) else {
                throw CertificateError.mismatch(
                    certificate: RenewedCertificate.path(besides: pair.certificatePath), key: pair.keyPath)
            }
            try context.interruption.check()
            try files.write(
                RenewedCertificate.path(besides: pair.certificatePath), issued.pem, mode: 0o444, owner: pair.owner)
            try context.interruption.check()
        }
    }
}
