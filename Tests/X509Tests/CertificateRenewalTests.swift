import TestSupport
import Testing

@testable import X509

@Suite("Renewing a self-signed certificate")
struct CertificateRenewalTests {
    private let program: OpenSSLProgram

    init() throws { program = try OpenSSLProgram() }

    @Test("subject, key and extensions stay; dates and serial number are new, and openssl finds it good")
    func same() throws {
        let key = try PrivateKey.generateP256()
        let old = try Certificate.made("gerät", key: key)
        let renewed = try old.renewed(by: key, notBefore: 1_790_000_000, notAfter: 2_600_000_000)
        #expect(renewed.subject == old.subject && renewed.issuer == old.issuer)
        #expect(renewed.matches(key) && renewed.isSelfSigned && renewed.isAuthority)
        #expect(renewed.notBefore == 1_790_000_000 && renewed.notAfter == 2_600_000_000)
        #expect(old.notAfter == 1_800_000_000)
        #expect(renewed.serialNumber != old.serialNumber)
        #expect(renewed.thumbprint != old.thumbprint)
        let text = try ["old": old, "new": renewed].mapValues { certificate in
            let file = try program.write(try certificate.pem(), to: "certificate.pem")
            try program.run(["verify", "-CAfile", file, "-check_ss_sig", "-no_check_time", file])
            return try program.run(
                ["x509", "-noout", "-subject", "-ext", "basicConstraints,subjectKeyIdentifier", "-in", file])
        }
        #expect(text["old"] == text["new"])
    }

    @Test("no two serial numbers are the same, and each is positive and has 20 bytes")
    func serialNumbers() throws {
        let key = try PrivateKey.generateP256()
        let old = try Certificate.made(key: key)
        var seen: Set<String> = []
        for _ in 0..<50 {
            let number = try old.renewed(by: key, notBefore: 0, notAfter: 1).serialNumber
            #expect(!number.hasPrefix("-"))
            #expect(number.split(separator: " ").last?.utf8.count == "(0x)".utf8.count + 40)
            seen.insert(number)
        }
        #expect(seen.count == 50)
    }

    @Test("keys of other kinds sign as well", arguments: [OpenSSLProgram.Kind.rsa, .p384, .ed25519])
    func kinds(kind: OpenSSLProgram.Kind) throws {
        let old = try Certificate(pem: try program.makeCertificate(kind))
        let key = try PrivateKey(pem: try program.bytes("key.pem"))
        let renewed = try old.renewed(by: key, notBefore: 1_790_000_000, notAfter: 1_890_000_000)
        #expect(renewed.isSelfSigned && renewed.matches(key))
    }

    @Test("a date that a certificate cannot hold is refused")
    func date() throws {
        let key = try PrivateKey.generateP256()
        let old = try Certificate.made(key: key)
        #expect(throws: X509Error.invalidDate(.max)) { try old.renewed(by: key, notBefore: 0, notAfter: .max) }
    }
}
