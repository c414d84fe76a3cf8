import Foundation
import MQTT
import TestSupport
import Testing

@Suite("Connecting")
struct ConnectTests {
    private func place(_ port: UInt16, host: String = "127.0.0.1") -> MQTTError.Endpoint {
        MQTTError.Endpoint(host: host, port: port)
    }

    @Test("a port without a listener refuses the connection", arguments: ["127.0.0.1", "localhost"])
    func refusedPort(host: String) throws {
        let port = try freePort()
        let client = try MQTTClient(.test(port, host: host))
        #expect(throws: MQTTError.cannotConnect(place(port, host: host), errno: ECONNREFUSED)) {
            try client.connect(until: later)
        }
        #expect(!client.isConnected)
    }

    @Test("a port without a listener refuses a TLS connection too, with the same text")
    func refusedSecurePort() throws {
        let port = try freePort()
        let authority = try TestAuthority()
        let options = MQTTOptions.test(port, tls: MQTTTLS(caFile: authority.authority.certificate))
        let error = #expect(throws: MQTTError.self) { try MQTTClient(options).connect(until: later) }
        #expect(error == .cannotConnect(place(port), errno: ECONNREFUSED))
        #expect(error?.description.contains("Connection refused (os error 111)") == true)
    }

    @Test("the wait for a host that drops packets, like a full backlog, ends at the deadline")
    func noRoute() throws {
        let listener = try listeningSocket(backlog: 0)
        defer { close(listener) }
        let port = try port(of: listener)
        // The one place in the backlog; nothing accepts it.
        let first = try MQTTClient(.test(port))
        #expect(throws: MQTTError.silent(place(port))) { try first.connect(until: soon) }
        #expect(throws: MQTTError.noRoute(place(port))) {
            for _ in 0..<3 {
                do { try MQTTClient(.test(port)).connect(until: soon) } catch MQTTError.silent {}
            }
        }
    }

    @Test("the wait for a silent broker ends at the deadline", arguments: [false, true])
    func silent(isSecure: Bool) throws {
        let broker = try FakeBroker { $0.drain() }
        let authority = try TestAuthority()
        let tls = isSecure ? MQTTTLS(caFile: authority.authority.certificate) : nil
        let client = try MQTTClient(.test(broker.port, tls: tls))
        #expect(throws: MQTTError.silent(place(broker.port))) { try client.connect(until: soon) }
    }

    @Test("a deadline in the past allows one attempt")
    func passedDeadline() throws {
        let broker = try FakeBroker { $0.drain() }
        let error = #expect(throws: MQTTError.self) { try MQTTClient(.test(broker.port)).connect(until: .now) }
        #expect([.silent(place(broker.port)), .noRoute(place(broker.port))].contains(error))
    }

    @Test("a broker that closes after CONNECT is distinguished from a silent one")
    func closes() throws {
        let broker = try FakeBroker { _ = $0.readPacket() }
        #expect(throws: MQTTError.closedBeforeAnswer(place(broker.port))) {
            try MQTTClient(.test(broker.port)).connect(until: later)
        }
    }

    @Test("a broker that closes during the TLS handshake ends the attempt at once")
    func closesHandshake() throws {
        let broker = try FakeBroker { connection in
            var hello = [UInt8](repeating: 0, count: 4096)
            _ = recv(connection.descriptor, &hello, hello.count, 0)
        }
        let authority = try TestAuthority()
        let options = MQTTOptions.test(broker.port, tls: MQTTTLS(caFile: authority.authority.certificate))
        #expect(throws: MQTTError.closedBeforeAnswer(place(broker.port))) {
            try MQTTClient(options).connect(until: later)
        }
    }

    @Test(
        "if a broker takes part in a handshake and ends it, the error accepts that it uses TLS",
        arguments: [true, false])
    func endsHandshake(withReset: Bool) throws {
        let broker = try FakeBroker { connection in
            var hello = [UInt8](repeating: 0, count: withReset ? 8 : 4096)
            _ = recv(connection.descriptor, &hello, hello.count, 0)
            // The head of a handshake record. What is left unread makes the close a reset.
            connection.write([0x16, 3, 3, 0, 80])
            // The end comes alone, after the bytes are seen.
            usleep(1_000_000)
        }
        let authority = try TestAuthority()
        let options = MQTTOptions.test(broker.port, tls: MQTTTLS(caFile: authority.authority.certificate))
        #expect(throws: MQTTError.tls(place(broker.port), nil)) {
            try MQTTClient(options).connect(until: later)
        }
    }

    @Test(
        "each refusal of CONNECT is a different error",
        arguments: [
            (1, .protocolVersion), (2, .clientID), (3, .serverUnavailable), (4, .badUserNameOrPassword),
            (5, .notAuthorised),
        ] as [(UInt8, MQTTError.Refusal)])
    func refusals(code: UInt8, refusal: MQTTError.Refusal) throws {
        let broker = try FakeBroker.answering(code)
        #expect(throws: MQTTError.refused(place(broker.port), refusal)) {
            try MQTTClient(.test(broker.port)).connect(until: later)
        }
    }

    @Test("a return code that is not assigned is a refusal with its number")
    func unassignedRefusal() throws {
        let broker = try FakeBroker.answering(77)
        #expect(throws: MQTTError.refused(place(broker.port), .other(77))) {
            try MQTTClient(.test(broker.port)).connect(until: later)
        }
    }

    @Test(
        "an answer that is not MQTT is reported",
        arguments: [
            [UInt8]("HTTP/1.1 400 Bad Request\r\nContent-Type: text/html\r\n\r\n<html><h1>Bad Request</h1></html>\r\n"),
            // A TLS alert: unexpected message.
            [0x15, 3, 3, 0, 2, 2, 10],
            // A remaining length of five bytes, where four are possible (MQTT 3.1.1 §2.2.3).
            [0x20, 0xFF, 0xFF, 0xFF, 0xFF, 0x7F],
        ])
    func garbage(answer: [UInt8]) throws {
        let broker = try FakeBroker { connection in
            _ = connection.readPacket()
            connection.write(answer)
            connection.drain()
        }
        #expect(throws: MQTTError.protocolViolation(place(broker.port))) {
            try MQTTClient(.test(broker.port)).connect(until: later)
        }
    }

    @Test("an interruption ends each phase", arguments: [true, false])
    func interrupted(isSecure: Bool) throws {
        let flag = Flag()
        let broker = try FakeBroker { connection in
            flag.set()
            connection.drain()
        }
        let authority = try TestAuthority()
        let tls = isSecure ? MQTTTLS(caFile: authority.authority.certificate) : nil
        let client = try MQTTClient(.test(broker.port, tls: tls)) { flag.isSet }
        #expect(throws: MQTTError.interrupted) { try client.connect(until: later) }
        #expect(!client.isConnected)
    }

    @Test("CONNECT carries the id, the clean session, the keep-alive time, the user and the password")
    func connectPacket() throws {
        let packets = PacketLog()
        let broker = try FakeBroker { connection in
            packets.append(connection.readPacket() ?? [])
            connection.write([0x20, 2, 0, 0])
            connection.drain()
        }
        var options = MQTTOptions.test(broker.port)
        options.clientID = "me"
        options.username = "u"
        options.password = [0xFF, 1]
        options.keepAlive = 0x0102
        let client = try MQTTClient(options)
        try client.connect(until: later)
        #expect(client.isConnected)
        // MQTT 3.1.1 §3.1: protocol name and level, flags, keep-alive, then the payload's fields.
        let expected: [UInt8] =
            [0x10, 21, 0, 4] + [UInt8]("MQTT") + [4, 0xC2, 1, 2, 0, 2] + [UInt8]("me") + [0, 1] + [UInt8]("u")
            + [0, 2, 0xFF, 1]
        #expect(packets.all == [expected])
    }
}
