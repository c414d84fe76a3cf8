import COpenSSL

/// A certificate signing request (PKCS #10, RFC 2986) that was read from a file.
public final class SigningRequest: Sendable {
    // OpenSSL's requests are not changed after they are made.
    nonisolated(unsafe) private let pointer: OpaquePointer

    /// Reads the first request of PEM text. Throws `noPEM` if there is none, and `openSSL` if it is broken or not signed with
    /// its own key.
    public init(pem: [UInt8]) throws(X509Error) {
        let crypto = try CryptoLibrary.open()
        pointer = try crypto.reading(pem) { bio throws(X509Error) in
            if let request = crypto.PEM_read_bio_X509_REQ(bio, nil, crypto_no_passphrase, nil) { return request }
            throw crypto.pemError(.readRequest, label: "CERTIFICATE REQUEST")
        }
        guard let key = crypto.X509_REQ_get0_pubkey(pointer), crypto.X509_REQ_verify(pointer, key) == 1 else {
            // Every property is set: deinit frees the request.
            crypto.ERR_clear_error()
            throw .openSSL(.readRequest, reason: "the signature is not that of its key")
        }
    }

    deinit { CryptoLibrary.functions.X509_REQ_free(pointer) }

    /// The common name of the subject as it is; nil if there is none.
    public var commonName: String? {
        DistinguishedName.value(of: "CN", in: CryptoLibrary.functions.X509_REQ_get_subject_name(pointer))
    }

    /// Whether the request is for this key.
    public func matches(_ key: PrivateKey) -> Bool {
        let crypto = CryptoLibrary.functions
        guard let own = crypto.X509_REQ_get0_pubkey(pointer) else { return false }
        defer { crypto.ERR_clear_error() }
        return crypto.EVP_PKEY_eq(own, key.pointer) == 1
    }

    /// The base64 of the request's DER in lines of 64 characters, as Enrollment over Secure Transport wants it (RFC 7030,
    /// section 4.2.1).
    public func base64() throws(X509Error) -> [UInt8] {
        let crypto = CryptoLibrary.functions
        let pem = try crypto.writing(.makeRequest) { crypto.PEM_write_bio_X509_REQ($0, pointer) }
        let lines = pem.split(separator: UInt8(ascii: "\n")).filter { $0.first != UInt8(ascii: "-") }
        return Array(lines.joined(separator: [UInt8(ascii: "\n")])) + [UInt8(ascii: "\n")]
    }
}
