import Foundation
import TestSupport
import Testing

@testable import TLS

/// Servers that send without end: OpenSSL is given what they send in portions, and between two portions the connection looks
/// at its deadline and at an interruption.
@Suite("Servers that flood", .timeLimit(.minutes(2)))
struct TLSFloodTests {
    /// A request for a new handshake, which a client in one passes over (RFC 5246, section 7.4.1.1).
    private static let helloRequest: [UInt8] = [0x16, 3, 3, 0, 4, 0, 0, 0, 0]

    private func server(_ bytes: [UInt8]) throws -> FakeServer {
        let many = [[UInt8]](repeating: bytes, count: 1000).flatMap(\.self)
        return try FakeServer { connection in
            while send(connection.descriptor, many, many.count, Int32(MSG_NOSIGNAL)) == many.count {}
        }
    }

    @Test("a handshake without progress ends after too many bytes")
    func helloRequests() throws {
        let server = try server(Self.helloRequest)
        #expect(throws: TLSError.flooded(.handshake)) {
            try TLSConnection(host: "127.0.0.1", port: server.port, until: later)
        }
    }

    @Test("a handshake without progress ends at its deadline, however slowly bytes arrive")
    func trickle() throws {
        let server = try FakeServer { connection in
            while send(connection.descriptor, Self.helloRequest, 9, Int32(MSG_NOSIGNAL)) == 9 { usleep(1000) }
        }
        #expect(throws: TLSError.silent(.handshake)) {
            try TLSConnection(host: "127.0.0.1", port: server.port, until: soon)
        }
    }

    @Test("a handshake without progress ends at an interruption")
    func interruption() throws {
        let server = try server(Self.helloRequest)
        var questions = 0
        #expect(throws: TLSError.interrupted) {
            try TLSConnection(host: "127.0.0.1", port: server.port, until: later) {
                questions += 1
                return questions > 10
            }
        }
    }

    @Test(
        "endless warnings and empty records do not make a handshake",
        arguments: [[0x15, 3, 3, 0, 2, 1, 90], [0x16, 3, 3, 0, 0]] as [[UInt8]])
    func warnings(record: [UInt8]) throws {
        let server = try server(record)
        #expect(throws: TLSError.self) { try TLSConnection(host: "127.0.0.1", port: server.port, until: later) }
    }

    @Test("the wait for an HTTP response with endless chunk extensions ends at its deadline")
    func extensions() throws {
        let chunk = "1;" + String(repeating: "x", count: 60_000) + "\r\ny\r\n"
        let server = try FakeServer { connection in
            _ = connection.readHead()
            connection.write([UInt8]("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"))
            let bytes = [UInt8](chunk)
            while send(connection.descriptor, bytes, bytes.count, Int32(MSG_NOSIGNAL)) == bytes.count {}
        }
        #expect(throws: HTTPError.connection(.silent(.read))) {
            try HTTPExchange.send(
                HTTPRequest("GET", "/"), to: "127.0.0.1", port: server.port, isPlain: true, until: soon)
        }
    }
}
