import Glibc
import TestSupport
import Testing

@testable import TLS

@Suite("HTTP requests without TLS")
struct PlainExchangeTests {
    private func send(_ request: HTTPRequest, to port: UInt16, host: String = "127.0.0.1") throws(HTTPError)
        -> HTTPResponse
    {
        try HTTPExchange.send(request, to: host, port: port, isPlain: true, until: later)
    }

    @Test("a request arrives unchanged, and the response comes back whether the server closes or waits")
    func exchange() throws {
        let server = try FakeServer { connection in
            let head = connection.readHead()
            let body = connection.read(3) ?? []
            let echo = "\(head.split(separator: "\r\n").first ?? "")|\(String(decoding: body, as: UTF8.self))"
            let answer = "HTTP/1.1 200 OK\r\nContent-Length: \(echo.utf8.count)\r\n\r\n\(echo)"
            connection.write(Array(answer.utf8))
        }
        let response = try send(HTTPRequest("POST", "/c8y/x", body: Array("abc".utf8)), to: server.port)
        #expect(response.status == 200)
        #expect(String(decoding: response.body, as: UTF8.self) == "POST /c8y/x HTTP/1.1|abc")
    }

    @Test("a response without a length ends with the connection, and a partial response is truncated")
    func ends() throws {
        let server = try FakeServer { connection in
            let isCut = connection.readHead().contains("/cut")
            connection.write(Array("HTTP/1.1 200 OK\r\n\(isCut ? "Content-Length: 9\r\n" : "")\r\nhello".utf8))
        }
        #expect(try send(HTTPRequest("GET", "/"), to: server.port).body == Array("hello".utf8))
        #expect(throws: HTTPError.truncated) { try send(HTTPRequest("GET", "/cut"), to: server.port) }
    }

    @Test("a closed port, an invalid host name and a silent server cause different errors")
    func failures() throws {
        let port = try freePort()
        #expect(
            throws: HTTPError.connection(.socket(.cannotConnect(host: "127.0.0.1", port: port, errno: ECONNREFUSED)))
        ) {
            try send(HTTPRequest("GET", "/"), to: port)
        }
        #expect(throws: HTTPError.self) { try send(HTTPRequest("GET", "/"), to: 1, host: "a b") }
        let server = try FakeServer { connection in _ = connection.read(1 << 20) }
        #expect(throws: HTTPError.connection(.silent(.read))) {
            try HTTPExchange.send(
                HTTPRequest("GET", "/"), to: "127.0.0.1", port: server.port, isPlain: true,
                until: .now + .milliseconds(50))
        }
        #expect(throws: HTTPError.connection(.interrupted)) {
            try HTTPExchange.send(
                HTTPRequest("GET", "/"), to: "127.0.0.1", port: server.port, isPlain: true, until: later,
                interrupted: { true })
        }
    }

    @Test("the request names the port unless it is the default port of HTTP")
    func host() {
        #expect(HTTPExchange.hostHeader("a", 80, isPlain: true) == "a")
        #expect(HTTPExchange.hostHeader("a", 443, isPlain: true) == "a:443")
        #expect(HTTPExchange.hostHeader("::1", 8001, isPlain: true) == "[::1]:8001")
    }
}
