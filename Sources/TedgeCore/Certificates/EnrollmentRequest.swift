import Foundation
import TLS
import X509

/// What a server is asked to sign, and what its answer must fit (Enrollment over Secure Transport, RFC 7030).
struct EnrollmentRequest {
    let key: PrivateKey
    let commonName: String
    /// The request for a certificate: the base64 of PKCS #10.
    let body: [UInt8]

    /// Makes a request for a name, with organization and unit of the settings.
    init(commonName: String, key: PrivateKey, _ settings: Settings) throws {
        (self.commonName, self.key) = (commonName, key)
        let pem = try CertificateRequest.pem(commonName: commonName, key: key, settings)
        body = try CertificateError.mapping { () throws(X509Error) in try SigningRequest(pem: pem).base64() }
    }

    /// Reads a request from a file. Throws if it is not for this name and this key.
    ///
    /// - Parameter keyPath: The file of the key, for the message.
    init(path: String, commonName: String, key: PrivateKey, keyPath: String, in context: Context) throws {
        (self.commonName, self.key) = (commonName, key)
        let path = Path.absolute(path, relativeTo: context.currentDirectory())
        let bytes = try context.files.readInput(path)
        let request: SigningRequest
        do throws(X509Error) {
            request = try SigningRequest(pem: bytes)
            body = try request.base64()
        } catch {
            throw EnrollmentInputError.requestBroken(path: path, reason: "\(error)")
        }
        guard request.matches(key) else { throw EnrollmentInputError.requestOfOtherKey(path: path, key: keyPath) }
        guard request.commonName == commonName else {
            throw EnrollmentInputError.requestOfOtherName(
                path: path, name: request.commonName ?? "", wanted: commonName)
        }
    }

    /// The request that asks for the certificate.
    func http(_ target: String, headers: [(name: String, value: String)] = []) -> HTTPRequest {
        let content = [
            (name: "Content-Type", value: "application/pkcs10"), (name: "Content-Transfer-Encoding", value: "base64"),
            (name: "Accept", value: "application/pkcs7-mime"), (name: "User-Agent", value: "tedge"),
        ]
        return HTTPRequest("POST", target, headers: headers + content, body: body)
    }

    /// The certificate in an answer, the base64 of PKCS #7. Throws if there is none, or none for this key and name.
    func issued(in answer: [UInt8]) throws(EnrollmentError) -> IssuedCertificate {
        guard let bytes = Self.decoded(answer) else { throw .notACertificate(reason: "it is not base64") }
        let certificates: [Certificate]
        do throws(X509Error) {
            certificates = try Certificate.all(inPKCS7: bytes)
        } catch {
            throw .notACertificate(reason: "\(error)")
        }
        // The certificates of the answer are a set: the key tells which one is the device's.
        guard let leaf = certificates.first(where: { $0.matches(key) }) else {
            throw .otherKey(subject: certificates.first?.subject ?? "")
        }
        guard leaf.commonName == commonName else {
            throw .otherName(subject: leaf.subject, wanted: commonName)
        }
        do throws(X509Error) {
            let chain = leaf.chain(among: certificates)
            var pem: [UInt8] = []
            for certificate in [leaf] + chain { pem += try certificate.pem() }
            return IssuedCertificate(leaf: leaf, pem: pem)
        } catch {
            throw .notACertificate(reason: "\(error)")
        }
    }

    private static func decoded(_ answer: [UInt8]) -> [UInt8]? {
        let text = answer.filter { !($0 == 32 || (9...13).contains($0)) }
        guard !text.isEmpty, let bytes = Data(base64Encoded: Data(text)) else { return nil }
        return Array(bytes)
    }
}

/// A certificate that a server has issued.
struct IssuedCertificate {
    /// The device's own.
    let leaf: Certificate
    /// PEM of that one and, behind it, those that lead to its authority.
    let pem: [UInt8]
}
