/// A certificate authority of the tests' own, made by the `openssl` command; valid for two days.
public final class TestAuthority: Sendable {
    /// PEM files of a certificate and its key.
    public struct Identity: Sendable {
        /// The certificate.
        public let certificate: String
        /// The unencrypted P-256 key.
        public let key: String

        /// Names the files.
        public init(certificate: String, key: String) {
            self.certificate = certificate
            self.key = key
        }
    }

    /// The authority's own, self-signed.
    public let authority: Identity
    private let directory: TemporaryDirectory

    /// Makes a key and a self-signed certificate.
    public init(name: String = "Test Authority") throws {
        directory = try TemporaryDirectory()
        authority = Identity(certificate: directory.file("ca.pem"), key: directory.file("ca.key"))
        try TestAuthority.openssl(authority, subject: name, ["-addext", "keyUsage=critical,keyCertSign,cRLSign"])
    }

    /// Issues a certificate to a server or a client. `name` tells the files apart.
    ///
    /// - Parameter alternativeNames: As OpenSSL writes them: `DNS:localhost,IP:127.0.0.1`; none by default.
    public func issue(_ name: String, alternativeNames: String? = nil) throws -> Identity {
        let identity = Identity(certificate: directory.file("\(name).pem"), key: directory.file("\(name).key"))
        var extra = ["-CA", authority.certificate, "-CAkey", authority.key]
        extra += ["-addext", "basicConstraints=critical,CA:FALSE"]
        if let alternativeNames { extra += ["-addext", "subjectAltName=\(alternativeNames)"] }
        try TestAuthority.openssl(identity, subject: name, extra)
        return identity
    }

    private static func openssl(_ identity: Identity, subject: String, _ extra: [String]) throws {
        let arguments = [
            "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2",
            "-subj", "/CN=\(subject)", "-keyout", identity.key, "-out", identity.certificate,
        ]
        let result = try ChildProcess.run("openssl", arguments + extra)
        guard result.exit == .status(0) else { throw TestFailure("openssl: \(result.errors)") }
    }
}
