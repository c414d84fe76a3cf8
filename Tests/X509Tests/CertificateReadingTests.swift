import Foundation
import TestSupport
import Testing

@testable import X509

@Suite("Reading certificates")
struct CertificateReadingTests {
    private let program: OpenSSLProgram
    private let pem: [UInt8]

    init() throws {
        program = try OpenSSLProgram()
        pem = try program.makeCertificate()
    }

    private func expectNoPEM(_ bytes: [UInt8], _ comment: Comment) throws {
        #expect(throws: X509Error.noPEM(label: "CERTIFICATE"), comment) { try Certificate(pem: bytes) }
        #expect(try isErrorQueueEmpty(), comment)
        #expect(throws: X509Error.noPEM(label: "CERTIFICATE"), comment) { try Certificate.all(inPEM: bytes) }
        #expect(try isErrorQueueEmpty(), comment)
    }

    @Test(
        "the kind of each key has its size or curve",
        arguments: [
            (OpenSSLProgram.Kind.p256, "EC P-256"), (.p384, "EC P-384"), (.p521, "EC P-521"),
            (.secp256k1, "EC secp256k1"), (.rsa, "RSA 2048"), (.ed25519, "ED25519"),
        ])
    func kinds(kind: OpenSSLProgram.Kind, name: String) throws {
        let certificate = try Certificate(pem: try program.makeCertificate(kind))
        #expect(try PrivateKey(pem: program.bytes("key.pem")).kind == name)
        #expect(certificate.subject == "CN=device")
        #expect(certificate.isSelfSigned)
        #expect(try certificate.matches(PrivateKey(pem: program.bytes("key.pem"))))
        #expect(try isErrorQueueEmpty())
    }

    @Test("a chain's certificates are read in their order, and the first one alone")
    func chain() throws {
        let chain = try ["/CN=leaf", "/CN=middle", "/CN=root"].map { try program.makeCertificate(subject: $0) }
        let joined = Array(chain.joined())
        #expect(try Certificate.all(inPEM: joined).map(\.subject) == ["CN=leaf", "CN=middle", "CN=root"])
        #expect(try Certificate(pem: joined).subject == "CN=leaf")
        #expect(try isErrorQueueEmpty())
    }

