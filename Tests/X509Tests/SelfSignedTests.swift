import TestSupport
import Testing

@testable import X509

@Suite("Making a self-signed certificate")
struct SelfSignedTests {
    private let program: OpenSSLProgram
    private let key: PrivateKey
    private let certificate: Certificate

    init() throws {
        program = try OpenSSLProgram()
        key = try PrivateKey.generateP256()
        certificate = try .made(key: key)
        try program.write(try certificate.pem(), to: "certificate.pem")
        try program.write(try key.pem(), to: "key.pem")
    }

    private func x509(_ options: String...) throws -> String {
        try program.run(["x509", "-noout", "-in", program.path("certificate.pem")] + options)
    }

    @Test("openssl shows the names, in this order, as subject and issuer, each as UTF8String")
    func names() throws {
        #expect(
            try x509("-subject", "-issuer") == """
                subject=CN = device, O = Thin Edge, OU = Device
                issuer=CN = device, O = Thin Edge, OU = Device

                """)
        let types = try x509("-subject", "-nameopt", "show_type,sep_comma_plus")
        #expect(types == "subject=CN=UTF8STRING:device,O=UTF8STRING:Thin Edge,OU=UTF8STRING:Device\n")
    }

    @Test("openssl shows version 3, a key on P-256 and a signature by ECDSA with SHA-256")
    func algorithms() throws {
        let lines = try x509("-text").split(separator: "\n").map { $0.drop { $0 == " " } }
        #expect(lines.contains("Version: 3 (0x2)"))
        #expect(lines.contains("Public Key Algorithm: id-ecPublicKey"))
        #expect(lines.contains("ASN1 OID: prime256v1"))
        #expect(lines.filter { $0 == "Signature Algorithm: ecdsa-with-SHA256" }.count == 2)
    }

    @Test("openssl shows the dates, to the second")
    func dates() throws {
        #expect(
            try x509("-dates") == """
                notBefore=Nov 14 22:13:20 2023 GMT
                notAfter=Jan 15 08:00:00 2027 GMT

                """)
        #expect(certificate.notBefore == 1_700_000_000)
        #expect(certificate.notAfter == 1_800_000_000)
    }

    @Test("the extensions are a key identifier and the critical CA:TRUE, and no others")
    func extensions() throws {
        let lines = try x509("-text").split(separator: "\n").map { String($0.drop { $0 == " " }) }
        let headings = lines.filter { $0.hasPrefix("X509v3 ") }.map { String($0.filter { $0 != " " }) }
        #expect(
            headings == [
                "X509v3extensions:", "X509v3SubjectKeyIdentifier:", "X509v3BasicConstraints:critical",
            ])
        #expect(lines.contains("CA:TRUE"))
    }

    @Test("the key identifier is the beginning of the digest of the public key")
    func keyIdentifier() throws {
        try program.run(
            ["pkey", "-in", program.path("key.pem"), "-pubout", "-outform", "DER", "-out", program.path("public.der")])
        let digits = try x509("-ext", "subjectKeyIdentifier").split(separator: "\n").last?.filter(\.isHexDigit)
        #expect(digits == String(try program.sha256("public.der").prefix(40)))
    }

    @Test("the serial number is the beginning of the digest of the public point without its top bit")
    func serialNumber() throws {
        for number in 0..<12 {
            let key = try PrivateKey.generateP256()
            try program.write(try key.pem(), to: "key.pem")
            try program.write(try Certificate.made(key: key).pem(), to: "certificate.pem")
            try program.run(
                [
                    "pkey", "-in", program.path("key.pem"), "-pubout", "-outform", "DER", "-out",
                    program.path("public.der"),
                ])
            try program.write(try program.bytes("public.der").suffix(65), to: "point")
            let digest = try program.sha256("point").prefix(40)
            let first = try #require(Int(digest.prefix(2), radix: 16)) & 0x7F
            let expected = String(first, radix: 16, uppercase: true) + digest.dropFirst(2)
            let serial = try x509("-serial").dropFirst("serial=".count).dropLast()
            #expect(serial.drop { $0 == "0" } == expected.drop { $0 == "0" }, "certificate \(number)")
        }
    }

    @Test("the same key gives the same serial number, another key another")
    func serialNumberOfKey() throws {
        let again = try Certificate.made("other", key: key, notAfter: 1_900_000_000)
        #expect(again.serialNumber == certificate.serialNumber)
        #expect(try Certificate.made(key: .generateP256()).serialNumber != certificate.serialNumber)
    }

    @Test("openssl verifies the signature and accepts the certificate as an authority")
    func verify() throws {
        let path = program.path("certificate.pem")
        let arguments = ["verify", "-attime", "1750000000", "-check_ss_sig", "-CAfile", path]
        #expect(try program.run(arguments + [path]) == "\(path): OK\n")
        #expect(try x509("-purpose").contains("SSL client CA : Yes\n"))
        #expect(certificate.isSelfSigned)
        #expect(certificate.isAuthority)
    }

    @Test("a certificate can be signed with it for another key")
    func issue() throws {
        try program.makeKey(.p256, "leaf.key")
        try program.run(
            ["req", "-x509", "-new", "-key", program.path("leaf.key"), "-subj", "/CN=leaf", "-days", "2"]
                + ["-CA", program.path("certificate.pem"), "-CAkey", program.path("key.pem")]
                + ["-out", program.path("leaf.pem")])
        let leaf = try Certificate(pem: try program.bytes("leaf.pem"))
        #expect(leaf.issuer == certificate.subject)
        #expect(!leaf.isSelfSigned)
        let arguments = ["verify", "-partial_chain", "-no_check_time", "-CAfile", program.path("certificate.pem")]
        #expect(try program.run(arguments + [program.path("leaf.pem")]).hasSuffix(": OK\n"))
    }

    @Test("an empty organization or unit is left out")
    func emptyNames() throws {
        let certificate = try Certificate.selfSigned(
            commonName: "a", organization: "", organizationalUnit: "", key: key, notBefore: 0, notAfter: 1)
        #expect(certificate.subject == "CN=a")
        #expect(certificate.issuer == "CN=a")
    }

    @Test(
        "names outside ASCII and long ones are kept",
        arguments: ["gerät-äöü", "装置", String(repeating: "x", count: 200)])
    func awkwardNames(name: String) throws {
        let made = try Certificate.made(name, key: key)
        let read = try Certificate(pem: try made.pem())
        #expect(read.commonName == name)
        #expect(read.subject == "CN=\(name), O=Thin Edge, OU=Device")
    }

    @Test("the PEM is 64 characters wide with line feeds, and gives the same certificate again")
    func pem() throws {
        let pem = try certificate.pem()
        let lines = String(decoding: pem, as: UTF8.self).split(separator: "\n", omittingEmptySubsequences: false)
        #expect(lines.first == "-----BEGIN CERTIFICATE-----")
        #expect(lines.suffix(2) == ["-----END CERTIFICATE-----", ""])
        #expect(lines.dropFirst().dropLast(3).allSatisfy { $0.utf8.count == 64 })
        #expect(try Certificate(pem: pem).thumbprint == certificate.thumbprint)
        #expect(try Certificate(pem: pem).pem() == pem)
    }

    @Test(
        "a key of another kind, as a token may have it, signs for itself too",
        arguments: [OpenSSLProgram.Kind.rsa, .ed25519])
    func otherKeys(kind: OpenSSLProgram.Kind) throws {
        let key = try PrivateKey(pem: try program.makeKey(kind, "other.key"))
        let certificate = try Certificate.made(key: key)
        #expect(certificate.isSelfSigned && certificate.matches(key))
        let other = try Certificate.made(key: try PrivateKey(pem: try program.makeKey(kind, "another.key")))
        #expect(certificate.serialNumber != other.serialNumber)
        #expect(try isErrorQueueEmpty())
    }
}
