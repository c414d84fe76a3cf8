import TestSupport
import Testing

@testable import X509

@Suite("Names of subjects and issuers")
struct DistinguishedNameTests {
    private let program: OpenSSLProgram

    init() throws { program = try OpenSSLProgram() }

    private func certificate(_ subject: String, _ extra: [String] = []) throws -> Certificate {
        try Certificate(pem: try program.makeCertificate(subject: subject, extra: extra))
    }

    @Test(
        "attributes come in the certificate's order, with openssl's short names",
        arguments: [
            ("/CN=device/O=Thin Edge/OU=Device", "CN=device, O=Thin Edge, OU=Device"),
            ("/C=DE/ST=Bayern/L=München/O=Gerät & Söhne", "C=DE, ST=Bayern, L=München, O=Gerät & Söhne"),
            ("/O=b/O=a", "O=b, O=a"),
            ("/emailAddress=a@b.example/DC=example/UID=7", "emailAddress=a@b.example, DC=example, UID=7"),
            ("/CN=装置-👍", "CN=装置-👍"),
            ("/CN=a\\/b\\+c, d=e", "CN=a/b+c, d=e"),
            ("/", ""),
        ])
    func order(subject: String, text: String) throws {
        let certificate = try certificate(subject)
        #expect(certificate.subject == text)
        #expect(certificate.issuer == text)
    }

    @Test("attributes of one set are joined by a plus")
    func multivalued() throws {
        let certificate = try certificate("/CN=device+serialNumber=7/O=Thin Edge+OU=Device")
        #expect(certificate.subject.contains(", O"))
        let sets = certificate.subject.components(", ").map { Set($0.components(" + ")) }
        #expect(sets == [["CN=device", "serialNumber=7"], ["O=Thin Edge", "OU=Device"]])
    }

    @Test(
        "control characters are escaped in the text and kept in the common name",
        arguments: [
            ("a\u{1B}[31mb", "a\\u{1b}[31mb"),
            ("a\nb", "a\\u{a}b"),
            ("a\r\tb", "a\\u{d}\\u{9}b"),
            ("a\u{7F}b", "a\\u{7f}b"),
            ("a\u{9B}b", "a\\u{9b}b"),
            ("a\u{202E}b", "a\\u{202e}b"),
            ("a\u{200B}b", "a\\u{200b}b"),
            ("a\u{2028}b\u{2029}c", "a\\u{2028}b\\u{2029}c"),
        ])
    func controls(name: String, text: String) throws {
        let made = try Certificate.made(name, key: .generateP256())
        for certificate in [made, try certificate("/CN=\(name)")] {
            #expect(certificate.subject.hasPrefix("CN=\(text)"))
            #expect(!certificate.subject.contains(name))
            #expect(certificate.commonName == name)
        }
    }

    @Test("a zero byte does not end a name")
    func zero() throws {
        let certificate = try Certificate.made("good\u{0}.evil", key: .generateP256())
        #expect(certificate.commonName == "good\u{0}.evil")
        #expect(certificate.subject == "CN=good\\u{0}.evil, O=Thin Edge, OU=Device")
    }

    @Test(
        "names in older encodings are read",
        // The masks of ASN1_STRING types in openssl's configuration.
        arguments: [("MASK:0x800", "BMPSTRING"), ("MASK:0x4", "T61STRING"), ("utf8only", "UTF8STRING")])
    func encodings(mask: String, type: String) throws {
        let configuration = try program.write(
            Array("[req]\nstring_mask = \(mask)\ndistinguished_name = none\n[none]\n".utf8), to: "req.conf")
        let certificate = try certificate("/CN=Gerät", ["-config", configuration])
        let shown = try program.run(["asn1parse", "-in", program.path("certificate.pem")])
        #expect(shown.contains(type))
        #expect(certificate.subject == "CN=Gerät")
        #expect(certificate.commonName == "Gerät")
    }

    @Test("the common name is the last of several, and nil if there is none")
    func commonName() throws {
        #expect(try certificate("/CN=first/O=x/CN=last").commonName == "last")
        #expect(try certificate("/O=x").commonName == nil)
    }

    @Test("an attribute that openssl has no name for has its number")
    func unknownAttribute() throws {
        let configuration = try program.write(
            Array(
                "oid_section = oids\n[oids]\nstrange = 1.3.6.1.4.1.99999.1\n[req]\ndistinguished_name = none\n[none]\n"
                    .utf8),
            to: "req.conf")
        let certificate = try certificate("/CN=a/strange=b", ["-config", configuration])
        #expect(certificate.subject == "CN=a, 1.3.6.1.4.1.99999.1=b")
    }
}

extension String {
    fileprivate func components(_ separator: String) -> [String] { split(separator: separator).map(String.init) }
}
