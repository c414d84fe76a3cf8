import Testing

@testable import TLS

@Suite("HTTP requests")
struct HTTPRequestTests {
    private func text(_ request: HTTPRequest, host: String = "example.com") throws -> String {
        String(decoding: try request.bytes(host: host), as: UTF8.self)
    }

    @Test("a request without a body names its host and asks the server to close the connection")
    func get() throws {
        #expect(
            try text(HTTPRequest("GET", "/a?b=c"))
                == "GET /a?b=c HTTP/1.1\r\nHost: example.com\r\nConnection: close\r\n\r\n")
    }

    @Test("a request with a body has its length and keeps the order of its headers")
    func post() throws {
        let request = HTTPRequest("POST", "/", headers: [("B", "2"), ("A", "1 ä")], body: [UInt8]("hé\r\n"))
        #expect(
            try text(request, host: "h:8443")
                == "POST / HTTP/1.1\r\nHost: h:8443\r\nB: 2\r\nA: 1 ä\r\nConnection: close\r\nContent-Length: 5\r\n\r\nhé\r\n"
        )
        #expect(try text(HTTPRequest("PUT", "/", body: [])).hasSuffix("Content-Length: 0\r\n\r\n"))
    }

    @Test(
        "a part that would add a line or control a terminal is an error",
        arguments: ["\r\n", "\n", "\r", "\u{0}", "\t", "\u{1B}", "\u{7F}", "\r\nEvil: yes"])
    func injection(text: String) {
        let requests = [
            HTTPRequest("GET\(text)", "/"), HTTPRequest("GET", "/\(text)"),
            HTTPRequest("GET", "/", headers: [("A\(text)", "b")]),
            HTTPRequest("GET", "/", headers: [("A", "b\(text)c")]),
        ]
        for request in requests {
            #expect(throws: HTTPError.invalidRequest) { try request.bytes(host: "example.com") }
        }
        #expect(throws: HTTPError.invalidRequest) { try HTTPRequest("GET", "/").bytes(host: "a\(text)b") }
    }

    @Test(
        "a target that is not a path, or contains a space, is an error",
        arguments: ["", "a", "*", "/a b", " /", "http://a/"])
    func target(target: String) {
        #expect(throws: HTTPError.invalidRequest) { try HTTPRequest("GET", target).bytes(host: "example.com") }
    }
}
