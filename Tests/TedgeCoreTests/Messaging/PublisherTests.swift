import Foundation
import MQTT
import TLS
import Testing

@testable import TedgeCore

@Suite struct PublisherTests {
    private let fixture: Fixture
    private let place = MQTTError.Endpoint(host: "127.0.0.1", port: 1883)

    init() throws { fixture = try Fixture() }

    private var request: Publisher.Request {
        var request = Publisher.Request(topic: "a/b", message: "hello")
        request.pause = .zero
        return request
    }

    private func publish(_ request: Publisher.Request) -> CommandReport {
        Publisher(request, in: fixture.context).run()
    }

    @Test("a message is published, waited for, and the broker told of the end; nothing is printed")
    func once() {
        let report = publish(request)
        #expect(report.status == 0 && report.result == .ok && !report.changed)
        #expect(fixture.broker.traffic.calls == ["connect", "publish a/b 1", "wait", "disconnect"])
        #expect(fixture.broker.traffic.payloads == [Array("hello".utf8)])
        #expect(fixture.printed.all == "" && fixture.shown.bytes == [])
    }

    @Test(
        "a broker that is not there is waited for, whether a time is given or not",
        arguments: [nil, Duration.zero, .seconds(5)])
    func patience(_ time: Duration?) {
        var request = request
        fixture.broker.traffic.fail("connect", .cannotConnect(place, errno: 111))
        request.patience = time
        #expect(publish(request).status == 0)
        #expect(fixture.broker.traffic.calls == ["connect", "reconnect", "publish a/b 1", "wait", "disconnect"])
    }

    @Test("what answers and is no broker is an error at once, unless a time is given")
    func noBroker() {
        var request = request
        fixture.broker.traffic.fail("connect", .closedBeforeAnswer(place), .closedBeforeAnswer(place))
        #expect(publish(request).status == 1)
        #expect(fixture.broker.traffic.calls == ["connect", "disconnect"])
        request.patience = .seconds(5)
        #expect(publish(request).status == 0)
        #expect(fixture.broker.traffic.calls.dropFirst(2).prefix(2) == ["connect", "reconnect"])
    }

    @Test("waiting for a broker ends with its last error, and does not help against a refusal")
    func patienceEnds() {
        var request = request
        request.patience = .seconds(5)
        fixture.broker.traffic.fail("connect", .cannotConnect(place, errno: 111), .refused(place, .notAuthorised))
        fixture.broker.traffic.fail("reconnect", .noRoute(place))
        let report = publish(request)
        #expect(report.status == 1 && report.reason == "broker-unreachable")
        #expect(report.message?.contains("localhost") != true && report.message?.contains("127.0.0.1:1883") == true)
        #expect(publish(request).reason == "broker-refuses")
        #expect(fixture.broker.traffic.calls == ["connect", "reconnect", "disconnect", "connect", "disconnect"])
    }

    static let shapes: [MQTTError] = [
        .tls(place, .alert(number: 48)), .tls(place, nil),
        .closedBeforeAnswer(place),
    ]
    private static let place = MQTTError.Endpoint(host: "localhost", port: 1883)

