/// Whether OpenSSL takes a certificate and key for connections at all: its security level refuses short keys and weak
/// signatures, whatever the other side would say (SSL_CTX_set_security_level(3)).
public enum TLSIdentityCheck {
    /// Loads both as a connection would. Throws `identityUnusable` with the file and OpenSSL's reason, and `libraryMissing`.
    public static func run(_ identity: TLSOptions.Identity) throws(TLSError) {
        var options = TLSOptions(roots: [])
        options.identity = identity
        _ = try SSLContext(options)
    }
}
