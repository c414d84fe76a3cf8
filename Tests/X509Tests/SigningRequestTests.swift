import Foundation
import TestSupport
import Testing

@testable import X509

@Suite("Reading a certificate signing request")
struct SigningRequestTests {
    private let program: OpenSSLProgram

    init() throws { program = try OpenSSLProgram() }

    @Test("a request of openssl is read, with its name and key")
    func reads() throws {
        let key = try PrivateKey(pem: try program.makeKey(.p256))
        try program.run(
            ["req", "-new", "-key", program.path("key.pem"), "-subj", "/CN=device-1/O=x"]
                + ["-out", program.path("request.pem")])
        let request = try SigningRequest(pem: try program.bytes("request.pem"))
        #expect(request.commonName == "device-1")
        #expect(request.matches(key))
        #expect(try !request.matches(.generateP256()))
        try program.run(["req", "-in", program.path("request.pem"), "-outform", "DER", "-out", program.path("der")])
        let text = try request.base64()
        #expect(text.split(separator: 10).allSatisfy { $0.count <= 64 })
        let decoded = Data(base64Encoded: Data(text.filter { $0 != 10 })).map { [UInt8]($0) }
        #expect(decoded == (try program.bytes("der")))
    }

    @Test("a text that is not a request, or not signed with its key, is refused")
    func broken() throws {
        #expect(throws: X509Error.noPEM(label: "CERTIFICATE REQUEST")) { try SigningRequest(pem: []) }
        let pem = try CertificateRequest.pem(
            commonName: "a", organization: "b", organizationalUnit: "c", key: .generateP256())
        var der = Array(Data(base64Encoded: Data(try SigningRequest(pem: pem).base64().filter { $0 != 10 })) ?? Data())
        let end = try #require(der.indices.last)
        der[end] ^= 1
        let head = "-----BEGIN CERTIFICATE REQUEST-----\n", tail = "\n-----END CERTIFICATE REQUEST-----\n"
        let forged = head + Data(der).base64EncodedString() + tail
        #expect(throws: X509Error.self) { try SigningRequest(pem: Array(forged.utf8)) }
        #expect(throws: X509Error.self) { try SigningRequest(pem: Array((head + "AAAA" + tail).utf8)) }
        #expect(try isErrorQueueEmpty())
    }
}
