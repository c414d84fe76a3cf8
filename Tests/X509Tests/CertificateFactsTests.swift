import TestSupport
import Testing

@testable import X509

@Suite("Contents of a certificate")
struct CertificateFactsTests {
    private let program: OpenSSLProgram

    init() throws { program = try OpenSSLProgram() }

    @Test("thumbprint and dates are openssl's")
    func facts() throws {
        let certificate = try Certificate(pem: try program.makeCertificate())
        let path = program.path("certificate.pem")
        let printed = try program.run(["x509", "-noout", "-fingerprint", "-sha1", "-in", path])
        #expect(printed.hasSuffix("=" + pairs(certificate.thumbprint) + "\n"))
        #expect(certificate.thumbprint.utf8.count == 40)
        let dates = try program.run(["x509", "-noout", "-dates", "-dateopt", "iso_8601", "-in", path])
        for moment in [certificate.notBefore, certificate.notAfter] {
            let date = try ChildProcess.run("date", ["-u", "-d", "@\(moment)", "+%Y-%m-%d %H:%M:%SZ"]).output
            #expect(dates.contains("=\(date)"))
        }
    }

    private func pairs(_ digits: String) -> String {
        let characters = Array(digits)
        return stride(from: 0, to: characters.count, by: 2).map { String(characters[$0...($0 + 1)]) }.joined(
            separator: ":")
    }

    @Test(
        "the serial number is in decimal and hexadecimal digits, without zeros before them",
        arguments: [
            ("0", "0 (0x0)"), ("1", "1 (0x1)"), ("15", "15 (0xf)"), ("16", "16 (0x10)"), ("128", "128 (0x80)"),
            ("123456789", "123456789 (0x75bcd15)"), ("-255", "-255 (-0xff)"),
            (
                "0x7FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF",
                "730750818665451459101842416358141509827966271487 (0x7fffffffffffffffffffffffffffffffffffffff)"
            ),
        ])
    func serialNumber(number: String, text: String) throws {
        let certificate = try Certificate(pem: try program.makeCertificate(extra: ["-set_serial", number]))
        #expect(certificate.serialNumber == text)
    }

    @Test("a key matches its own certificate, and no other key does, of the same kind or another")
    func matches() throws {
        let certificate = try Certificate(pem: try program.makeCertificate())
        #expect(try certificate.matches(PrivateKey(pem: program.bytes("key.pem"))))
        #expect(try !certificate.matches(.generateP256()))
        for kind in [OpenSSLProgram.Kind.p384, .rsa, .ed25519] {
            #expect(try !certificate.matches(PrivateKey(pem: program.makeKey(kind, "other.pem"))))
            #expect(try isErrorQueueEmpty())
        }
    }

    @Test("an authority's certificate differs from one that it issued")
    func issued() throws {
        let authority = try TestAuthority(name: "Root")
        let root = try Certificate(pem: bytes(authority.authority.certificate))
        #expect(root.isSelfSigned)
        #expect(root.isAuthority)
        let leaf = try Certificate(pem: bytes(authority.issue("leaf").certificate))
        #expect(!leaf.isSelfSigned)
        #expect(!leaf.isAuthority)
        #expect(leaf.issuer == "CN=Root")
        #expect(leaf.subject == "CN=leaf")
        #expect(try isErrorQueueEmpty())
    }

    private func bytes(_ path: String) -> [UInt8] { Array(contents(of: path).utf8) }

    @Test("a certificate whose names say self-signed and whose signature does not is not self-signed")
    func namesake() throws {
        let authority = try TestAuthority(name: "device")
        let certificate = try Certificate(pem: bytes(authority.issue("device").certificate))
        #expect(certificate.subject == certificate.issuer)
        #expect(!certificate.isSelfSigned)
        #expect(try isErrorQueueEmpty())
    }

    @Test("a self-signed certificate with CA:FALSE is not an authority")
    func notAuthority() throws {
        let pem = try program.makeCertificate(extra: ["-addext", "basicConstraints=critical,CA:FALSE"])
        let certificate = try Certificate(pem: pem)
        #expect(certificate.isSelfSigned)
        #expect(!certificate.isAuthority)
    }

    @Test("PEM that is read is written as openssl wrote it")
    func pem() throws {
        let pem = try program.makeCertificate(.rsa)
        #expect(try Certificate(pem: pem).pem() == pem)
    }
}
