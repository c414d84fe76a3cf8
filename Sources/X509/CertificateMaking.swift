import COpenSSL
import Glibc

extension Certificate {
    /// Seconds since 1970 from the year 0 to the year 9999. OpenSSL writes other years with a sign or a fifth digit, which
    /// nothing can read.
    static let possibleDates: ClosedRange<Int64> = -62_167_219_200...253_402_300_799

    /// Makes a self-signed certificate that is an authority (`CA:TRUE`), as Cumulocity requires.
    ///
    /// The serial number is the first 20 bytes of the SHA-256 digest of the public point, with the top bit cleared. The key
    /// identifier is the first 20 bytes of the SHA-256 digest of the public key's DER. Dates before 2050 are UTCTime, later
    /// ones GeneralizedTime (RFC 5280, section 4.1.2.5).
    ///
    /// - Parameters:
    ///   - notBefore: Seconds since 1970.
    ///   - notAfter: Seconds since 1970.
    public static func selfSigned(
        commonName: String, organization: String, organizationalUnit: String, key: PrivateKey, notBefore: Int64,
        notAfter: Int64
    ) throws(X509Error) -> Certificate {
        let crypto = try CryptoLibrary.open()
        crypto.ERR_clear_error()
        guard let pointer = crypto.X509_new() else { throw crypto.error(.memory) }
        let certificate = UnfinishedCertificate(pointer)
        // The version is counted from 0.
        try crypto.check(crypto.X509_set_version(pointer, 2))
        try certificate.setSerialNumber(crypto.serialNumber(for: key))
        try certificate.setValidity(from: notBefore, to: notAfter)
        let name = crypto.X509_get_subject_name(pointer)
        try crypto.fill(name, commonName, organization, organizationalUnit)
        try crypto.check(crypto.X509_set_issuer_name(pointer, name))
        try crypto.check(crypto.X509_set_pubkey(pointer, key.pointer))
        try crypto.addExtensions(to: pointer, for: key)
        return try certificate.signed(by: key)
    }
}

/// A certificate that is being made. It is freed unless it is signed.
final class UnfinishedCertificate {
    private var pointer: OpaquePointer?
    private let crypto = CryptoLibrary.functions

    init(_ pointer: OpaquePointer) { self.pointer = pointer }

    deinit { if let pointer { crypto.X509_free(pointer) } }

    func setSerialNumber(_ bytes: [UInt8]) throws(X509Error) {
        guard let number = crypto.BN_bin2bn(bytes, Int32(bytes.count), nil) else { throw crypto.error(.memory) }
        defer { crypto.BN_free(number) }
        guard let integer = crypto.BN_to_ASN1_INTEGER(number, nil) else { throw crypto.error(.memory) }
        defer { crypto.ASN1_INTEGER_free(integer) }
        try crypto.check(crypto.X509_set_serialNumber(pointer, integer))
    }

    /// Sets the validity, in seconds since 1970. Throws `invalidDate` for a date outside `Certificate.possibleDates`.
    func setValidity(from begin: Int64, to end: Int64) throws(X509Error) {
        for (time, seconds) in [
            (crypto.X509_getm_notBefore(pointer), begin), (crypto.X509_getm_notAfter(pointer), end),
        ] {
            guard Certificate.possibleDates.contains(seconds) else { throw .invalidDate(seconds) }
            guard crypto.ASN1_TIME_set(time, time_t(seconds)) != nil else { throw crypto.error(.memory) }
        }
    }

    func signed(by key: PrivateKey) throws(X509Error) -> Certificate {
        guard let pointer, crypto.X509_sign(pointer, key.pointer, key.digest) > 0 else {
            throw crypto.error(.makeCertificate)
        }
        self.pointer = nil
        return Certificate(takingOwnership: pointer)
    }
}

extension PrivateKey {
    /// The digest that a signature with the key is made over; nil for EdDSA, which has its own (RFC 8410).
    fileprivate var digest: OpaquePointer? { kind.hasPrefix("ED") ? nil : CryptoLibrary.functions.EVP_sha256() }
}

