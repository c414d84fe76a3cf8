import TLS
import X509

/// `cert renew`: a certificate that is to replace the present one, for the same key, in a file beside it.
public struct CertificateRenewer {
    /// Who signs the new certificate.
    public enum Authority: String, Sendable, CaseIterable {
        case c8y
        case selfSigned = "self-signed"
    }

    private let selection: CertificateSelection
    private var context: Context { selection.context }

    /// Says whose certificate it is.
    public init(_ selection: CertificateSelection) { self.selection = selection }

    /// Renews the certificate, or prints why not.
    ///
    /// - Parameter csrPath: The file with the request that the authority gets; one is made if nil.
    public func run(_ authority: Authority, csrPath: String?) -> CommandReport {
        let title =
            authority == .c8y
            ? "failed to renew the device certificate" : "failed to renew the self-signed certificate of the device."
        do {
            if authority == .c8y, let cloud = selection.cloud, cloud != .c8y {
                throw EnrollmentError.unsupported(cloud)
            }
            if authority == .selfSigned, csrPath != nil { throw EnrollmentInputError.requestUnused }
            let (settings, pair) = try selection.load()
            let present = try present(pair, authority)
            guard let key = try pair.storedKey() else { throw CertificateFile.missingKey(pair.keyPath) }
            guard present.matches(key) else {
                throw CertificateError.mismatch(certificate: pair.certificatePath, key: pair.keyPath)
            }
            let issued: IssuedCertificate
            switch authority {
            case .c8y:
                let request = try request(present, key, csrPath, settings, pair)
                let proxy = try LocalProxy(settings.cloud(.c8y, profile: pair.profile), in: context)
                issued = try self.issued(request, by: proxy, isSelfSigned: present.isSelfSigned)
            case .selfSigned: issued = try renewed(present, key, settings)
            }
            try store(issued, pair)
            return report(issued.leaf, pair, authority)
        } catch {
            return selection.failed("cert renew", title, error, isUndone: false)
        }
    }

    /// The certificate that is to be renewed.
    private func present(_ pair: CertificatePair, _ authority: Authority) throws -> Certificate {
        let path = pair.certificatePath
        let certificate = try CertificateFile.certificate(at: path, files: context.files)
        // connect replaces this file by the renewed certificate.
        if CertificateFile.holdsKey(path, files: context.files) {
            throw CertificateError.keyInCertificateFile(path: path)
        }
        if authority == .selfSigned, !certificate.isSelfSigned { throw EnrollmentError.notSelfSigned(path: path) }
        return certificate
    }

    private func request(
        _ present: Certificate, _ key: PrivateKey, _ csrPath: String?, _ settings: Settings, _ pair: CertificatePair
    ) throws -> EnrollmentRequest {
        guard let name = present.commonName, !name.isEmpty else {
            throw CertificateError.noCommonName(path: pair.certificatePath, subject: present.subject)
        }
        guard let csrPath else { return try EnrollmentRequest(commonName: name, key: key, settings) }
        return try EnrollmentRequest(path: csrPath, commonName: name, key: key, keyPath: pair.keyPath, in: context)
    }

    /// Asks the tenant's authority: `POST /.well-known/est/simplereenroll`.
    private func issued(
        _ request: EnrollmentRequest, by proxy: LocalProxy, isSelfSigned: Bool
    ) throws -> IssuedCertificate {
        let response = try proxy.send(request.http("/.well-known/est/simplereenroll"))
        guard response.status == 200 else {
            let hint =
                isSelfSigned
                ? "The certificate is self-signed: run 'tedge cert renew --ca self-signed'."
                : "Check with 'tedge connect c8y --test' that the device is connected, and try again."
            throw EnrollmentError.requestFailed(
                status: response.statusText, body: response.message ?? "", hint: hint)
        }
        return try request.issued(in: response.body)
    }

    /// Signs with the key, for as long as a new certificate is valid.
    private func renewed(_ present: Certificate, _ key: PrivateKey, _ settings: Settings) throws -> IssuedCertificate {
        let validity = try CertificateValidity(settings, now: context.now())
        return try CertificateError.mapping { () throws(X509Error) in
            let renewed = try present.renewed(by: key, notBefore: validity.begin, notAfter: validity.end)
            return IssuedCertificate(leaf: renewed, pem: try renewed.pem())
        }
    }

    private func store(_ issued: IssuedCertificate, _ pair: CertificatePair) throws {
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

    private func report(_ certificate: Certificate, _ pair: CertificatePair, _ authority: Authority) -> CommandReport {
        context.console.note("Certificate renewed successfully\n    For an un-interrupted service:")
        switch authority {
        case .c8y: context.console.note("    => the device has to be reconnected to the cloud\n")
        case .selfSigned:
            context.console.note(
                "    => the new certificate has to be uploaded to the cloud\n    => then the device reconnected\n")
        }
        let summary = CertificateSummary(
            certificate, path: RenewedCertificate.path(besides: pair.certificatePath), now: context.now())
        context.console.result(summary.text)
        var report = CommandReport.done("cert renew", cloud: selection.cloud, changed: true)
        report.details = [.init("certificate", summary.json)]
        return report
    }
}
