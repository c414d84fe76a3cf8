import Foundation
import Sockets
import TestSupport
import Testing

@testable import MQTT

@Suite("Hosts with several addresses")
struct AddressChoiceTests {
    private func client(_ options: MQTTOptions, _ addresses: [String]) throws -> MQTTClient {
        let client = try MQTTClient(options)
        let list = addresses.map { NetworkAddress(text: $0, isIPv6: $0.contains(":")) }
        client.resolver = { _ in .success(list) }
        return client
    }

    @Test("if an address refuses, the next one is tried")
    func refusedFirst() throws {
        let broker = try MosquittoBroker()
        let client = try client(.test(broker.port, host: "gateway"), ["::1", "127.0.0.9", "127.0.0.1"])
        try client.connect(until: later)
        #expect(client.isConnected)
    }

    @Test("a silent address leaves the next one its share of the time")
    func silentFirst() throws {
        let broker = try FakeBroker.answering(0)
        let silent = try listeningSocket(backlog: 0, lastByte: 2, port: broker.port)
        defer { close(silent) }
        // The one place in the backlog of 127.0.0.2.
        let filler = try MQTTClient(.test(broker.port, host: "127.0.0.2"))
        #expect(throws: MQTTError.self) { try filler.connect(until: soon) }
        let client = try client(.test(broker.port, host: "gateway"), ["127.0.0.2", "127.0.0.1"])
        let error = #expect(throws: MQTTError.self) {
            for _ in 0..<3 { try client.connect(until: soon) }
            throw MQTTError.interrupted
        }
        #expect(error == .interrupted)
        #expect(client.isConnected)
    }

    @Test("if all addresses refuse, the error is the last refusal, with the given name")
    func allRefuse() throws {
        let port = try freePort()
        let client = try client(.test(port, host: "gateway"), ["127.0.0.2", "127.0.0.1"])
        let place = MQTTError.Endpoint(host: "gateway", port: port)
        #expect(throws: MQTTError.cannotConnect(place, errno: ECONNREFUSED)) { try client.connect(until: later) }
    }

    @Test("if a broker has answered, no other address is tried")
    func refusal() throws {
        let broker = try FakeBroker.answering(5)
        let client = try client(.test(broker.port, host: "gateway"), ["127.0.0.1", "127.0.0.2"])
        let place = MQTTError.Endpoint(host: "gateway", port: broker.port)
        #expect(throws: MQTTError.refused(place, .notAuthorised)) { try client.connect(until: later) }
    }

    @Test("with TLS each family is tried under the name that the certificate carries", arguments: [true, false])
    func families(isIPv6First: Bool) throws {
        let authority = try TestAuthority()
        let server = try authority.issue("localhost", alternativeNames: "DNS:localhost")
        let broker = try MosquittoBroker(
            listener: [
                "allow_anonymous true", "certfile \(server.certificate)", "keyfile \(server.key)",
            ])
        let tls = MQTTTLS(caFile: authority.authority.certificate)
        let options = MQTTOptions.test(broker.port, host: "localhost", tls: tls)
        let addresses = isIPv6First ? ["::1", "127.0.0.1"] : ["127.0.0.1", "::1"]
        let client = try client(options, addresses)
        try client.connect(until: later)
        #expect(client.isConnected)
    }

    @Test(
        "errors of a starting broker are distinguished from errors that waiting cannot change",
        arguments: [
            (.cannotConnect(place, errno: ECONNREFUSED), true), (.cannotConnect(place, errno: EHOSTUNREACH), true),
            (.cannotConnect(place, errno: EACCES), false), (.closedBeforeAnswer(place), true),
            (.noRoute(place), true), (.silent(place), true), (.refused(place, .serverUnavailable), true),
            (.refused(place, .notAuthorised), false), (.refused(place, .badUserNameOrPassword), false),
            (.tls(place, .closed(.read)), false), (.protocolViolation(place), false), (.interrupted, false),
            (.socket(.nameNotResolved(host: "x", reason: "x")), false), (.unreadable(path: "x", errno: 2), false),
        ] as [(MQTTError, Bool)])
    func mayPass(error: MQTTError, mayPass: Bool) {
        #expect(error.mayPass == mayPass)
    }

    private static let place = MQTTError.Endpoint(host: "gateway", port: 1883)
}
