import Testing

@testable import TLS

@Suite("Heads of HTTP answers")
struct HTTPHeadTests {
    @Test("a head as long as the limit may arrive byte by byte")
    func longLine() throws {
        let start = "HTTP/1.1 200 OK\r\nA: "
        let value = String(repeating: "x", count: (64 << 10) - start.utf8.count - 4)
        let bytes = [UInt8]("\(start)\(value)\r\n\r\n")
        let expected = outcome([bytes])
        #expect(try expected.get().header("a") == value)
        #expect(outcome(bytes.map { [$0] }) == expected)
        let longer = [UInt8]("\(start)\(value)x\r\n\r\n")
        #expect(outcome([longer]) == .failure(.tooLarge(limit: 64 << 10)))
        #expect(outcome(longer.map { [$0] }) == .failure(.tooLarge(limit: 64 << 10)))
    }

    @Test(
        "a status line gives the status and the reason",
        arguments: [
            ("HTTP/1.1 200 OK", 200, "OK"),
            ("HTTP/1.0 404 Not Found", 404, "Not Found"),
            ("HTTP/1.1 200", 200, ""),
            ("HTTP/1.1 200 ", 200, ""),
            ("HTTP/1.1 599 a  b ", 599, "a  b "),
            ("HTTP/1.1 403 a\u{1B}[31mb\u{202E}", 403, "a [31mb "),
        ])
    func statusLine(line: String, status: Int, reason: String) throws {
        let response = try outcome("\(line)\r\nContent-Length: 0\r\n\r\n").get()
        #expect(response.status == status)
        #expect(response.reason == reason)
    }

    @Test(
        "a response without a status line is not HTTP",
        arguments: [
            "\r\n", "\n", "hello\r\n", "SSH-2.0-OpenSSH_9.2\r\n", "220 mail.example ESMTP\r\n", "<html>\r\n",
            "GET / HTTP/1.1\r\n\r\n", "HTTP/2 200 OK\r\n\r\n", "http/1.1 200 OK\r\n\r\n", "HTTP/1.1\r\n\r\n",
            "HTTP/1.1 20\r\n\r\n", "HTTP/1.1 2000\r\n\r\n", "HTTP/1.1 20x OK\r\n\r\n", "HTTP/1.1 099 OK\r\n\r\n",
            "HTTP/1.1 600 OK\r\n\r\n", "HTTP/1.1  200 OK\r\n\r\n", "HTTP/1.1\t200 OK\r\n\r\n",
            "HTTP/1.1 -20 OK\r\n\r\n",
            "HTTP/1.1 101 Switching Protocols\r\n\r\n", " HTTP/1.1 200 OK\r\n\r\n", "\u{16}\u{3}\u{1}",
        ])
    func notHTTP(text: String) {
        guard case .failure(.notHTTP(let shown)) = outcome(text) else {
            Issue.record("\(outcome(text))")
            return
        }
        #expect(!shown.unicodeScalars.contains { $0.properties.generalCategory == .control })
    }

    @Test("bytes that are not HTTP are refused at the first wrong byte, and up to 60 of them are shown")
    func beginning() {
        var parser = HTTPResponseParser()
        #expect(throws: HTTPError.notHTTP("HTTQ")) { try parser.add([UInt8]("HTTQ")) }
        let line = String(repeating: "x", count: 100)
        #expect(outcome("\(line)\n") == .failure(.notHTTP(String(line.prefix(60)))))
    }

    @Test("header names are in lower case, values have no surrounding spaces, and the order is kept")
    func headers() throws {
        let text =
            "HTTP/1.1 200 OK\r\nServer: a b\r\nX-Empty:\r\nx-BLANKS: \t c\td \t\r\nX-Empty: 2\r\nV: a:b\r\nContent-Length:0\r\n\r\n"
        let response = try outcome(text).get()
        #expect(response.headers.map(\.name) == ["server", "x-empty", "x-blanks", "x-empty", "v", "content-length"])
        #expect(response.headers.map(\.value) == ["a b", "", "c\td", "2", "a:b", "0"])
        #expect(response.header("x-empty") == "")
        #expect(response.header("v") == "a:b")
        #expect(response.header("Server") == nil)
    }

