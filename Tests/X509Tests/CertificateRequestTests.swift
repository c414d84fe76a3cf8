import TestSupport
import Testing

@testable import X509

@Suite("Making a certificate signing request")
struct CertificateRequestTests {
    private let program: OpenSSLProgram

    init() throws { program = try OpenSSLProgram() }

    private func write(_ commonName: String = "device", key: PrivateKey) throws {
        let pem = try CertificateRequest.pem(
            commonName: commonName, organization: "Thin Edge", organizationalUnit: "Device", key: key)
        try program.write(pem, to: "request.pem")
    }

    @Test(
        "openssl verifies the signature of each kind of key",
        arguments: [OpenSSLProgram.Kind.p256, .p384, .rsa, .ed25519])
    func verify(kind: OpenSSLProgram.Kind) throws {
        try write(key: try PrivateKey(pem: try program.makeKey(kind)))
        let path = program.path("request.pem")
        let result = try ChildProcess.run("openssl", ["req", "-verify", "-noout", "-in", path])
        #expect(result.exit == .status(0))
        #expect((result.output + result.errors).contains("verify OK"))
        let publicKey = try program.run(["pkey", "-pubout", "-in", program.path("key.pem")])
        #expect(try program.run(["req", "-pubkey", "-noout", "-in", path]) == publicKey)
    }

    @Test("openssl shows the names as UTF8String, version 1 and no attributes")
    func content() throws {
        try write("gerät-ä", key: .generateP256())
        let path = program.path("request.pem")
        let subject = try program.run(
            ["req", "-noout", "-subject", "-nameopt", "utf8,show_type,sep_comma_plus", "-in", path])
        #expect(subject == "subject=CN=UTF8STRING:gerät-ä,O=UTF8STRING:Thin Edge,OU=UTF8STRING:Device\n")
        let text = try program.run(["req", "-noout", "-text", "-in", path])
        #expect(text.contains("Version: 1 (0x0)"))
        #expect(text.contains("ASN1 OID: prime256v1"))
        #expect(text.contains("Signature Algorithm: ecdsa-with-SHA256"))
        #expect(text.contains("(none)"))
        #expect(!text.contains("X509v3"))
    }

    @Test("the PEM names a certificate request and ends with a line feed")
    func pem() throws {
        try write(key: .generateP256())
        let text = contents(of: program.path("request.pem"))
        #expect(text.hasPrefix("-----BEGIN CERTIFICATE REQUEST-----\n"))
        #expect(text.hasSuffix("\n-----END CERTIFICATE REQUEST-----\n"))
    }

    @Test("an authority can make a certificate of it that matches the key")
    func issue() throws {
        let key = try PrivateKey.generateP256()
        try write(key: key)
        let authority = try TestAuthority()
        try program.run(
            ["x509", "-req", "-days", "2", "-CA", authority.authority.certificate, "-CAkey", authority.authority.key]
                + ["-in", program.path("request.pem"), "-out", program.path("certificate.pem")])
        let certificate = try Certificate(pem: try program.bytes("certificate.pem"))
        #expect(certificate.subject == "CN=device, O=Thin Edge, OU=Device")
        #expect(certificate.matches(key))
    }
}