    @Test("text around certificates, a key between them and carriage returns do not matter")
    func surroundings() throws {
        let key = try program.bytes("key.pem")
        let text = Array("Certificate:\n    Data:\n\n".utf8)
        let windows =
            Array(String(decoding: pem, as: UTF8.self).split(separator: "\n").joined(separator: "\r\n").utf8) + [
                13, 10,
            ]
        let expected = try Certificate(pem: pem).thumbprint
        for variant in [text + pem, key + pem, pem + key, windows, pem + text, [0xEF, 0xBB, 0xBF, 0x0A] + pem] {
            #expect(try Certificate(pem: variant).thumbprint == expected)
            #expect(try Certificate.all(inPEM: variant).map(\.thumbprint) == [expected])
        }
        #expect(
            try Certificate.all(inPEM: text + pem + key + windows + text).map(\.thumbprint) == [expected, expected])
    }

    @Test("the older name of the block is read")
    func labels() throws {
        let expected = try Certificate(pem: pem).thumbprint
        let text = String(decoding: pem, as: UTF8.self)
        let older = text.split(separator: "\n").joined(separator: "\n").replacing(
            " CERTIFICATE-", with: " X509 CERTIFICATE-")
        #expect(try Certificate(pem: Array(older.utf8)).thumbprint == expected)
    }

    @Test("a text without a certificate is reported as such")
    func none() throws {
        try expectNoPEM([], "nothing")
        try expectNoPEM(Array("\n\n".utf8), "empty lines")
        try expectNoPEM(Array("hello, world\n".utf8), "text")
        try expectNoPEM([UInt8](repeating: 0, count: 70_000), "zeros")
        try expectNoPEM((0..<70_000).map { UInt8(truncatingIfNeeded: $0 &* 2_654_435_761 >> 13) }, "noise")
        try expectNoPEM(try program.bytes("key.pem"), "a key")
        try program.run(
            ["x509", "-outform", "DER", "-in", program.path("certificate.pem"), "-out", program.path("der")])
        try expectNoPEM(try program.bytes("der"), "DER")
        let request = try program.run(["req", "-new", "-key", program.path("key.pem"), "-subj", "/CN=device"])
        try expectNoPEM(Array(request.utf8), "a request")
    }

    @Test("a certificate cut off anywhere is an error, and never a certificate")
    func truncated() throws {
        // The last line feed may be missing.
        for count in 0..<(pem.count - 1) {
            let part = Array(pem.prefix(count))
            #expect(throws: X509Error.self, "\(count) bytes") { try Certificate(pem: part) }
            #expect(try isErrorQueueEmpty())
            guard count > 40 else { continue }
            #expect(throws: X509Error.self, "\(count) bytes of a second one") { try Certificate.all(inPEM: pem + part) }
        }
        #expect(try Certificate.all(inPEM: pem + pem.dropLast()).count == 2)
    }

    @Test(
        "a damaged certificate is an error with OpenSSL's reason",
        arguments: [
            ("%%%%", "bad base64 decode"), ("AAAA", "wrong tag"), ("MAA=", "field missing"),
        ])
    func damaged(body: String, reason: String) throws {
        let text = "-----BEGIN CERTIFICATE-----\n\(body)\n-----END CERTIFICATE-----\n"
        let error = #expect(throws: X509Error.self) { try Certificate(pem: Array(text.utf8)) }
        guard case .openSSL(.readCertificate, let found?) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(found == reason)
        #expect(error?.description == "OpenSSL cannot read the certificate: \(reason)")
        #expect(try isErrorQueueEmpty())
        #expect(throws: X509Error.openSSL(.readCertificate, reason: reason)) {
            try Certificate.all(inPEM: pem + Array(text.utf8))
        }
        #expect(try isErrorQueueEmpty())
    }

    @Test("old errors in OpenSSL's queue are not taken for a failure")
    func leftErrors() throws {
        let crypto = try CryptoLibrary.open()
        func leaveError() { #expect(crypto.EVP_PKEY_CTX_new_from_name(nil, "none", nil) == nil) }
        leaveError()
        #expect(throws: X509Error.noPEM(label: "CERTIFICATE")) { try Certificate(pem: []) }
        leaveError()
        #expect(try Certificate.all(inPEM: pem).count == 1)
        leaveError()
        let damaged = "-----BEGIN CERTIFICATE-----\n%%%%\n-----END CERTIFICATE-----\n"
        #expect(throws: X509Error.openSSL(.readCertificate, reason: "bad base64 decode")) {
            try Certificate(pem: Array(damaged.utf8))
        }
        leaveError()
        #expect(throws: Never.self) { try Certificate.made(key: .generateP256()) }
        #expect(try isErrorQueueEmpty())
    }

    @Test("an empty block is an error for which OpenSSL has no reason")
    func emptyBlock() throws {
        let text = "-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----\n"
        #expect(throws: X509Error.openSSL(.readCertificate, reason: nil)) { try Certificate(pem: Array(text.utf8)) }
    }

    @Test("a bit turned in a certificate is an error or breaks its signature")
    func turnedBits() throws {
        try program.run(
            ["x509", "-outform", "DER", "-in", program.path("certificate.pem"), "-out", program.path("der")])
        let der = try program.bytes("der")
        for index in stride(from: 0, to: der.count, by: 7) {
            var damaged = der
            damaged[index] ^= 1 << (index % 8)
            let text = "-----BEGIN CERTIFICATE-----\n\(base64(damaged))-----END CERTIFICATE-----\n"
            let certificate = try? Certificate(pem: Array(text.utf8))
            #expect(certificate?.isSelfSigned != true, "byte \(index)")
            #expect(try isErrorQueueEmpty())
        }
    }

    private func base64(_ bytes: [UInt8]) -> String {
        let text = Array(Data(bytes).base64EncodedString())
        return stride(from: 0, to: text.count, by: 64).map { String(text[$0..<min($0 + 64, text.count)]) + "\n" }
            .joined()
    }

    @Test("a certificate with OpenSSL's trust in it is read, and written without")
    func trusted() throws {
        let openssl = try OpenSSLProgram()
        let plain = try openssl.makeCertificate()
        try openssl.run([
            "x509", "-in", openssl.path("certificate.pem"), "-trustout", "-out", openssl.path("trusted.pem"),
        ])
        let trusted = try openssl.bytes("trusted.pem")
        #expect(String(decoding: trusted, as: UTF8.self).hasPrefix("-----BEGIN TRUSTED CERTIFICATE-----"))
        #expect(try Certificate(pem: trusted).pem() == plain)
        #expect(try Certificate.all(inPEM: trusted + plain).count == 2)
    }

    @Test("an authority is the issuer of what it has signed, and not the reverse")
    func issuer() throws {
        let authority = try TestAuthority()
        let issued = try authority.issue("device")
        let read = { (path: String) in try Certificate(pem: Array(contents(of: path).utf8)) }
        let (above, below) = (try read(authority.authority.certificate), try read(issued.certificate))
        #expect(above.isIssuer(of: below) && !below.isIssuer(of: above) && !below.isIssuer(of: below))
        #expect(try isErrorQueueEmpty())
    }
}
