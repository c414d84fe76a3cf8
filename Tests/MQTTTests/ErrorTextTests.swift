import Foundation
import TestSupport
import Testing

@testable import MQTT

@Suite("Error texts")
struct ErrorTextTests {
    private static let place = MQTTError.Endpoint(host: "localhost", port: 1883)

    private static let errors: [MQTTError] = [
        .libraryMissing(reason: "libmosquitto.so.1: cannot open shared object file: No such file or directory"),
        .invalidOption(name: "port", reason: "must be between 1 and 65535"),
        .unreadable(path: "/etc/tedge/ca.pem", errno: EACCES),
        .socket(.nameNotResolved(host: "gateway", reason: "Name or service not known")),
        .cannotConnect(place, errno: ECONNREFUSED), .cannotConnect(place, errno: ENETUNREACH),
        .noRoute(.init(host: "fe80::1", port: 8883)), .silent(place), .closedBeforeAnswer(place),
        .refused(place, .protocolVersion), .refused(place, .clientID), .refused(place, .serverUnavailable),
        .refused(place, .badUserNameOrPassword), .refused(place, .notAuthorised), .refused(place, .other(9)),
        .tls(place, nil), .tls(place, .untrusted(code: 20, reason: "certificate verify failed")),
        .protocolViolation(place),
        .messageTooLarge(place, bytes: 9_000_000, limit: 8_388_608), .flooded(place, limit: 16_777_216),
        .disconnected(place, errno: 0), .disconnected(place, errno: ECONNRESET), .keepAliveExpired(place),
        .notConnected, .subscriptionRefused(filter: "c8y/#"), .payloadTooLarge(bytes: 300_000_000, limit: 268_435_455),
        .invalidTopic("", .empty), .invalidTopic(String(repeating: "x", count: 70_000), .tooLong(bytes: 70_000)),
        .invalidTopic("a", .null), .invalidTopic("a", .unsuitable("\u{1}")),
        .invalidTopic("a/+", .wildcardInName("+")), .invalidTopic("a#", .misplacedMultiLevel(level: 1)),
        .invalidTopic("a/b+", .misplacedSingleLevel(level: 2)), .interrupted,
        .timedOut(.subscription(filter: "c8y/s/e")), .timedOut(.delivery(messages: 1)),
        .timedOut(.delivery(messages: 20)), .library(code: 3, reason: "Invalid arguments provided."),
    ]

    @Test("each error says what happened and how to fix it")
    func texts() throws {
        let file = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Golden/errors.txt")
        let texts = Self.errors.map { "\($0)\n" }.joined()
        if ProcessInfo.processInfo.environment["TEDGE_RECORD"] == "1" {
            try FileManager.default.createDirectory(
                at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
            try texts.write(to: file, atomically: true, encoding: .utf8)
        }
        let expected = contents(of: file.path)
        for (found, expected) in zip(texts.split(separator: "\n"), expected.split(separator: "\n")) {
            #expect(found == expected)
        }
        #expect(texts == expected)
    }

    @Test(
        "an IPv6 address is put in brackets",
        arguments: [("::1", "[::1]:1883"), ("127.0.0.1", "127.0.0.1:1883"), ("localhost", "localhost:1883")])
    func endpoint(host: String, text: String) {
        #expect(MQTTError.Endpoint(host: host, port: 1883).description == text)
    }

    @Test("the codes of CONNACK are recognised", arguments: Array(1...255) as [UInt8])
    func refusals(code: UInt8) {
        let known: [UInt8: MQTTError.Refusal] = [
            1: .protocolVersion, 2: .clientID, 3: .serverUnavailable, 4: .badUserNameOrPassword, 5: .notAuthorised,
        ]
        #expect(MQTTError.Refusal(code: code) == known[code] ?? .other(code))
    }
}
