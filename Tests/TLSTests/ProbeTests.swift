import Foundation
import TestSupport
import Testing

@testable import TLS

@Suite("Handshakes that only look")
struct ProbeTests {
    private let authority: TestAuthority
    private let root: String

    init() throws {
        authority = try TestAuthority()
        root = authority.authority.certificate
        signal(SIGPIPE, SIG_IGN)
    }

    private func probe(_ port: UInt16, _ identity: TestAuthority.Identity? = nil, root: String? = nil) -> TLSProbe {
        TLSProbe.run(
            host: "localhost", port: port, options: .trusting(root ?? self.root, identity), timeout: .seconds(2),
            until: later, interrupted: { false })
    }

    private func broker(_ lines: [String]) throws -> MosquittoBroker {
        let server = try authority.issue("localhost", alternativeNames: "DNS:localhost")
        return try MosquittoBroker(
            listener: ["cafile \(root)", "certfile \(server.certificate)", "keyfile \(server.key)"] + lines)
    }

    @Test(
        "a refused certificate causes the same alert each time, whatever the version",
        arguments: ["tlsv1.2", "tlsv1.3"])
    func refused(version: String) throws {
        let broker = try broker(["require_certificate true", "tls_version \(version)"])
        let other = try TestAuthority(name: "Other")
        defer { withExtendedLifetime(other) {} }
        let stranger = try other.issue("device-7")
        for _ in 1...20 {
            let found = probe(broker.port, stranger)
            #expect(found == TLSProbe(failure: .alert(number: 48), isServerTrusted: true, isIdentityWanted: true))
        }
    }

    @Test("a server that accepts the certificate keeps the connection, and a server that asks for none is reported")
    func kept() throws {
        let asking = try broker(["require_certificate true"])
        let identity = try authority.issue("device-7")
        #expect(probe(asking.port, identity) == TLSProbe(failure: nil, isServerTrusted: true, isIdentityWanted: true))
        let other = try broker(["allow_anonymous true"])
        #expect(probe(other.port, identity) == TLSProbe(failure: nil, isServerTrusted: true, isIdentityWanted: false))
    }

    @Test("a server that is not trusted, or that ends before it sends a certificate, is not reported as trusted")
    func untrusted() throws {
        let broker = try broker(["allow_anonymous true"])
        let other = try TestAuthority(name: "Other")
        defer { withExtendedLifetime(other) {} }
        let found = probe(broker.port, root: other.authority.certificate)
        #expect(!found.isServerTrusted)
        guard case .untrusted? = found.failure else {
            Issue.record("\(found)")
            return
        }
        let closing = try FakeServer { _ in }
        #expect(probe(closing.port) == TLSProbe(failure: .closed(.handshake)))
    }

    @Test("an expired authority of the device is named, and the server is not blamed")
    func authorityExpired() throws {
        let directory = try TemporaryDirectory()
        let old = directory.file("old.pem")
        // The same key and name as the authority that has signed, in a certificate of yesterday.
        let made = try ChildProcess.run(
            "faketime",
            [
                "-f", "-10d", "openssl", "req", "-x509", "-new", "-key", authority.authority.key, "-days", "5", "-subj",
                "/CN=Test Authority", "-addext", "keyUsage=critical,keyCertSign,cRLSign", "-out", old,
            ])
        #expect(made.exit == .status(0), "\(made.errors)")
        let broker = try broker(["allow_anonymous true"])
        let found = probe(broker.port, root: old)
        guard case .authorityExpired("Test Authority", let end)? = found.failure else {
            Issue.record("\(found)")
            return
        }
        #expect(end < Int64(Date().timeIntervalSince1970) && !found.isServerTrusted)
    }

    @Test("a certificate that OpenSSL's security level rejects is too weak, not untrusted")
    func weak() throws {
        let directory = try TemporaryDirectory()
        let weak = TestAuthority.Identity(certificate: directory.file("weak.pem"), key: directory.file("weak.key"))
        let made = try ChildProcess.run(
            "openssl",
            [
                "req", "-x509", "-newkey", "rsa:1024", "-nodes", "-days", "2", "-subj", "/CN=localhost", "-keyout",
                weak.key,
                "-out", weak.certificate, "-CA", root, "-CAkey", authority.authority.key, "-addext",
                "subjectAltName=DNS:localhost",
            ])
        #expect(made.exit == .status(0), "\(made.errors)")
        let port = try freePort()
        let process = try ChildProcess(
            "openssl",
            [
                "s_server", "-accept", "127.0.0.1:\(port)", "-cert", weak.certificate, "-key", weak.key, "-cipher",
                "DEFAULT@SECLEVEL=0", "-www",
            ], output: directory.file("log"), errors: directory.file("log"))
        defer { process.kill() }
        try #require(eventually { isListening(port) })
        #expect(probe(port).failure == .tooWeak(reason: "EE certificate key too weak"))
    }
}
