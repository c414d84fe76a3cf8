/// Checks whether OpenSSL accepts a certificate and key at all: its security level rejects short keys and weak
/// signatures, whatever the peer accepts (SSL_CTX_set_security_level(3)).
public enum TLSIdentityCheck {
    /// Loads both files as a connection does. Throws `identityUnusable` with the file and OpenSSL's reason, or
    /// `libraryMissing`.
    public static func run(_ identity: TLSOptions.Identity) throws(TLSError) {
        var options = TLSOptions(roots: [])
        options.identity = identity
        _ = try SSLContext(options)
    }
}
