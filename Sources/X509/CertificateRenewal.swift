import COpenSSL

extension Certificate {
    /// Makes a self-signed certificate with the subject, the key and the extensions of this one.
    ///
    /// The serial number is random (20 bytes, positive): an authority must not use a number twice (RFC 5280, section
    /// 4.1.2.2), and OpenSSL takes two certificates with the same issuer and number for the same one.
    ///
    /// - Parameters:
    ///   - notBefore: Seconds since 1970.
    ///   - notAfter: Seconds since 1970.
    public func renewed(by key: PrivateKey, notBefore: Int64, notAfter: Int64) throws(X509Error) -> Certificate {
        let crypto = CryptoLibrary.functions
        crypto.ERR_clear_error()
        guard let pointer = crypto.X509_dup(pointer) else { throw crypto.error(.memory) }
        let renewed = UnfinishedCertificate(pointer)
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
}
