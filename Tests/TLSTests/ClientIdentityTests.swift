import Glibc
import TestSupport
import Testing

@testable import TLS

@Suite("Certificates of clients")
struct ClientIdentityTests {
    private let authority: TestAuthority
    private let root: String

    init() throws {
        authority = try TestAuthority()
        root = authority.authority.certificate
    }

    private func server(_ extra: [String]) throws -> TLSServer {
        try TLSServer(
            try authority.issue("server", alternativeNames: "DNS:localhost"), answer: "hello",
            extra: ["--client-authority", root] + extra)
    }

    @Test("a server that asks for the client's certificate gets it", arguments: ["TLSv1_2", "TLSv1_3"])
    func presented(newest: String) throws {
        let server = try server(["--demand", "--newest", newest])
        let connection = try reach(server.port, .trusting(root, authority.issue("device-7")))
        try connection.ask()
        #expect(try connection.readAll() == [UInt8]("hello"))
        #expect(connection.isIdentityWanted)
        #expect(try server.request().client == "device-7")
    }

    @Test("a server that asks for a certificate without requiring it accepts none, and the request is recorded")
    func asked() throws {
        let server = try server([])
        let connection = try reach(server.port, .trusting(root))
        try connection.ask()
        #expect(try connection.readAll() == [UInt8]("hello"))
        #expect(connection.isIdentityWanted)
        #expect(try server.request().client == nil)
    }

    @Test("a certificate is not sent unless the server asks for it")
    func notAsked() throws {
        let server = try TLSServer(try authority.issue("server", alternativeNames: "DNS:localhost"), answer: "hello")
        let connection = try reach(server.port, .trusting(root, authority.issue("device-7")))
        try connection.ask()
        #expect(try connection.readAll() == [UInt8]("hello"))
        #expect(!connection.isIdentityWanted)
        #expect(try server.request().client == nil)
    }

    @Test("with TLS 1.3 the alert of a server that requires a certificate arrives after the handshake")
    func missing() throws {
        let server = try server(["--demand"])
        let connection = try reach(server.port, .trusting(root))
        #expect(throws: TLSError.alert(number: 116)) { try connection.read(until: later) }
        #expect(connection.isIdentityWanted)
    }

    @Test("with TLS 1.2 the alert of a server that requires a certificate ends the handshake")
    func missingOlder() throws {
        let server = try server(["--demand", "--newest", "TLSv1_2"])
        #expect(throws: TLSError.alert(number: 40)) { try reach(server.port, .trusting(root)) }
    }

    @Test("the alert about a certificate of an unknown authority is reported")
    func unknownAuthority() throws {
        let other = try TestAuthority(name: "Other")
        let server = try server(["--demand"])
        let connection = try reach(server.port, .trusting(root, other.issue("device-7")))
        #expect(throws: TLSError.alert(number: 48)) { try connection.read(until: later) }
    }

    @Test("the chain after the certificate is sent with it")
    func chain() throws {
        let directory = try TemporaryDirectory()
        let request = ["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2"]
        let middle = TestAuthority.Identity(
            certificate: directory.file("middle.pem"), key: directory.file("middle.key"))
        let leaf = TestAuthority.Identity(certificate: directory.file("leaf.pem"), key: directory.file("leaf.key"))
        for (identity, name, parent) in [(middle, "middle", authority.authority), (leaf, "leaf", middle)] {
            let files = ["-keyout", identity.key, "-out", identity.certificate, "-subj", "/CN=\(name)"]
            let result = try ChildProcess.run(
                "openssl", request + files + ["-CA", parent.certificate, "-CAkey", parent.key])
            #expect(result.exit == .status(0), "\(result.errors)")
        }
        let both = contents(of: leaf.certificate) + contents(of: middle.certificate)
        let path = try directory.write(both, to: "chain.pem")
        let server = try server(["--demand"])
        let connection = try reach(server.port, .trusting(root, .init(certificate: path, key: leaf.key)))
        try connection.ask()
        #expect(try connection.readAll() == [UInt8]("hello"))
        #expect(try server.request().client == "leaf")
    }

    @Test("unusable files are reported with their path and a reason before anything is sent")
    func unusable() throws {
        let directory = try TemporaryDirectory()
        let good = try authority.issue("device-7")
        let other = try authority.issue("device-8")
        let missing = directory.file("none")
        let text = try directory.write("hello\n", to: "text")
        let encrypted = directory.file("encrypted")
        let made = try ChildProcess.run(
            "openssl", ["pkey", "-aes256", "-passout", "pass:secret", "-in", good.key, "-out", encrypted])
        #expect(made.exit == .status(0))
        let cases: [(String, String, String, String?)] = [
            (missing, good.key, missing, "No such file or directory (os error 2)"),
            (good.certificate, missing, missing, "No such file or directory (os error 2)"),
            (text, good.key, text, "no start line"),
            (good.key, good.key, good.key, "no start line"),
            (good.certificate, text, text, nil),
            (good.certificate, good.certificate, good.certificate, nil),
            (good.certificate, other.key, other.key, "key values mismatch"),
            (good.certificate, encrypted, encrypted, nil),
        ]
        for (certificate, key, path, reason) in cases {
            let error = #expect(throws: TLSError.self) {
                try reach(1, .trusting(root, .init(certificate: certificate, key: key)))
            }
            guard case .identityUnusable(path, let found) = error else {
                Issue.record("\(String(describing: error))")
                continue
            }
            #expect(found == reason ?? found)
            #expect(found != "unknown error")
        }
    }

    @Test(
        "a key whose signatures the server does not accept is reported, because no certificate was sent",
        arguments: [("-tls1_2", "handshake failure"), ("-tls1_3", "certificate required")])
    func unfit(version: String, alert: String) throws {
        let directory = try TemporaryDirectory()
        let unfit = TestAuthority.Identity(certificate: directory.file("ed.pem"), key: directory.file("ed.key"))
        let made = try ChildProcess.run(
            "openssl",
            [
                "req", "-x509", "-newkey", "ed25519", "-nodes", "-days", "2", "-subj", "/CN=device-7", "-keyout",
                unfit.key,
                "-out", unfit.certificate, "-CA", authority.authority.certificate, "-CAkey", authority.authority.key,
            ])
        #expect(made.exit == .status(0), "\(made.errors)")
        let server = try authority.issue("server", alternativeNames: "DNS:localhost")
        let port = try freePort()
        let process = try ChildProcess(
            "openssl",
            [
                "s_server", "-accept", "127.0.0.1:\(port)", "-cert", server.certificate, "-key", server.key, "-CAfile",
                root,
                "-Verify", "1", "-verify_return_error", "-client_sigalgs", "ECDSA+SHA256", version, "-www",
            ], output: directory.file("log"), errors: directory.file("log"))
        defer { process.kill() }
        try #require(eventually { isListening(port) })
        signal(SIGPIPE, SIG_IGN)
        let run = { (identity: TestAuthority.Identity) in
            TLSProbe.run(
                host: "localhost", port: port, options: .trusting(root, identity), timeout: .seconds(2), until: later,
                interrupted: { false })
        }
        let found = run(unfit)
        #expect(found.failure == .identityUnfit(seen: "TLS alert '\(alert)'"))
        #expect(found.isServerTrusted && found.isIdentityWanted)
        #expect(run(try authority.issue("device-7")).failure == nil)
    }
}
