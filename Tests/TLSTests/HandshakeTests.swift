import Foundation
import TestSupport
import Testing

@testable import TLS

@Suite("TLS handshakes")
struct HandshakeTests {
    static let names = "DNS:localhost,DNS:device.example,IP:127.0.0.1"
    private let authority: TestAuthority
    private let trusting: TLSOptions

    init() throws {
        authority = try TestAuthority()
        trusting = .trusting(authority.authority.certificate)
    }

    private func server(_ names: String? = names, answer: String = "hello", extra: [String] = []) throws -> TLSServer {
        try TLSServer(try authority.issue("server", alternativeNames: names), answer: answer, extra: extra)
    }

    @Test("a server with a certificate of the given authority is trusted, and bytes flow in both directions")
    func verified() throws {
        let server = try server()
        let connection = try reach(server.port, trusting)
        try connection.ask()
        #expect(try connection.readAll() == [UInt8]("hello"))
        let request = try server.request()
        #expect(request.head == "GET / HTTP/1.1")
        #expect(request.serverName == "localhost")
        #expect(request.client == nil)
        #expect(request.version == "TLSv1.3")
        #expect(!connection.isIdentityWanted)
    }

    @Test("a server that supports only TLS 1.2 is accepted")
    func older() throws {
        let server = try server(extra: ["--newest", "TLSv1_2"])
        let connection = try reach(server.port, trusting)
        try connection.ask()
        #expect(try connection.readAll() == [UInt8]("hello"))
        #expect(try server.request().version == "TLSv1.2")
    }

    @Test("a server that supports only TLS 1.1 ends the handshake with an alert")
    func tooOld() throws {
        let server = try server(extra: ["--newest", "TLSv1_1"])
        #expect(throws: TLSError.alert(number: 70)) { try reach(server.port, trusting) }
    }

    @Test(
        "an address is compared with the certificate's addresses and is not sent as a server name",
        arguments: ["127.0.0.1", "[127.0.0.1]"])
    func address(host: String) throws {
        let server = try server()
        let connection = try reach(server.port, trusting, host: host)
        try connection.ask()
        #expect(try connection.readAll() == [UInt8]("hello"))
        #expect(try server.request().serverName == nil)
    }

    @Test("a directory of authorities is searched by hashed names")
    func directory() throws {
        let server = try server()
        let directory = try TemporaryDirectory()
        try directory.write(contents(of: authority.authority.certificate), to: "root.pem")
        let unhashed = #expect(throws: TLSError.self) { try reach(server.port, .trusting(directory.path)) }
        guard case .untrusted = unhashed else {
            Issue.record("\(String(describing: unhashed))")
            return
        }
        #expect(try ChildProcess.run("openssl", ["rehash", directory.path]).exit == .status(0))
        #expect(throws: Never.self) { try reach(server.port, .trusting(directory.path)) }
    }

    @Test("the authorities of all locations are trusted")
    func several() throws {
        let other = try TestAuthority(name: "Other")
        let server = try server()
        let options = TLSOptions(roots: [.path(other.authority.certificate), .path(authority.authority.certificate)])
        #expect(throws: Never.self) { try reach(server.port, options) }
    }

