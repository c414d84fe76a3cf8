import TestSupport
import Testing

@testable import X509

@Suite("Reading the certificates of a PKCS #7 message")
struct CertificateBundleTests {
    private let program: OpenSSLProgram

    init() throws { program = try OpenSSLProgram() }

    /// What `openssl crl2pkcs7` makes of certificates in PEM.
    private func bundle(_ pem: [UInt8]...) throws -> [UInt8] {
        let file = try program.write(pem.flatMap { $0 }, to: "all.pem")
        try program.run(["crl2pkcs7", "-nocrl", "-certfile", file, "-outform", "DER", "-out", program.path("p7.der")])
        return try program.bytes("p7.der")
    }

    @Test("all certificates of the message are read", arguments: 1...3)
    func reads(count: Int) throws {
        let made = try (0..<count).map { try Certificate.made("device-\($0)", key: .generateP256()) }
        let read = try Certificate.all(inPKCS7: try bundle(made.flatMap { try $0.pem() }))
        #expect(Set(read.map(\.thumbprint)) == Set(made.map(\.thumbprint)))
        #expect(try isErrorQueueEmpty())
    }

    @Test("a message without certificates says so")
    func none() throws {
        // A message that holds a revocation list alone; made by hand: SignedData without certificates.
        let empty: [UInt8] = [
            0x30, 0x23, 0x06, 0x09, 0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x07, 0x02, 0xA0, 0x16, 0x30, 0x14, 0x02,
            0x01, 0x01, 0x31, 0x00, 0x30, 0x0B, 0x06, 0x09, 0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x07, 0x01, 0x31,
            0x00,
        ]
        #expect(throws: X509Error.noCertificates) { try Certificate.all(inPKCS7: empty) }
        #expect(try isErrorQueueEmpty())
    }

    @Test("another message, or one with more bytes after it, is refused")
    func broken() throws {
        let whole = try bundle(try Certificate.made(key: .generateP256()).pem())
        let wrong: [[UInt8]] = [
            [], [0x30], Array("-----BEGIN PKCS7-----".utf8), Array(whole.dropLast()), whole + [0],
            Array("<html>".utf8),
        ]
        for bytes in wrong {
            #expect(throws: X509Error.self) { try Certificate.all(inPKCS7: bytes) }
            #expect(try isErrorQueueEmpty())
        }
    }

    @Test("the chain leads to the authority, which is left out, and passes over what does not belong to it")
    func chain() throws {
        let authority = try TestAuthority()
        let key = program.path("sub.key")
        try program.makeKey(.p256, "sub.key")
        let extensions = try program.write(Array("basicConstraints=critical,CA:TRUE\n".utf8), to: "ca.cnf")
        func sign(_ name: String, _ key: String, by issuer: (String, String), _ extra: [String]) throws -> Certificate {
            try program.run(["req", "-new", "-key", key, "-subj", "/CN=\(name)", "-out", program.path("\(name).csr")])
            try program.run(
                ["x509", "-req", "-days", "2", "-CA", issuer.0, "-CAkey", issuer.1, "-in", program.path("\(name).csr")]
                    + ["-out", program.path("\(name).pem")] + extra)
            return try Certificate(pem: try program.bytes("\(name).pem"))
        }
        let root = (authority.authority.certificate, authority.authority.key)
        let middle = try sign("middle", key, by: root, ["-extfile", extensions])
        try program.makeKey(.p256, "leaf.key")
        let leaf = try sign("leaf", program.path("leaf.key"), by: (program.path("middle.pem"), key), [])
        let top = try Certificate(pem: Array(contents(of: root.0).utf8))
        let other = try Certificate.made(key: .generateP256())
        let chain = leaf.chain(among: [top, other, leaf, middle])
        #expect(chain.map(\.subject) == ["CN=middle"])
        #expect(other.chain(among: [top, other, leaf, middle]).isEmpty)
    }
}
