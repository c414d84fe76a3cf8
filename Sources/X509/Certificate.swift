import COpenSSL
import Glibc

/// An X.509 certificate (RFC 5280).
public final class Certificate: Sendable {
    // OpenSSL's certificates are not changed after they are made.
    nonisolated(unsafe) let pointer: OpaquePointer
    /// The first second of validity, in seconds since 1970.
    public let notBefore: Int64
    /// The last second of validity, in seconds since 1970.
    public let notAfter: Int64

    init(takingOwnership pointer: OpaquePointer) {
        self.pointer = pointer
        let crypto = CryptoLibrary.functions
        notBefore = Self.seconds(crypto.X509_get0_notBefore(pointer), crypto)
        notAfter = Self.seconds(crypto.X509_get0_notAfter(pointer), crypto)
    }

    deinit { CryptoLibrary.functions.X509_free(pointer) }

    /// Reads the first certificate of PEM text, also one in OpenSSL's "trusted" form. Throws `noPEM` if there is none, and
    /// `openSSL` if it is broken.
    public convenience init(pem: [UInt8]) throws(X509Error) {
        let crypto = try CryptoLibrary.open()
        self.init(
            takingOwnership: try crypto.reading(pem) { bio throws(X509Error) in
                guard let certificate = try Self.next(bio, crypto) else { throw .noPEM(label: Self.label) }
                return certificate
            })
    }

    /// Reads all certificates of PEM text. Throws `openSSL` if one is broken, and `noPEM` if there is none.
    public static func all(inPEM pem: [UInt8]) throws(X509Error) -> [Certificate] {
        let crypto = try CryptoLibrary.open()
        let certificates = try crypto.reading(pem) { bio throws(X509Error) in
            var certificates: [Certificate] = []
            while let pointer = try next(bio, crypto) {
                certificates.append(Certificate(takingOwnership: pointer))
            }
            return certificates
        }
        guard !certificates.isEmpty else { throw .noPEM(label: Self.label) }
        return certificates
    }

    /// The next certificate, or nil at the end of the text.
    private static func next(_ bio: OpaquePointer, _ crypto: crypto_functions) throws(X509Error) -> OpaquePointer? {
        if let pointer = crypto.PEM_read_bio_X509_AUX(bio, nil, crypto_no_passphrase, nil) { return pointer }
        let error = crypto.pemError(.readCertificate, label: label)
        if error == .noPEM(label: label) { return nil }
        throw error
    }

    private static let label = "CERTIFICATE"

    /// The certificate in PEM, with line feeds, without anything else from the file it was read from.
    public func pem() throws(X509Error) -> [UInt8] {
        let crypto = CryptoLibrary.functions
        return try crypto.writing(.writeCertificate) { crypto.PEM_write_bio_X509($0, pointer) }
    }

    /// The subject, for example `CN=device, O=Thin Edge, OU=Device`. Control characters are escaped.
    public var subject: String { DistinguishedName.text(of: CryptoLibrary.functions.X509_get_subject_name(pointer)) }

    /// The issuer. Control characters are escaped.
    public var issuer: String { DistinguishedName.text(of: CryptoLibrary.functions.X509_get_issuer_name(pointer)) }

    /// The common name of the subject, with any control characters in it; nil if there is none.
    public var commonName: String? {
        DistinguishedName.value(of: "CN", in: CryptoLibrary.functions.X509_get_subject_name(pointer))
    }

    /// Whether the certificate is signed with its own key.
    public var isSelfSigned: Bool {
        defer { CryptoLibrary.functions.ERR_clear_error() }
        return CryptoLibrary.functions.X509_self_signed(pointer, 1) == 1
    }

    /// Whether the certificate signed another one, judged by names, key identifiers and permitted uses.
    public func isIssuer(of other: Certificate) -> Bool {
        let crypto = CryptoLibrary.functions
        defer { crypto.ERR_clear_error() }
        return crypto.X509_check_issued(pointer, other.pointer) == X509_V_OK
    }

    /// Whether the certificate is for this key.
    public func matches(_ key: PrivateKey) -> Bool {
        let crypto = CryptoLibrary.functions
        guard let own = crypto.X509_get0_pubkey(pointer) else { return false }
        defer { crypto.ERR_clear_error() }
        return crypto.EVP_PKEY_eq(own, key.pointer) == 1
    }

    /// The serial number in decimal and hexadecimal digits, for example `123456789 (0x75bcd15)`.
    public var serialNumber: String {
        let crypto = CryptoLibrary.functions
        guard let integer = crypto.X509_get_serialNumber(pointer), let number = crypto.ASN1_INTEGER_to_BN(integer, nil)
        else { return "" }
        defer { crypto.BN_free(number) }
        guard let decimal = crypto.BN_bn2dec(number) else { return "" }
        defer { crypto.CRYPTO_free(decimal, nil, 0) }
        guard let hexadecimal = crypto.BN_bn2hex(number) else { return "" }
        defer { crypto.CRYPTO_free(hexadecimal, nil, 0) }
        let text = String(cString: hexadecimal).lowercased()
        let sign = text.hasPrefix("-") ? "-" : ""
        let digits = text.dropFirst(sign.utf8.count).drop { $0 == "0" }
        return "\(String(cString: decimal)) (\(sign)0x\(digits.isEmpty ? "0" : String(digits)))"
    }

    /// The SHA-1 digest of the certificate in 40 upper-case hexadecimal digits, which clouds call its thumbprint.
    public var thumbprint: String {
        let crypto = CryptoLibrary.functions
        var digest = [UInt8](repeating: 0, count: 64)
        var length: UInt32 = 0
        guard crypto.X509_digest(pointer, crypto.EVP_sha1(), &digest, &length) == 1 else { return "" }
        return digest.prefix(Int(length)).map { byte in
            let text = String(byte, radix: 16, uppercase: true)
            return text.utf8.count == 1 ? "0" + text : text
        }.joined()
    }

    private static func seconds(_ time: UnsafePointer<ASN1_TIME>?, _ crypto: crypto_functions) -> Int64 {
        var parts = tm()
        guard let time, crypto.ASN1_TIME_to_tm(time, &parts) == 1 else { return 0 }
        return Int64(timegm(&parts))
    }
}
