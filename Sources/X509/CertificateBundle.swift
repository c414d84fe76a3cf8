import COpenSSL

extension Certificate {
    /// Reads the certificates of a signed message that holds nothing else (`certs-only`, RFC 5652 in DER): the response of
    /// Enrollment over Secure Transport (RFC 7030, section 4.1.3). They are a set; their order has no meaning.
    ///
    /// Throws `noCertificates` if it holds none, and `openSSL` if it is something else.
    public static func all(inPKCS7 bytes: [UInt8]) throws(X509Error) -> [Certificate] {
        let crypto = try CryptoLibrary.open()
        crypto.ERR_clear_error()
        let message = bytes.withUnsafeBufferPointer { buffer -> OpaquePointer? in
            var next = buffer.baseAddress
            guard let message = crypto.d2i_CMS_ContentInfo(nil, &next, buffer.count) else { return nil }
            if next == buffer.baseAddress.map({ $0 + buffer.count }) { return message }
            crypto.CMS_ContentInfo_free(message)
            return nil
        }
        guard let message else { throw crypto.error(.readBundle) }
        defer { crypto.CMS_ContentInfo_free(message) }
        guard let stack = crypto.CMS_get1_certs(message) else {
            crypto.ERR_clear_error()
            throw .noCertificates
        }
        // Each certificate gets a new owner; the list itself is freed here.
        defer { crypto.OPENSSL_sk_free(stack) }
        let certificates = (0..<crypto.OPENSSL_sk_num(stack)).compactMap { index in
            crypto.OPENSSL_sk_value(stack, index).map { Certificate(takingOwnership: OpaquePointer($0)) }
        }
        guard !certificates.isEmpty else { throw .noCertificates }
        return certificates
    }

    /// The certificates that lead from this one to its authority, in this order. The self-signed authority is left out:
    /// whoever checks the chain must already trust it.
    ///
    /// - Parameter others: The certificates to choose from.
    public func chain(among others: [Certificate]) -> [Certificate] {
        let crypto = CryptoLibrary.functions
        defer { crypto.ERR_clear_error() }
        var chain: [Certificate] = []
        var (last, rest) = (self, others.filter { !$0.isSelfSigned })
        while let index = rest.firstIndex(where: {
            crypto.X509_check_issued($0.pointer, last.pointer) == X509_V_OK && $0.thumbprint != last.thumbprint
        }) {
            last = rest.remove(at: index)
            chain.append(last)
        }
        return chain
    }
}