    @Test("an unknown authority is not trusted")
    func unknownAuthority() throws {
        let other = try TestAuthority(name: "Other")
        let server = try server()
        let reason = "unable to get local issuer certificate"
        #expect(throws: TLSError.untrusted(code: 20, reason: reason)) {
            try reach(server.port, .trusting(other.authority.certificate))
        }
        #expect(throws: TLSError.untrusted(code: 20, reason: reason)) {
            try reach(server.port, TLSOptions(roots: []))
        }
    }

    @Test("an authority of the same name with another key is not trusted")
    func namesake() throws {
        let namesake = try TestAuthority()
        let server = try server()
        let error = #expect(throws: TLSError.self) {
            try reach(server.port, .trusting(namesake.authority.certificate))
        }
        guard case .untrusted = error else {
            Issue.record("\(String(describing: error))")
            return
        }
    }

    @Test(
        "a name that is not in the certificate is an error with the names that are",
        arguments: ["127.0.0.2", "::1"])
    func wrongAddress(host: String) throws {
        // The server is reached through a proxy, which does not care for the name.
        let server = try server()
        let port = server.port
        let proxy = try FakeServer { connection in
            _ = connection.readHead()
            connection.write([UInt8]("HTTP/1.1 200 OK\r\n\r\n"))
            connection.relay(to: port)
        }
        let names = ["localhost", "device.example", "127.0.0.1"]
        #expect(throws: TLSError.wrongHost(host: host, names: names)) {
            try reach(443, trusting, host: host, proxy: TLSProxy(host: "127.0.0.1", port: proxy.port))
        }
    }

    @Test(
        "the certificate of another host is an error with its names",
        arguments: [
            ("DNS:other.example", ["other.example"]), ("DNS:*.localhost,IP:127.0.0.1", ["*.localhost", "127.0.0.1"]),
            ("DNS:localhost.evil,DNS:xlocalhost", ["localhost.evil", "xlocalhost"]), ("email:a@localhost", []),
            ("IP:::1,IP:10.0.0.1", ["::1", "10.0.0.1"]),
        ])
    func wrongHost(alternatives: String, names: [String]) throws {
        let server = try server(alternatives)
        #expect(throws: TLSError.wrongHost(host: "localhost", names: names)) { try reach(server.port, trusting) }
    }

    @Test("a certificate without alternative names is valid only for its common name")
    func commonName() throws {
        let server = try TLSServer(try authority.issue("localhost"), answer: "hello")
        #expect(throws: Never.self) { try reach(server.port, trusting) }
        #expect(throws: TLSError.wrongHost(host: "127.0.0.1", names: [])) {
            try reach(server.port, trusting, host: "127.0.0.1")
        }
    }

    @Test("long bodies flow in both directions, with a server that reads late")
    func large() throws {
        let text = String(repeating: "0123456789abcdef", count: 1 << 16)
        let server = try server(answer: text, extra: ["--part", "1000"])
        let connection = try reach(server.port, trusting)
        let head = [UInt8]("POST / HTTP/1.1\r\nContent-Length: \(4 << 20)\r\n\r\n")
        try connection.write(head + [UInt8](repeating: 7, count: 4 << 20), until: later)
        #expect(try connection.readAll() == [UInt8](text))
        #expect(try server.request().bodySize == 4 << 20)
    }

    @Test("reading and writing report a server that closed without a closing alert")
    func gone() throws {
        let server = try server(extra: ["--ending", "close"])
        let reader = try reach(server.port, trusting)
        try reader.ask()
        #expect(try reader.read(until: later) == [UInt8]("hello"))
        #expect(throws: TLSError.closed(.read)) { try reader.read(until: later) }
        let writer = try reach(server.port, trusting)
        try writer.ask()
        #expect(try writer.read(until: later) == [UInt8]("hello"))
        // The first bytes are what the server's machine answers with a reset.
        #expect(throws: TLSError.closed(.write)) {
            while true { try writer.ask() }
        }
    }

    @Test("after a server's closing alert every read returns nothing")
    func goodbye() throws {
        let server = try server()
        let connection = try reach(server.port, trusting)
        try connection.ask()
        #expect(try connection.readAll() == [UInt8]("hello"))
        #expect(try connection.read(until: later) == [])
        connection.shutDown()
        #expect(try connection.read(until: later) == [])
    }

    @Test("errors that other calls left in OpenSSL's error queue disturb neither writing nor reading")
    func leftErrors() throws {
        let server = try server()
        let connection = try reach(server.port, trusting)
        let call = try SSLLibrary.open()
        let context = try #require(call.SSL_CTX_new(call.TLS_client_method()))
        defer { call.SSL_CTX_free(context) }
        func leaveError() { #expect(call.SSL_CTX_load_verify_file(context, "/nonexistent") == 0) }
        leaveError()
        try connection.ask()
        leaveError()
        #expect(try connection.readAll() == [UInt8]("hello"))
    }
}
