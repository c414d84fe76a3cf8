import TestSupport
import Testing

@testable import TLS

@Suite("HTTP requests over TLS")
struct HTTPExchangeTests {
    private let authority: TestAuthority
    private let trusting: TLSOptions

    init() throws {
        authority = try TestAuthority()
        trusting = .trusting(authority.authority.certificate)
    }

    private func server(_ answer: String, _ extra: [String] = []) throws -> TLSServer {
        try TLSServer(try authority.issue("server", alternativeNames: "DNS:localhost"), answer: answer, extra: extra)
    }

    private func send(
        _ request: HTTPRequest = HTTPRequest("GET", "/"), to server: TLSServer,
        until deadline: ContinuousClock.Instant = later
    ) throws(HTTPError) -> HTTPResponse {
        try HTTPExchange.send(request, to: "localhost", port: server.port, options: trusting, until: deadline)
    }

    @Test("a request arrives with its headers and its body, and the response comes back")
    func exchange() throws {
        let server = try server("HTTP/1.1 201 Created\r\nContent-Length: 2\r\nX: y\r\n\r\nhi")
        let request = HTTPRequest(
            "POST", "/a?b", headers: [("Accept", "*/*")], body: [UInt8](repeating: 1, count: 100_000))
        let response = try send(request, to: server)
        #expect(response.status == 201)
        #expect(response.reason == "Created")
        #expect(response.header("x") == "y")
        #expect(response.body == [UInt8]("hi"))
        let seen = try server.request()
        #expect(
            seen.head == "POST /a?b HTTP/1.1\r\nHost: localhost:\(server.port)\r\nAccept: */*\r\n"
                + "Connection: close\r\nContent-Length: 100000")
        #expect(seen.bodySize == 100_000)
    }

    @Test(
        "the response is the same in parts of any size, whether the server announces the end, just closes or waits",
        arguments: [1, 7, 1_000], ["notify", "close", "wait"])
    func parts(part: Int, ending: String) throws {
        let answer = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5;x\r\nhello\r\n1\r\n!\r\n0\r\nA: b\r\n\r\n"
        let server = try server(answer, ["--part", "\(part)", "--ending", ending])
        #expect(try send(to: server).body == [UInt8]("hello!"))
    }

    @Test("a response without a length ends with the connection", arguments: ["notify", "close"])
    func untilEnd(ending: String) throws {
        let server = try server("HTTP/1.1 200 OK\r\n\r\nhello", ["--ending", ending])
        #expect(try send(to: server).body == [UInt8]("hello"))
    }

    @Test("a response that ends too early is truncated", arguments: ["notify", "close"])
    func truncated(ending: String) throws {
        for answer in ["", "HTTP/1.1 200", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhell"] {
            let server = try server(answer, ["--ending", ending])
            #expect(throws: HTTPError.truncated) { try send(to: server) }
        }
    }

    @Test("the wait for a response that does not arrive ends at the deadline")
    func silent() throws {
        let server = try server("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhell", ["--ending", "wait"])
        #expect(throws: HTTPError.connection(.silent(.read))) {
            try send(to: server, until: .now + .milliseconds(500))
        }
    }

    @Test("an endless response stops at the limit")
    func tooLarge() throws {
        let server = try server("HTTP/1.1 200 OK\r\n\r\n" + String(repeating: "x", count: 2 << 20))
        #expect(throws: HTTPError.tooLarge(limit: 1 << 20)) { try send(to: server) }
    }

    @Test("a response that is not HTTP is an error")
    func notHTTP() throws {
        let server = try server("hello, world\r\n")
        #expect(throws: HTTPError.notHTTP("hello, world")) { try send(to: server) }
    }

    @Test("an error of the connection is passed on")
    func connectionFails() throws {
        let port = try freePort()
        #expect(throws: HTTPError.connection(.socket(.cannotConnect(host: "127.0.0.1", port: port, errno: 111)))) {
            try HTTPExchange.send(HTTPRequest("GET", "/"), to: "127.0.0.1", port: port, until: later)
        }
    }

    @Test("an invalid request is refused before anything is sent")
    func invalid() throws {
        let contacted = Flag()
        let server = try FakeServer { _ in contacted.set() }
        #expect(throws: HTTPError.invalidRequest) {
            try HTTPExchange.send(HTTPRequest("GET", "/\r\n"), to: "127.0.0.1", port: server.port, until: later)
        }
        #expect(!contacted.isSet)
    }

    @Test("the request names the port unless it is 443, and puts IPv6 addresses in brackets")
    func hosts() throws {
        #expect(HTTPExchange.hostHeader("a.example", 443) == "a.example")
        #expect(HTTPExchange.hostHeader("a.example", 8443) == "a.example:8443")
        #expect(HTTPExchange.hostHeader("::1", 443) == "[::1]")
        #expect(HTTPExchange.hostHeader("[::1]", 8443) == "[::1]:8443")
    }
}
