import Foundation
import MQTT
import Testing

@testable import TedgeCore

@Suite struct ReconnectionTests {
    private let fixture: Fixture
    private let place = MQTTError.Endpoint(host: "127.0.0.1", port: 1883)

    init() throws { fixture = try Fixture() }

    private var traffic: FixtureTraffic { fixture.broker.traffic }

    private func listen(for duration: Duration? = .seconds(3600), limit: Int = 0) -> CommandReport {
        var request = Subscriber.Request(filter: "a/#")
        (request.duration, request.limit) = (duration, limit)
        return Subscriber(request, in: fixture.context).run()
    }

    private func live(_ payload: String) -> FixtureTraffic.Event { .message(message("a/b", payload)) }

    @Test("a broker that cannot be reached in time at the start is an error")
    func unreachable() {
        traffic.fail("connect", .cannotConnect(place, errno: ECONNREFUSED))
        traffic.fail("reconnect", .cannotConnect(place, errno: ECONNREFUSED))
        let report = listen(for: nil)
        #expect(report.status == 1 && report.reason == "broker-unreachable")
        #expect(
            fixture.errors.hasPrefix(
                """
                Error: failed to subscribe the topic "a/#" with QoS "AtMostOnce".

                Caused by:
                    Cannot connect to the MQTT broker at 127.0.0.1:1883: Connection refused (os error 111).
                """))
        #expect(fixture.errors.contains("\nHint: Check 'mqtt.client.host' and"))
        #expect(traffic.calls == ["connect", "reconnect", "disconnect"])
    }

    @Test(
        "each failure at the start has a word for programs",
        arguments: [
            (.refused(.init(host: "h", port: 1), .notAuthorised), "broker-refuses"),
            (.tls(.init(host: "h", port: 1), .alert(number: 48)), "broker-tls-failed"),
            (.unreadable(path: "/k", errno: EACCES), "broker-tls-failed"),
            (.silent(.init(host: "h", port: 1)), "broker-unreachable"),
            (.flooded(.init(host: "h", port: 1), limit: 1), "broker-floods"),
            (.messageTooLarge(.init(host: "h", port: 1), bytes: 2, limit: 1), "broker-floods"),
            (.socket(.nameNotResolved(host: "h", reason: "unknown")), "broker-unreachable"),
            (.libraryMissing(reason: "no such file"), "mqtt-library-failed"),
            (.invalidOption(name: "password", reason: "needs a user name"), "broker-settings-unusable"),
        ] as [(MQTTError, ReasonID)])
    func words(_ error: MQTTError, _ id: ReasonID) {
        traffic.fail("connect", error)
        #expect(listen().reason == id)
        #expect(fixture.errors.contains("\(error)"))
    }

    @Test("a refused subscription is an error, with no second attempt")
    func refused() {
        traffic.fail("subscribe", .subscriptionRefused(filter: "a/#"))
        #expect(listen().reason == "subscription-refused")
        #expect(traffic.calls == ["connect", "subscribe a/# 0", "disconnect"])
    }

    @Test("a connection that is lost is made again, with the subscription, and both is said on stderr")
    func restart() {
        traffic.come(live("1"), .loss(.disconnected(place, errno: 0)), live("2"))
        #expect(listen().status == 0)
        #expect(
            traffic.calls == [
                "connect", "subscribe a/# 0", "receive", "reconnect", "subscribe a/# 0", "receive", "disconnect",
            ])
        #expect(fixture.shown.writes == ["[a/b] 1\n", "[a/b] 2\n"])
        #expect(
            fixture.errors == """
                Warning: The MQTT broker at 127.0.0.1:1883 closed the connection; connecting until it is back.
                Connected to the MQTT broker again.

                """)
    }

    @Test(
        "a loss in the middle of connecting again is no end",
        arguments: [
            MQTTError.disconnected(.init(host: "h", port: 1), errno: 104), .timedOut(.subscription(filter: "a")),
        ])
    func lostAgain(_ error: MQTTError) {
        traffic.come(.loss(.keepAliveExpired(place)), live("2"))
        traffic.fail("subscribe", .notConnected, error)
        #expect(listen().status == 0)
        #expect(traffic.calls.filter { $0 == "reconnect" }.count == 2)
        #expect(fixture.shown.writes == ["[a/b] 2\n"])
    }

    @Test("a connection that ends behind the last message that is wanted is not made again")
    func lostBehindTheLast() {
        traffic.come(.last(message("a/b", "1"), .disconnected(place, errno: 0)))
        let report = listen(for: nil, limit: 1)
        #expect(report.status == 0 && report.details.contains(.init("ended", .string("count"))))
        #expect(fixture.shown.writes == ["[a/b] 1\n"] && fixture.errors == "")
    }

    @Test("what waiting cannot change ends it")
    func refusedAgain() {
        traffic.come(.loss(.disconnected(place, errno: 0)))
        traffic.fail("reconnect", .refused(place, .notAuthorised))
        let report = listen(for: nil)
        #expect(report.status == 1 && report.reason == "broker-refuses")
        #expect(fixture.errors.contains("Hint: Set 'mqtt.client.auth.username' and "))
    }

    @Test("a signal ends the attempts, well")
    func interrupted() {
        let signal = fixture.signal
        traffic.come(live("1"), .loss(.disconnected(place, errno: 0)))
        traffic.on("reconnect") { signal.send(SIGTERM) }
        let report = listen(for: nil)
        #expect(report.status == 0 && report.details.contains(.init("ended", .string("signal"))))
        #expect(fixture.shown.writes == ["[a/b] 1\n"])
    }

    @Test("the end of the duration ends the attempts, well")
    func durationOver() {
        traffic.come(.loss(.disconnected(place, errno: 0)))
        traffic.fail("reconnect", .cannotConnect(place, errno: ECONNREFUSED))
        let report = listen(for: .nanoseconds(1))
        #expect(report.status == 0)
        #expect(report.details.contains(.init("ended", .string("duration"))))
    }
}