    @Test("bytes in a value that are not UTF-8 are replaced")
    func latin1() throws {
        let bytes = [UInt8]("HTTP/1.1 200 OK\r\nV: a") + [0xE9] + [UInt8]("b\r\nContent-Length: 0\r\n\r\n")
        #expect(try outcome([bytes]).get().header("v") == "a\u{FFFD}b")
    }

    @Test(
        "an invalid header is an error",
        arguments: [
            " folded", "\tfolded: x", "no colon", ": no name", "with space: x", "space-before : x", "a\tb: x",
            "na(me): x", "näme: x", "v: a\u{0}b", "v: a\u{1B}[31m", "v: a\rb", "v: a\u{7F}", "v: x\r",
        ])
    func badHeader(line: String) {
        let texts = [
            "HTTP/1.1 200 OK\r\n\(line)\r\n\r\n", "HTTP/1.1 200 OK\r\nA: b\r\n\(line)\r\nContent-Length: 0\r\n\r\n",
        ]
        for text in texts {
            guard case .failure(.invalidHeader(let shown)) = outcome(text) else {
                Issue.record("\(outcome(text))")
                continue
            }
            #expect(!shown.unicodeScalars.contains { $0.properties.generalCategory == .control })
        }
    }

    @Test("each token character is allowed in a header name")
    func tokens() throws {
        let name = "!#$%&'*+-.^_`|~09azAZ"
        let response = try outcome("HTTP/1.1 200 OK\r\n\(name): x\r\nContent-Length: 0\r\n\r\n").get()
        #expect(response.header(name.lowercased()) == "x")
    }

    @Test("lines may end with only a line feed")
    func lineFeeds() throws {
        let response = try outcome("HTTP/1.1 200 OK\nA: b\nContent-Length: 2\n\nhi").get()
        #expect(
            response
                == HTTPResponse(
                    status: 200, reason: "OK",
                    headers: [.init(name: "a", value: "b"), .init(name: "content-length", value: "2")],
                    body: [UInt8]("hi")))
    }

    @Test("interim responses are ignored")
    func interim() throws {
        let answer = "HTTP/1.1 201 Created\r\nContent-Length: 2\r\n\r\nhi"
        let interim = "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n"
        let response = try outcome(interim + answer).get()
        #expect(response.status == 201)
        #expect(response.headers.map(\.name) == ["content-length"])
        #expect(response.body == [UInt8]("hi"))
        #expect(outcome(interim) == .failure(.truncated))
    }

    @Test("a head as large as the limit is accepted and a larger one is not, whatever its lines")
    func limit() throws {
        let begin = "HTTP/1.1 204 No Content\r\nA: "
        let room = (64 << 10) - begin.utf8.count - 4
        #expect(try outcome("\(begin)\(String(repeating: "x", count: room))\r\n\r\n").get().status == 204)
        let tooLarge = Result<HTTPResponse, HTTPError>.failure(.tooLarge(limit: 64 << 10))
        #expect(outcome("\(begin)\(String(repeating: "x", count: room + 1))\r\n\r\n") == tooLarge)
        #expect(outcome("\(begin)\(String(repeating: "x", count: 70_000))") == tooLarge)
        #expect(outcome("HTTP/1.1 200 OK\r\n\(String(repeating: "A: b\r\n", count: 11_000))\r\n") == tooLarge)
        #expect(outcome(String(repeating: "HTTP/1.1 100 Continue\r\n\r\n", count: 3_000)) == tooLarge)
    }

    @Test("an empty response is truncated")
    func nothing() {
        #expect(outcome([]) == .failure(.truncated))
    }
}
