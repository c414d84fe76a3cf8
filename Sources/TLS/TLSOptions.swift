/// What a connection trusts, and who it is.
public struct TLSOptions: Sendable, Equatable {
    /// Where trusted certificates are.
    public enum Roots: Sendable, Equatable {
        /// Where OpenSSL looks by itself: `/etc/ssl/certs` on Debian, or what `SSL_CERT_FILE` and `SSL_CERT_DIR` name.
        case system
        /// A PEM file, or a directory with names by `openssl rehash`.
        case path(String)
    }

    /// All of them count.
    public var roots: [Roots]
    /// PEM files with the client's certificate, its chain behind it, and its key.
    public var identity: Identity?

    /// A client certificate and its key.
    public struct Identity: Sendable, Equatable {
        /// The certificate's file.
        public var certificatePath: String
        /// The key's file.
        public var keyPath: String

        /// Names the files.
        public init(certificatePath: String, keyPath: String) {
            self.certificatePath = certificatePath
            self.keyPath = keyPath
        }
    }

    /// Trusts what the system trusts, and is nobody.
    public init(roots: [Roots] = [.system], identity: Identity? = nil) {
        self.roots = roots
        self.identity = identity
    }
}

/// An HTTP proxy that connections go through (RFC 9110, section 9.3.6).
public struct TLSProxy: Sendable, Equatable {
    /// The proxy's host.
    public var host: String
    /// The proxy's port.
    public var port: UInt16
    /// The value of the header `Proxy-Authorization`.
    public var authorization: String?

    /// Names the proxy.
    public init(host: String, port: UInt16, authorization: String? = nil) {
        self.host = host
        self.port = port
        self.authorization = authorization
    }
}
