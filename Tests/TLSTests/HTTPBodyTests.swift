import Testing

@testable import TLS

@Suite("Bodies of HTTP answers")
struct HTTPBodyTests {
    private static let chunked = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"

    @Test(
        "the body ends after its length, and the bytes after it are ignored",
        arguments: [("0", ""), ("5", "hello"), ("005", "hello"), ("13", "hello, world\n")])
    func length(length: String, expected: String) throws {
        let text = "HTTP/1.1 200 OK\r\nContent-Length: \(length)\r\n\r\n"
        #expect(try body(text + "hello, world\n") == expected)
        var parser = HTTPResponseParser()
        #expect(try parser.add([UInt8](text + expected)))
    }

    @Test("the same length twice is accepted, and two different lengths are an error")
    func lengths() throws {
        let same = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\ncontent-length: 5\r\n\r\nhello"
        #expect(try body(same) == "hello")
        let different = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello!"
        #expect(outcome(different) == .failure(.ambiguousLength))
    }

    @Test("a length together with chunks is an error, in either order")
    func lengthAndChunks() {
        let headers = ["Content-Length: 5\r\n", "Transfer-Encoding: chunked\r\n"]
        for order in [headers, headers.reversed()] {
            #expect(
                outcome("HTTP/1.1 200 OK\r\n\(order.joined())\r\n5\r\nhello\r\n0\r\n\r\n") == .failure(.ambiguousLength)
            )
        }
    }

    @Test("an invalid length is an error", arguments: ["", "-1", "+5", "5, 5", "0x5", "5 5", "five", "٥", "5.0"])
    func badLength(length: String) {
        let text = "HTTP/1.1 200 OK\r\nContent-Length: \(length)\r\n\r\nhello"
        #expect(outcome(text) == .failure(.invalidHeader("content-length: \(length)")))
    }

    @Test(
        "a length beyond the limit is refused before the body arrives",
        arguments: ["1048577", "99999999999999999999999"])
    func largeLength(length: String) {
        let text = "HTTP/1.1 200 OK\r\nContent-Length: \(length)\r\n\r\n"
        #expect(outcome(text) == .failure(.tooLarge(limit: 1 << 20)))
    }

    @Test("a body as large as the limit is accepted, however its end is marked")
    func limit() throws {
        let full = String(repeating: "x", count: 1 << 20)
        #expect(try body("HTTP/1.1 200 OK\r\nContent-Length: 1048576\r\n\r\n\(full)") == full)
        #expect(try body("HTTP/1.1 200 OK\r\n\r\n\(full)") == full)
        #expect(try body("\(Self.chunked)100000\r\n\(full)\r\n0\r\n\r\n") == full)
        let tooLarge = Result<HTTPResponse, HTTPError>.failure(.tooLarge(limit: 1 << 20))
        #expect(outcome("HTTP/1.1 200 OK\r\n\r\n\(full)x") == tooLarge)
        #expect(outcome("\(Self.chunked)100000\r\n\(full)\r\n1\r\nx\r\n0\r\n\r\n") == tooLarge)
    }

    @Test(
        "chunks are joined",
        arguments: [
            ("5\r\nhello\r\n0\r\n\r\n", "hello"),
            ("0\r\n\r\n", ""),
            ("000\r\n\r\n", ""),
            ("1\r\na\r\n2\r\nbc\r\n0\r\n\r\n", "abc"),
            ("a\r\n0123456789\r\n0\r\n\r\n", "0123456789"),
            ("A\r\n0123456789\r\n0\r\n\r\n", "0123456789"),
            ("00000005\r\nhello\r\n0\r\n\r\n", "hello"),
            ("5;name=value\r\nhello\r\n0;last\r\n\r\n", "hello"),
            ("5 ; name=\"a;b\"\r\nhello\r\n0\r\n\r\n", "hello"),
            ("5 \t\r\nhello\r\n0\r\n\r\n", "hello"),
            ("5\r\n0\r\n\r\n\r\n0\r\n\r\n", "0\r\n\r\n"),
            ("5\r\nhello\r\n0\r\nExpires: never\r\nDigest: x\r\n\r\n", "hello"),
            ("5\nhello\n0\n\n", "hello"),
            ("5\r\nhello\r\n0\r\n\r\nHTTP/1.1 200 OK\r\n", "hello"),
        ])
    func chunks(chunks: String, expected: String) throws {
        #expect(try body(Self.chunked + chunks) == expected)
        #expect(try outcome(Self.chunked + chunks).get().headers.map(\.name) == ["transfer-encoding"])
    }

    @Test(
        "an invalid chunk is an error",
        arguments: [
            "\r\n", "x\r\n", "-1\r\n", "+5\r\nhello\r\n", "0x5\r\nhello\r\n", ";\r\n", " 5\r\nhello\r\n",
            "5,\r\nhello\r\n",
            "5 hello\r\nhello\r\n", "5\r\nhello!\r\n0\r\n\r\n", "5\r\nhello0\r\n\r\n", "5\r\r\nhello\r\n",
            "100000000\r\n", "fffffffffffffffff\r\n", "٥\r\nhello\r\n",
        ])
    func badChunks(chunks: String) {
        #expect(outcome(Self.chunked + chunks) == .failure(.invalidChunk))
    }

    @Test("a chunk beyond the limit is refused before it arrives", arguments: ["100001", "ffffffff"])
    func largeChunk(size: String) {
        #expect(outcome("\(Self.chunked)\(size)\r\n") == .failure(.tooLarge(limit: 1 << 20)))
    }

    @Test("many small chunks do not count as a large head")
    func smallChunks() throws {
        let chunks = String(repeating: "1\r\nx\r\n", count: 30_000)
        #expect(try body("\(Self.chunked)\(chunks)0\r\n\r\n").utf8.count == 30_000)
    }

    @Test("an endless chunk extension and endless trailers are too large")
    func endless() {
        let long = String(repeating: "x", count: 65_536)
        let tooLarge = Result<HTTPResponse, HTTPError>.failure(.tooLarge(limit: 64 << 10))
        #expect(outcome("\(Self.chunked)5;\(long)") == tooLarge)
        #expect(outcome("\(Self.chunked)0\r\n\(String(repeating: "A: b\r\n", count: 11_000))") == tooLarge)
    }

    @Test(
        "a transfer coding other than chunked is an error",
        arguments: ["gzip", "gzip, chunked", "chunked, chunked", "identity", "", "xchunked", "chunked;q=1"])
    func coding(coding: String) {
        let text = "HTTP/1.1 200 OK\r\nTransfer-Encoding: \(coding)\r\n\r\n0\r\n\r\n"
        #expect(outcome(text) == .failure(.invalidHeader(coding)))
    }

    @Test("a second coding is an error, in either order")
    func codings() {
        for codings in [["chunked", "gzip"], ["gzip", "chunked"], ["chunked", "chunked"]] {
            let headers = codings.map { "Transfer-Encoding: \($0)\r\n" }.joined()
            let error = HTTPError.invalidHeader(codings.joined(separator: ", "))
            #expect(outcome("HTTP/1.1 200 OK\r\n\(headers)\r\n0\r\n\r\n") == .failure(error))
        }
    }

    @Test("upper and lower case do not matter in the name of the coding")
    func codingCase() throws {
        #expect(try body("HTTP/1.1 200 OK\r\ntransfer-encoding: Chunked\r\n\r\n2\r\nab\r\n0\r\n\r\n") == "ab")
    }

    @Test("without a length the body ends with the connection")
    func untilEnd() throws {
        #expect(try body("HTTP/1.1 200 OK\r\n\r\nhello\r\n\r\n") == "hello\r\n\r\n")
        #expect(try body("HTTP/1.1 200 OK\r\n\r\n") == "")
        var parser = HTTPResponseParser()
        #expect(try !parser.add([UInt8]("HTTP/1.1 200 OK\r\n\r\nhello")))
    }

    @Test("some responses have no body, whatever their headers are", arguments: [204, 304])
    func noBody(status: Int) throws {
        for header in ["", "Content-Length: 5\r\n", "Transfer-Encoding: chunked\r\n"] {
            var parser = HTTPResponseParser()
            #expect(try parser.add([UInt8]("HTTP/1.1 \(status) Nothing\r\n\(header)\r\nhello")))
            let response = try parser.finish()
            #expect(response.status == status)
            #expect(response.body.isEmpty)
        }
    }

    @Test(
        "the response to CONNECT ends with its head, whatever its headers and its status are",
        arguments: [200, 299, 403, 407, 502], ["", "Content-Length: 500\r\n", "Transfer-Encoding: chunked\r\n"])
    func connect(status: Int, header: String) throws {
        var parser = HTTPResponseParser(answersConnect: true)
        #expect(try !parser.add([UInt8]("HTTP/1.1 \(status) Words\r\n\(header)\r")))
        #expect(try parser.add([UInt8]("\n")))
        #expect(try parser.finish().status == status)
    }

    @Test("a response that is cut off anywhere is truncated, and never accepted")
    func truncated() throws {
        let answers = [
            "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello",
            "\(Self.chunked)5;x\r\nhello\r\n1\r\n!\r\n0\r\nA: b\r\n\r\n",
            "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 204 No Content\r\n\r\n",
        ]
        for answer in answers {
            #expect(throws: Never.self) { try outcome(answer).get() }
            for count in 0..<answer.utf8.count {
                let part = [UInt8](answer.utf8.prefix(count))
                #expect(outcome([part]) == .failure(.truncated), "\(count) bytes of \(answer)")
            }
        }
    }
}