    @Test("however a refused client certificate shows itself, the words are the same", arguments: shapes)
    func sameWords(_ shape: MQTTError) throws {
        var fixture = fixture
        try fixture.write(
            "mqtt.client = { host = 'localhost', auth = { ca_file = '/ca', cert_file = '/c', key_file = '/k' } }\n",
            to: "tedge/tedge.toml")
        fixture.probe = { endpoint, options, _, _, _ in
            let isSame = "\(endpoint)" == "localhost:1883" && options.roots == [.path("/ca")] && options.identity != nil
            return TLSProbe(failure: isSame ? .alert(number: 48) : .interrupted)
        }
        fixture.broker.traffic.fail("connect", shape)
        let report = Publisher(request, in: fixture.context).run()
        #expect(report.reason == "broker-tls-failed")
        #expect(
            report.message
                == "No secure connection to the MQTT broker at localhost:1883: the server ended the connection "
                + "with the TLS alert 'unknown ca'")
    }

    @Test("guarantee, retain flag and base64 are those of the request", arguments: [0, 1, 2])
    func options(qos: Int) {
        var request = request
        (request.qos, request.isRetained, request.isBase64, request.message) = (qos, true, true, "/wAB")
        #expect(publish(request).status == 0)
        #expect(fixture.broker.traffic.calls[1] == "publish a/b \(qos) retained")
        #expect(fixture.broker.traffic.payloads == [[255, 0, 1]])
    }

    @Test("the client has an id of its own, and at QoS 2 one message under way")
    func client() throws {
        _ = publish(request)
        var exactly = request
        exactly.qos = 2
        _ = publish(exactly)
        let options = fixture.broker.traffic.options
        #expect(options.map(\.port) == [1883, 1883] && options.map(\.host) == ["127.0.0.1", "127.0.0.1"])
        #expect(options.map(\.inFlightWindow) == [100, 1])
        for option in options {
            let letters = try #require(option.clientID.wholeMatch(of: "tedge-pub-\(getpid())-"))
            #expect(letters.count == 10 && letters.allSatisfy { ("a"..."z").contains($0) })
            #expect(option.cleanSession && option.username == nil && option.tls == nil)
        }
        #expect(options[0].clientID != options[1].clientID)
    }

    @Test("broker, user and password are those of the settings")
    func settings() throws {
        try fixture.write("s3cret\n", to: "password")
        try fixture.write(
            """
            [mqtt.client]
            host = "broker.local"
            port = 1999
            [mqtt.client.auth]
            username = "me"
            password_file = "\(fixture.directory.file("password"))"
            ca_file = "/ca.pem"
            cert_file = "/c.pem"
            key_file = "/k.pem"

            """, to: "tedge/tedge.toml")
        #expect(publish(request).status == 0)
        let options = try #require(fixture.broker.traffic.options.first)
        #expect(options.host == "broker.local" && options.port == 1999 && options.username == "me")
        #expect(options.password == Array("s3cret".utf8))
        #expect(options.tls == MQTTTLS(caFile: "/ca.pem", certificateFile: "/c.pem", keyFile: "/k.pem"))
    }

    @Test("a message is repeated, without a pause where there is none")
    func repeated() {
        var request = request
        request.count = 3
        #expect(publish(request).status == 0)
        let publish = "publish a/b 1"
        #expect(fixture.broker.traffic.calls == ["connect", publish, publish, publish, "wait", "disconnect"])
    }

    @Test("the connection is looked after in the pauses, of which there is none at the end")
    func pauses() {
        var request = request
        (request.count, request.pause) = (3, .seconds(3600))
        #expect(publish(request).status == 0)
        let publish = "publish a/b 1"
        #expect(
            fixture.broker.traffic.calls
                == ["connect", publish, "receive", publish, "receive", publish, "wait", "disconnect"])
    }

    @Test("a broker that cannot be reached in time is an error with cause and hint")
    func unreachable() {
        fixture.broker.traffic.fail("connect", .cannotConnect(place, errno: ECONNREFUSED))
        fixture.broker.traffic.fail("reconnect", .cannotConnect(place, errno: ECONNREFUSED))
        let report = publish(request)
        #expect(report.status == 1 && report.reason == "broker-unreachable")
        #expect(fixture.broker.traffic.calls == ["connect", "reconnect", "disconnect"])
        #expect(
            fixture.errors == """
                Error: failed to publish the message "hello" on the topic "a/b" with QoS "AtLeastOnce".

                Caused by:
                    Cannot connect to the MQTT broker at 127.0.0.1:1883: Connection refused (os error 111). Is it \
                running? See: systemctl status mosquitto

                Hint: Check 'mqtt.client.host' and 'mqtt.client.port' with 'tedge config list mqtt.client', and the \
                broker with 'tedge doctor'.

                """)
        #expect(fixture.output == "")
    }

    @Test("where the connection is lost on the way, it is said how many were delivered")
    func lost() {
        var request = request
        request.count = 5
        fixture.broker.traffic.fail("publish", after: 2, .disconnected(place, errno: 0))
        let report = publish(request)
        #expect(report.status == 1 && report.reason == "broker-connection-lost")
        #expect(report.details.contains(.init("delivered", .number(2))))
        #expect(
            fixture.errors.contains(
                """
                Caused by:
                    0: 2 of 5 messages were delivered.
                    1: The MQTT broker at 127.0.0.1:1883 closed the connection.
                """))
        #expect(fixture.broker.traffic.calls.last == "disconnect")
    }

    @Test("messages that the broker does not take in time are a failure")
    func silent() {
        fixture.broker.traffic.fail("wait", .timedOut(.delivery(messages: 1)))
        let report = publish(request)
        #expect(report.status == 1 && report.reason == "broker-silent")
        #expect(fixture.errors.contains("The MQTT broker did not take 1 message in time."))
    }

    @Test("a signal ends it, and it is said how many were delivered")
    func signal() {
        var request = request
        (request.count, request.pause) = (5, .seconds(3600))
        let signal = fixture.signal
        fixture.broker.traffic.come(.meanwhile { signal.send(SIGINT) })
        let report = publish(request)
        #expect(report.status == 1 && report.reason == "interrupted")
        #expect(fixture.errors.contains("    0: 1 of 5 messages was delivered.\n    1: Interrupted by SIGINT\n"))
    }

    @Test("with JSON the object says what was delivered")
    func json() {
        var request = request
        (request.count, request.isRetained) = (2, true)
        #expect(
            publish(request).checkedText
                == "{\"command\":\"mqtt pub\",\"cloud\":null,\"profile\":null,\"result\":\"ok\",\"changed\":false,\"reason\":null,\"retry\":false,"
                + "\"message\":null,\"causes\":[],\"hint\":null,\"topic\":\"a/b\",\"qos\":1,\"retained\":true,\"delivered\":2}"
        )
    }

    @Test("a long message is not repeated in an error")
    func longMessage() {
        var request = request
        request.message = String(repeating: "x", count: 100_000)
        fixture.broker.traffic.fail("connect", .noRoute(place))
        #expect(publish(request).status == 1)
        #expect(fixture.errors.contains("the message \"\(String(repeating: "x", count: 79))…\" on"))
        #expect(fixture.errors.utf8.count < 1000)
    }

    @Test("broken settings are an error before anything is sent")
    func brokenSettings() throws {
        try fixture.write("[mqtt\n", to: "tedge/tedge.toml")
        #expect(publish(request).reason == "settings-broken")
        try fixture.write("[mqtt.client.auth]\npassword_file = \"/nowhere/p\"\n", to: "tedge/tedge.toml")
        #expect(publish(request).reason == "file-unreadable")
        #expect(fixture.broker.traffic.options.isEmpty)
    }
}

extension String {
    /// What follows a beginning; nil if the text begins otherwise.
    func wholeMatch(of beginning: String) -> Substring? { hasPrefix(beginning) ? dropFirst(beginning.count) : nil }
}
