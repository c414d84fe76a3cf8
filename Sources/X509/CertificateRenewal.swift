import COpenSSL
import Glibc

extension Certificate {
    /// Makes another certificate with the subject, the key and the extensions of this one, which the key signs for itself.
    ///
    /// The serial number is random (20 bytes, positive): one authority must not give a number twice (RFC 5280, section
    /// 4.1.2.2), and OpenSSL takes two certificates with the same issuer and number for one.
    ///
    /// - Parameters:
    ///   - notBefore: Seconds since 1970.
    ///   - notAfter: Seconds since 1970.
    public func renewed(by key: PrivateKey, notBefore: Int64, notAfter: Int64) throws(X509Error) -> Certificate {
        let crypto = CryptoLibrary.functions
        crypto.ERR_clear_error()
        guard let pointer = crypto.X509_dup(pointer) else { throw crypto.error(.memory) }
        let renewed = Certificate.Unfinished(pointer)
        try renewed.setSerialNumber(Self.randomNumber())
        try renewed.setValidity(from: notBefore, to: notAfter)
        return try renewed.signed(by: key)
    }

    /// A positive number of 20 bytes.
    private static func randomNumber() -> [UInt8] {
        var number = (0..<20).map { _ in UInt8.random(in: .min ... .max) }
        // Neither negative nor shorter.
        number[0] = number[0] & 0x7F | 0x40
        return number
    }

    /// A certificate that is being made, freed unless it is signed.
    private final class Unfinished {
        private var pointer: OpaquePointer?
        private let crypto = CryptoLibrary.functions

        init(_ pointer: OpaquePointer) { self.pointer = pointer }

        deinit { if let pointer { crypto.X509_free(pointer) } }

        func setSerialNumber(_ bytes: [UInt8]) throws(X509Error) {
            guard let number = crypto.BN_bin2bn(bytes, Int32(bytes.count), nil) else { throw crypto.error(.memory) }
            defer { crypto.BN_free(number) }
            guard let integer = crypto.BN_to_ASN1_INTEGER(number, nil) else { throw crypto.error(.memory) }
            defer { crypto.ASN1_INTEGER_free(integer) }
            guard crypto.X509_set_serialNumber(pointer, integer) == 1 else { throw crypto.error(.makeCertificate) }
        }

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
}

extension PrivateKey {
    /// What a signature with the key is made over; EdDSA has its digest within itself (RFC 8410).
    var digest: OpaquePointer? { kind.hasPrefix("ED") ? nil : CryptoLibrary.functions.EVP_sha256() }
}