/// A request for a certificate (PKCS #10, RFC 2986).
public enum CertificateRequest {
    /// Makes a request in PEM, with line feeds, signed by the key.
    public static func pem(
        commonName: String, organization: String, organizationalUnit: String, key: PrivateKey
    ) throws(X509Error) -> [UInt8] {
        let crypto = try CryptoLibrary.open()
        crypto.ERR_clear_error()
        guard let request = crypto.X509_REQ_new() else { throw crypto.error(.memory) }
        defer { crypto.X509_REQ_free(request) }
        try crypto.check(crypto.X509_REQ_set_version(request, 0), .makeRequest)
        try crypto.fill(crypto.X509_REQ_get_subject_name(request), commonName, organization, organizationalUnit)
        try crypto.check(crypto.X509_REQ_set_pubkey(request, key.pointer), .makeRequest)
        guard crypto.X509_REQ_sign(request, key.pointer, key.digest) > 0 else { throw crypto.error(.makeRequest) }
        return try crypto.writing(.makeRequest) { crypto.PEM_write_bio_X509_REQ($0, request) }
    }
}

extension crypto_functions {
    fileprivate func check(_ result: Int32, _ step: X509Error.Step = .makeCertificate) throws(X509Error) {
        guard result == 1 else { throw error(step) }
    }

    /// Adds common name, organization and unit to a name, as UTF8String. Empty ones are left out.
    fileprivate func fill(
        _ name: OpaquePointer?, _ commonName: String, _ organization: String, _ unit: String
    ) throws(X509Error) {
        for (key, value) in [("CN", commonName), ("O", organization), ("OU", unit)] where !value.isEmpty {
            let bytes = Array(value.utf8)
            // With MBSTRING_UTF8 OpenSSL would choose the shortest type, and take at most 64 characters.
            try check(X509_NAME_add_entry_by_txt(name, key, V_ASN1_UTF8STRING, bytes, Int32(bytes.count), -1, 0))
        }
    }

    /// The serial number of a self-signed certificate, 20 bytes.
    fileprivate func serialNumber(for key: PrivateKey) throws(X509Error) -> [UInt8] {
        var point = [UInt8](repeating: 0, count: 1024)
        var length = 0
        // Providers know the point by one name or the other, and none for RSA.
        let names = ["encoded-pub-key", "pub"]
        if !names.contains(where: {
            EVP_PKEY_get_octet_string_param(key.pointer, $0, &point, point.count, &length) == 1
        }) {
            ERR_clear_error()
            point = try encoded(key)
            length = point.count
        }
        var serial = Array(try sha256(point.prefix(length)).prefix(20))
        serial[0] &= 0x7F
        return serial
    }

    fileprivate func addExtensions(to certificate: OpaquePointer, for key: PrivateKey) throws(X509Error) {
        let identifier = try sha256(encoded(key)).prefix(20)
        guard let octets = ASN1_OCTET_STRING_new() else { throw error(.memory) }
        defer { ASN1_OCTET_STRING_free(octets) }
        try check(ASN1_OCTET_STRING_set(octets, Array(identifier), Int32(identifier.count)))
        try check(X509_add1_ext_i2d(certificate, NID_subject_key_identifier, octets, 0, 0))
        guard let constraints = BASIC_CONSTRAINTS_new() else { throw error(.memory) }
        defer { BASIC_CONSTRAINTS_free(constraints) }
        crypto_set_ca(constraints)
        try check(X509_add1_ext_i2d(certificate, NID_basic_constraints, constraints, 1, 0))
    }

    /// The public key in DER.
    private func encoded(_ key: PrivateKey) throws(X509Error) -> [UInt8] {
        var encoded: UnsafeMutablePointer<UInt8>?
        let length = i2d_PUBKEY(key.pointer, &encoded)
        guard length > 0, let encoded else { throw error(.makeCertificate) }
        defer { CRYPTO_free(encoded, nil, 0) }
        return Array(UnsafeBufferPointer(start: encoded, count: Int(length)))
    }

    private func sha256(_ bytes: some Sequence<UInt8>) throws(X509Error) -> [UInt8] {
        let input = Array(bytes)
        var digest = [UInt8](repeating: 0, count: 32)
        var length: UInt32 = 0
        try check(EVP_Digest(input, input.count, &digest, &length, EVP_sha256(), nil))
        return digest
    }
}
