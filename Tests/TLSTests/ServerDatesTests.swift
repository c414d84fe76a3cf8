import Foundation
import TestSupport
import Testing
import X509

@testable import TLS

@Suite("Certificates of servers that sign for themselves")
struct ServerDatesTests {
    private let directory: TemporaryDirectory
    private let now = Int64(Date().timeIntervalSince1970)

    init() throws { directory = try TemporaryDirectory() }

    private func identity(from notBefore: Int64, to notAfter: Int64) throws -> TestAuthority.Identity {
        let key = try PrivateKey.generateP256()
        let certificate = try Certificate.selfSigned(
            commonName: "localhost", organization: "", organizationalUnit: "", key: key, notBefore: notBefore,
            notAfter: notAfter)
        return TestAuthority.Identity(
            certificate: try directory.write(String(decoding: try certificate.pem(), as: UTF8.self), to: "server.pem"),
            key: try directory.write(String(decoding: try key.pem(), as: UTF8.self), to: "server.key"))
    }

    @Test("a self-signed certificate is trusted only if it is one of the trusted roots")
    func selfSigned() throws {
        let identity = try identity(from: now - 60, to: now + 3_600)
        let server = try TLSServer(identity)
        #expect(throws: TLSError.untrusted(code: 18, reason: "self-signed certificate")) {
            try reach(server.port, TLSOptions(roots: []))
        }
        #expect(throws: Never.self) { try reach(server.port, .trusting(identity.certificate)) }
    }

    @Test("an expired certificate is reported with its last second")
    func expired() throws {
        let identity = try identity(from: now - 3_600, to: now - 60)
        let server = try TLSServer(identity)
        #expect(throws: TLSError.serverExpired(notAfter: now - 60)) {
            try reach(server.port, .trusting(identity.certificate))
        }
    }

    @Test("a certificate that is not valid yet is reported with its first second")
    func notYetValid() throws {
        let identity = try identity(from: now + 3_600, to: now + 7_200)
        let server = try TLSServer(identity)
        #expect(throws: TLSError.serverNotYetValid(notBefore: now + 3_600)) {
            try reach(server.port, .trusting(identity.certificate))
        }
    }

    @Test("an expired certificate that is not trusted either is reported as untrusted")
    func expiredAndUnknown() throws {
        let server = try TLSServer(try identity(from: now - 3_600, to: now - 60))
        #expect(throws: TLSError.untrusted(code: 18, reason: "self-signed certificate")) {
            try reach(server.port, TLSOptions(roots: []))
        }
    }
}
