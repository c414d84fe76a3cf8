import Foundation
import Synchronization
import TestSupport
import Testing

@testable import TLS

@Suite("Ways through a proxy")
struct ProxyTunnelTests {
    private let nobody = TLSOptions(roots: [])

    private func way(_ proxy: FakeServer, _ authorization: String? = nil) -> TLSProxy {
        TLSProxy(host: "127.0.0.1", port: proxy.port, authorization: authorization)
    }

    /// A proxy that answers and goes on reading.
    private func proxy(_ answer: String) throws -> FakeServer {
        try FakeServer { connection in
            _ = connection.readHead()
            connection.write([UInt8](answer))
            connection.drain()
        }
    }

    @Test(
        "TLS runs through a tunnel to the host's name and port, and the host is verified",
        arguments: [
            "HTTP/1.1 200 Connection established\r\n\r\n", "HTTP/1.0 200 OK\r\nVia: x\r\nContent-Length: 0\r\n\r\n",
        ],
        [("localhost", "localhost"), ("::1", "[::1]"), ("[::1]", "[::1]")])
    func tunnel(answer: String, names: (String, String)) throws {
        let authority = try TestAuthority()
        let server = try TLSServer(
            try authority.issue("server", alternativeNames: "DNS:localhost,IP:::1"), answer: "hello")
        let port = server.port
        let heads = Mutex<[String]>([])
        let proxy = try FakeServer { connection in
            let head = connection.readHead()
            heads.withLock { $0.append(head) }
            for byte in answer.utf8 { connection.write([byte]) }
            connection.relay(to: port)
        }
        let connection = try reach(
            8443, .trusting(authority.authority.certificate), host: names.0, proxy: way(proxy, "Basic dTpw"))
        try connection.ask()
        #expect(try connection.readAll() == [UInt8]("hello"))
        let target = "\(names.1):8443"
        #expect(
            heads.withLock { $0 } == [
                "CONNECT \(target) HTTP/1.1\r\nHost: \(target)\r\nProxy-Authorization: Basic dTpw\r\n\r\n"
            ])
    }

    @Test("the header for authorization is sent only if it is set")
    func noAuthorization() throws {
        let heads = Mutex<[String]>([])
        let proxy = try FakeServer { connection in
            let head = connection.readHead()
            heads.withLock { $0.append(head) }
        }
        #expect(throws: TLSError.proxyClosed) { try reach(443, nobody, host: "a.example", proxy: way(proxy)) }
        #expect(heads.withLock { $0 } == ["CONNECT a.example:443 HTTP/1.1\r\nHost: a.example:443\r\n\r\n"])
    }

    @Test(
        "a refusal is reported with its status and reason, whatever follows its head",
        arguments: [
            "Content-Length: 0\r\n\r\n", "Content-Length: 5\r\n\r\nhello", "Content-Length: 5000000\r\n\r\n<html>",
            "\r\n<html>", "Transfer-Encoding: chunked\r\n\r\n5\r\n",
        ])
    func refused(rest: String) throws {
        let proxy = try proxy("HTTP/1.1 407 Proxy Authentication Required\r\n\(rest)")
        #expect(throws: TLSError.proxyRefused(status: 407, reason: "Proxy Authentication Required")) {
            try reach(443, nobody, proxy: way(proxy))
        }
    }

    @Test(
        "a redirection or another status is a refusal too, and its reason cannot control a terminal",
        arguments: [(302, "Found", "Found"), (502, "Bad\u{1B}[2JGateway", "Bad [2JGateway"), (403, "", "")])
    func otherStatus(status: Int, words: String, shown: String) throws {
        let proxy = try proxy("HTTP/1.1 \(status) \(words)\r\n\r\n")
        #expect(throws: TLSError.proxyRefused(status: status, reason: shown)) {
            try reach(443, nobody, proxy: way(proxy))
        }
    }

    @Test(
        "an answer that is not HTTP is reported",
        arguments: [
            "SSH-2.0-OpenSSH_9.2\r\n", "\u{5}\u{0}", "HTTP/1.1 OK\r\n\r\n", "HTTP/1.1 200 OK\r\nno header\r\n\r\n",
            "HTTP/1.1 200 OK\r\nA: \(String(repeating: "x", count: 20_000))",
        ])
    func notHTTP(answer: String) throws {
        let proxy = try proxy(answer)
        #expect(throws: TLSError.proxyNotHTTP) { try reach(443, nobody, proxy: way(proxy)) }
    }

    @Test("a proxy that closes before the end of its answer is reported", arguments: ["", "HTTP/1.1 200 OK\r\n"])
    func closes(answer: String) throws {
        let proxy = try FakeServer { connection in
            _ = connection.readHead()
            connection.write([UInt8](answer))
        }
        #expect(throws: TLSError.proxyClosed) { try reach(443, nobody, proxy: way(proxy)) }
    }

    @Test("a proxy that resets the connection is reported as closed")
    func resets() throws {
        let proxy = try FakeServer { connection in
            _ = connection.readHead()
            connection.resetAtEnd()
        }
        #expect(throws: TLSError.proxyClosed) { try reach(443, nobody, proxy: way(proxy)) }
    }

    @Test("the wait for a silent proxy ends at the deadline", arguments: ["", "HTTP/1.1 200 OK\r\n"])
    func silent(answer: String) throws {
        let proxy = try proxy(answer)
        #expect(throws: TLSError.proxySilent) { try reach(443, nobody, proxy: way(proxy), until: soon) }
    }

    @Test("the error for an unreachable proxy names the proxy instead of the host")
    func refusedConnection() throws {
        let port = try freePort()
        #expect(throws: TLSError.socket(.cannotConnect(host: "127.0.0.1", port: port, errno: ECONNREFUSED))) {
            try reach(443, nobody, host: "a.example", proxy: TLSProxy(host: "127.0.0.1", port: port))
        }
    }

    @Test("the bytes after the head of a successful answer belong to TLS")
    func behindHead() throws {
        let proxy = try proxy("HTTP/1.1 200 OK\r\n\r\nhello, this is no TLS\r\n")
        let error = #expect(throws: TLSError.self) { try reach(443, nobody, proxy: way(proxy)) }
        guard case .notTLS = error else {
            Issue.record("\(String(describing: error))")
            return
        }
    }

    @Test("an interruption ends the wait for the proxy")
    func interrupted() throws {
        let flag = Flag()
        let proxy = try FakeServer { connection in
            _ = connection.readHead()
            flag.set()
            connection.drain()
        }
        #expect(throws: TLSError.interrupted) { try reach(443, nobody, proxy: way(proxy)) { flag.isSet } }
    }
}
