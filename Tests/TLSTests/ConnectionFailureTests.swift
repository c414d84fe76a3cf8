import Foundation
import TestSupport
import Testing

@testable import TLS

@Suite("TLS connections that fail")
struct ConnectionFailureTests {
    private let nobody = TLSOptions(roots: [])

    @Test("a port without a listener refuses the connection", arguments: ["127.0.0.1", "localhost"])
    func refused(host: String) throws {
        let port = try freePort()
        #expect(throws: TLSError.socket(.cannotConnect(host: host, port: port, errno: ECONNREFUSED))) {
            try reach(port, nobody, host: host)
        }
    }

    @Test("a name that does not exist is an error with the resolver's text")
    func noSuchHost() throws {
        let error = #expect(throws: TLSError.self) { try reach(443, nobody, host: "nowhere.invalid") }
        guard case .socket(.nameNotResolved("nowhere.invalid", let reason)) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        // Without any name server it is the second.
        #expect(["Name or service not known", "Temporary failure in name resolution"].contains(reason))
    }

    @Test(
        "an invalid host name is refused, also through a proxy",
        arguments: ["", "[]", ".localhost", "a b", "a\r\nb", "a\u{0}b"])
    func impossibleHost(host: String) throws {
        let contacted = Flag()
        let proxy = try FakeServer { _ in contacted.set() }
        for way in [nil, TLSProxy(host: "127.0.0.1", port: proxy.port)] {
            #expect(throws: TLSError.socket(.nameNotResolved(host: host, reason: "not a host name"))) {
                try reach(443, nobody, host: host, proxy: way)
            }
        }
        #expect(!contacted.isSet)
    }

    @Test("the wait for a silent server ends at the deadline")
    func silent() throws {
        let server = try FakeServer { $0.drain() }
        #expect(throws: TLSError.silent(.handshake)) { try reach(server.port, nobody, until: soon) }
    }

    @Test("a deadline in the past ends the attempt at once")
    func passedDeadline() throws {
        let server = try FakeServer { $0.drain() }
        let error = #expect(throws: TLSError.self) { try reach(server.port, nobody, host: "127.0.0.1", until: .now) }
        #expect([.silent(.handshake), .socket(.noAnswer(host: "127.0.0.1", port: server.port))].contains(error))
    }

    @Test("a server that closes is reported, whether or not it has read the greeting", arguments: [0, 5, 100])
    func closes(count: Int) throws {
        let server = try FakeServer { _ = $0.read(count) }
        #expect(throws: TLSError.closed(.handshake)) { try reach(server.port, nobody) }
    }

    @Test("a server that resets the connection is reported as closed")
    func resets() throws {
        let server = try FakeServer { connection in
            _ = connection.read(5)
            connection.resetAtEnd()
        }
        #expect(throws: TLSError.closed(.handshake)) { try reach(server.port, nobody) }
    }

    @Test("a server that closes in the middle of its own greeting is reported")
    func closesMidway() throws {
        let server = try FakeServer { connection in
            // The beginning of a record with a ServerHello of 80 bytes.
            connection.write([0x16, 3, 3, 0, 84, 2, 0, 0, 80, 3, 3])
            shutdown(connection.descriptor, Int32(SHUT_WR))
            connection.drain()
        }
        #expect(throws: TLSError.closed(.handshake)) { try reach(server.port, nobody) }
    }

    @Test(
        "a server that does not speak TLS is reported",
        arguments: [
            "HTTP/1.1 400 Bad Request\r\n\r\n", "SSH-2.0-OpenSSH_9.2\r\n", "220 mail.example ESMTP\r\n",
            "\u{20}\u{2}\u{0}\u{5}\u{0}", "<html></html>", "\u{0}\u{0}\u{0}\u{0}\u{0}\u{0}\u{0}\u{0}",
        ])
    func notTLS(answer: String) throws {
        let server = try FakeServer { connection in
            connection.write([UInt8](answer))
            connection.drain()
        }
        let error = #expect(throws: TLSError.self) { try reach(server.port, nobody) }
        guard case .notTLS(let reason) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(!reason.isEmpty)
    }

    @Test("each alert of a server is reported with its number", arguments: [10, 40, 42, 47, 48, 70, 80, 112, 116])
    func alerts(number: Int) throws {
        let server = try FakeServer { connection in
            // A fatal alert in a record of TLS 1.2.
            connection.write([0x15, 3, 3, 0, 2, 2, UInt8(number)])
            connection.drain()
        }
        #expect(throws: TLSError.alert(number: number)) { try reach(server.port, nobody) }
    }

    @Test("an interruption ends the wait for the handshake")
    func interrupted() throws {
        let flag = Flag()
        let server = try FakeServer { connection in
            _ = connection.read(5)
            flag.set()
            connection.drain()
        }
        #expect(throws: TLSError.interrupted) { try reach(server.port, nobody) { flag.isSet } }
    }

    @Test("a failure closes the connection")
    func closed() throws {
        let ended = DispatchSemaphore(value: 0)
        let server = try FakeServer { connection in
            connection.write([UInt8]("hello, world\n"))
            connection.drain()
            ended.signal()
        }
        #expect(throws: TLSError.self) { try reach(server.port, nobody) }
        #expect(ended.wait(timeout: .now() + 10) == .success)
    }

    @Test("a location of authorities that cannot be used is an error with its path")
    func badRoots() throws {
        let directory = try TemporaryDirectory()
        let port = try freePort()
        let none = directory.file("none")
        #expect(throws: TLSError.rootsUnusable(path: none, reason: "No such file or directory (os error 2)")) {
            try reach(port, .trusting(none))
        }
        for text in ["", "hello\n", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"] {
            let path = try directory.write(text, to: "roots.pem")
            let error = #expect(throws: TLSError.self) { try reach(port, .trusting(path)) }
            guard case .rootsUnusable(path, let reason) = error else {
                Issue.record("\(String(describing: error))")
                continue
            }
            #expect(!reason.isEmpty && reason != "unknown error")
        }
    }
}
