import MQTT
import Testing

@testable import TedgeCore

@Suite struct SubscriberJSONTests {
    private func listen(
        _ events: FixtureTraffic.Event..., isClosed: Bool = false, limit: Int = 0
    ) throws -> (fixture: Fixture, report: CommandReport) {
        var fixture = try Fixture()
        fixture.isJSON = true
        if isClosed { fixture.shown.close() }
        for event in events { fixture.broker.traffic.come(event) }
        var request = Subscriber.Request(filter: "a/#")
        (request.duration, request.limit) = (.seconds(3600), limit)
        return (fixture, Subscriber(request, in: fixture.context).run())
    }

    @Test("the object holds the messages, and nothing is written as they come")
    func messages() throws {
        let stored = MQTTMessage(topic: "a/c", payload: [0xFF], qos: .atLeastOnce, isRetained: true)
        let (fixture, report) = try listen(.message(message("a/b", "hi\n")), .pause, .message(stored), limit: 2)
        #expect(fixture.shown.bytes == [] && fixture.printed.all == "")
        #expect(
            report.checkedText
                == "{\"command\":\"mqtt sub\",\"cloud\":null,\"profile\":null,\"result\":\"ok\",\"changed\":false,\"reason\":null,\"retry\":false,"
                + "\"message\":null,\"causes\":[],\"hint\":null,\"ended\":\"count\",\"topic\":\"a/#\",\"qos\":0,\"count\":2,\"messages\":["
                + "{\"topic\":\"a/b\",\"payload\":\"hi\\n\",\"encoding\":\"utf-8\",\"qos\":0,\"retained\":false},"
                + "{\"topic\":\"a/c\",\"payload\":\"/w==\",\"encoding\":\"base64\",\"qos\":1,\"retained\":true}]}")
    }

    @Test("an object without messages has an empty list")
    func none() throws {
        #expect(try listen().report.checkedText.hasSuffix("\"count\":0,\"messages\":[]}"))
    }

    @Test("a closed output ends nothing, because nothing is written to it yet")
    func closedOutput() throws {
        let (_, report) = try listen(
            .message(message("a/b", "1")), .pause, .message(message("a/b", "2")), isClosed: true)
        #expect(report.details.contains(.init("count", .number(2))))
    }

    @Test("a failure keeps what came before it")
    func failure() throws {
        let place = MQTTError.Endpoint(host: "h", port: 1)
        let (_, report) = try listen(.message(message("a/b", "1")), .loss(.protocolViolation(place)))
        #expect(report.status == 1 && report.reason == "broker-unreachable")
        #expect(report.checkedText.contains("\"messages\":[{\"topic\":\"a/b\",\"payload\":\"1\","))
    }
}
