import Foundation
import MQTT
import Testing

@testable import TedgeCore

@Suite struct SubscriberTests {
    private let fixture: Fixture
    private let place = MQTTError.Endpoint(host: "127.0.0.1", port: 1883)
    private let request: Subscriber.Request = {
        var request = Subscriber.Request(filter: "a/#")
        request.duration = .seconds(3600)
        return request
    }()

    init() throws { fixture = try Fixture() }

    private var traffic: FixtureTraffic { fixture.broker.traffic }

    private func listen(_ change: (inout Subscriber.Request) -> Void = { _ in }) -> CommandReport {
        var request = request
        change(&request)
        return Subscriber(request, in: fixture.context).run()
    }

    private func ended(_ report: CommandReport) -> JSONValue? { report.details.first { $0.key == "ended" }?.value }

    private func stored(_ payload: String) -> FixtureTraffic.Event {
        .message(MQTTMessage(topic: "a", payload: Array(payload.utf8), isRetained: true))
    }

    private func live(_ payload: String) -> FixtureTraffic.Event { .message(message("a/b", payload)) }

    @Test("it subscribes, shows what comes, and ends after its duration")
    func duration() {
        traffic.come(live("1"), live("2"))
        let report = listen { $0.qos = 1 }
        #expect(report.status == 0 && ended(report) == .string("duration"))
        #expect(traffic.calls == ["connect", "subscribe a/# 1", "receive", "disconnect"])
        #expect(fixture.shown.writes == ["[a/b] 1\n[a/b] 2\n"])
        #expect(fixture.printed.all == "")
    }

    @Test("the client has an id of its own and a clean session")
    func client() throws {
        _ = listen()
        let options = try #require(traffic.options.first)
        #expect(options.clientID.hasPrefix("tedge-sub-\(getpid())-") && options.cleanSession)
    }

    @Test("messages that come one upon the other are written together, and at once in a pause")
    func batches() {
        traffic.come(live("1"), live("2"), .pause, live("3"), .pause, .pause)
        _ = listen { $0.showsTopic = false }
        #expect(fixture.shown.writes == ["1\n2\n", "3\n"])
    }

    @Test("no more than 64 KiB are gathered")
    func portions() {
        let text = String(repeating: "x", count: 40_000)
        traffic.come(live(text), live(text), live(text))
        _ = listen { $0.showsTopic = false }
        #expect(fixture.shown.writes.map(\.utf8.count) == [80_002, 40_001])
    }

    @Test("it ends after so many messages", arguments: [1, 2, 3])
    func count(limit: Int) {
        traffic.come(live("1"), live("2"), live("3"), live("4"))
        let report = listen { $0.limit = limit }
        #expect(report.status == 0 && ended(report) == .string("count"))
        #expect(report.details.contains(.init("count", .number(limit))))
        #expect(fixture.shown.writes == [(1...limit).map { "[a/b] \($0)\n" }.joined()])
    }

    @Test("a count of 0 is no limit")
    func noLimit() {
        traffic.come(live("1"), live("2"))
        #expect(ended(listen { $0.limit = 0 }) == .string("duration"))
    }

    @Test("with stored messages only, the first that is none ends it and is not shown")
    func retainedOnly() {
        traffic.come(stored("1"), stored("2"), live("3"), stored("4"))
        let report = listen { $0.retainedOnly = true }
        #expect(report.status == 0 && ended(report) == .string("retained-only"))
        #expect(fixture.shown.writes == ["[a] 1\n[a] 2\n"])
    }

    @Test("stored messages are shown as others are")
    func retained() {
        traffic.come(stored("1"), live("2"))
        _ = listen()
        #expect(fixture.shown.writes == ["[a] 1\n[a/b] 2\n"])
    }

    @Test("a signal ends it well, with all that came", arguments: [SIGINT, SIGTERM, SIGQUIT, SIGHUP])
    func signal(number: Int32) {
        let signal = fixture.signal
        traffic.come(live("1"), .meanwhile { signal.send(number) }, live("2"))
        let report = listen { $0.duration = nil }
        #expect(report.status == 0 && ended(report) == .string("signal"))
        #expect(fixture.shown.writes == ["[a/b] 1\n"] && fixture.printed.all == "")
        #expect(traffic.calls.last == "disconnect")
    }

    @Test("a signal while it connects ends it well, too")
    func earlySignal() {
        fixture.signal.send(SIGTERM)
        #expect(ended(listen()) == .string("signal"))
        #expect(traffic.calls == ["connect", "disconnect"])
    }

    @Test("a reader that goes away ends it well, also when no further message comes")
    func readerGone() {
        let shown = fixture.shown
        traffic.come(live("1"), .pause, .meanwhile { shown.close() })
        let report = listen { $0.duration = nil }
        #expect(report.status == 0 && ended(report) == .string("reader-gone"))
        #expect(fixture.shown.writes == ["[a/b] 1\n"] && fixture.printed.all == "")
    }

    @Test("a reader that has gone is noticed when a message comes")
    func readerGoneBefore() {
        let text = String(repeating: "x", count: 70_000)
        let shown = fixture.shown
        traffic.come(.meanwhile { shown.fail(EPIPE) }, live(text), live("2"))
        #expect(ended(listen { $0.duration = nil }) == .string("reader-gone"))
        #expect(fixture.printed.all == "")
    }

    @Test("an output that cannot be written is an error")
    func outputFails() {
        let shown = fixture.shown
        traffic.come(live("1"), .meanwhile { shown.fail(ENOSPC) }, live("2"), .pause)
        let report = listen { $0.duration = nil }
        #expect(report.status == 1 && report.reason == "output-failed")
        #expect(fixture.errors.contains("    1: No space left on device (os error 28)\n"))
    }

    @Test("on a terminal control characters are escaped, elsewhere they are not")
    func terminal() {
        traffic.come(live("\u{1B}[2J"))
        _ = listen()
        fixture.shown.beTerminal()
        traffic.come(live("\u{1B}[2J"))
        _ = listen()
        #expect(fixture.shown.writes == ["[a/b] \u{1B}[2J\n", "[a/b] \\u{1b}[2J\n"])
    }

    @Test("what is over does not wait for a reader who holds still")
    func hurry() {
        traffic.come(live("1"), .pause)
        _ = listen()
        #expect(!fixture.shown.wasHurried)
        let signal = fixture.signal
        traffic.come(live("1"), .meanwhile { signal.send(SIGINT) })
        _ = listen()
        #expect(fixture.shown.wasHurried)
    }
}
