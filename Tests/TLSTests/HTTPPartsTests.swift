import Testing

@testable import TLS

@Suite("HTTP answers that come in parts")
struct HTTPPartsTests {
    static let samples = [
        Sample("a length", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nA: b\r\n\r\nhello and more"),
        Sample(
            "chunks",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5;x=\"y\"\r\nhello\r\na\r\n0123456789\r\n0\r\nA: b\r\n\r\n!"
        ),
        Sample("no length", "HTTP/1.1 200 OK\r\nA: b\r\n\r\nhello\r\n\r\n"),
        Sample("no body", "HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\n"),
        Sample("interim answers", "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nx"),
        Sample("line feeds", "HTTP/1.1 200 OK\nTransfer-Encoding: chunked\n\n2\nab\n0\n\n"),
        Sample("a folded header", "HTTP/1.1 200 OK\r\nA: b\r\n c\r\n\r\n"),
        Sample("two lengths", "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab"),
        Sample("a bad chunk", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nabc\r\n0\r\n\r\n"),
        Sample("a bad size", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\ntwo\r\n"),
        Sample("a truncated body", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhell"),
        Sample("truncated chunks", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n"),
        Sample("a bad status", "HTTP/1.1 2x0 OK\r\n\r\n"),
    ]

    @Test("a response is the same byte by byte as at once", arguments: samples)
    func bytes(sample: Sample) {
        #expect(outcome(sample.bytes.map { [$0] }) == outcome([sample.bytes]))
    }

    @Test("a response is the same in two parts, wherever it is split", arguments: samples)
    func halves(sample: Sample) {
        let whole = outcome([sample.bytes])
        for index in 0...sample.bytes.count {
            let parts = [Array(sample.bytes[..<index]), Array(sample.bytes[index...])]
            #expect(outcome(parts) == whole, "split at \(index)")
        }
    }

    @Test("a response is complete with its last byte and not before")
    func complete() throws {
        let answers = [
            "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello", "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\nA: b\r\n\r\n",
            "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 204 No Content\r\n\r\n",
        ]
        for answer in answers {
            var parser = HTTPResponseParser()
            var answers = 0
            for byte in answer.utf8 {
                #expect(answers == 0)
                if try parser.add([byte]) { answers += 1 }
            }
            #expect(answers == 1)
        }
    }

    @Test("arbitrary bytes give a response or an error, and never a response that is too large", arguments: 1...4)
    func noise(seed: UInt64) {
        var state = seed
        let pieces = Self.samples.map(\.bytes)
        func random(_ count: Int) -> Int {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int((state >> 33) % UInt64(count))
        }
        for _ in 0..<1_000 {
            var bytes = pieces[random(pieces.count)]
            for _ in 0..<(1 + random(3)) { bytes[random(bytes.count)] = UInt8(random(256)) }
            let whole = outcome([bytes])
            if case .success(let response) = whole { #expect((200...599).contains(response.status)) }
            // What is shown of something else depends on what has come of it.
            if case .failure(.notHTTP) = whole { continue }
            #expect(outcome(bytes.map { [$0] }) == whole, "\(bytes)")
        }
    }
}
