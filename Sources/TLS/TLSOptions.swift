/// The trusted roots and the client's identity.
public struct TLSOptions: Sendable, Equatable {
    /// The location of trusted certificates.
    public enum Roots: Sendable, Equatable {
        /// The default locations of OpenSSL: `/etc/ssl/certs` on Debian, or the values of `SSL_CERT_FILE` and
        /// `SSL_CERT_DIR`.
        case system
        /// A PEM file, or a directory with file names made by `openssl rehash`.
        case path(String)
    }

    /// Certificates from all these locations are trusted.
    public var roots: [Roots]
    /// The client's certificate and key; nil if the client has none.
    public var identity: Identity?

    /// The application protocol that the client names (ALPN, RFC 7301), 1 to 255 bytes long; nil for none.
    public var alpn: String?

    /// A client certificate and its key.
    public struct Identity: Sendable, Equatable {
        /// The PEM file with the certificate, followed by its chain.
        public var certificatePath: String
        /// The PEM file with the key.
        public var keyPath: String

        /// Creates an identity from two files.
        public init(certificatePath: String, keyPath: String) {
            self.certificatePath = certificatePath
            self.keyPath = keyPath
        }
    }

    /// By default trusts the roots of the system and has no client identity.
    public init(roots: [Roots] = [.system], identity: Identity? = nil, alpn: String? = nil) {
        self.roots = roots
        self.identity = identity
        self.alpn = alpn
    }
}

/// An HTTP proxy for connections (RFC 9110, section 9.3.6).
public struct TLSProxy: Sendable, Equatable {
    /// The proxy's host.
    public var host: String
    /// The proxy's port.
    public var port: UInt16
    /// The value of the header `Proxy-Authorization`.
    public var authorization: String?

    /// Creates a proxy.
    public init(host: String, port: UInt16, authorization: String? = nil) {
        self.host = host
        self.port = port
        self.authorization = authorization
    }
}
