import MQTT
import Synchronization

@testable import TedgeCore

/// What clients for many messages do, and what happens to them, as a test says.
final class FixtureTraffic: Sendable {
    /// What a client meets while it waits for messages.
    enum Event: Sendable {
        case message(MQTTMessage)
        case loss(MQTTError)
        /// A message with the end of the connection right behind it.
        case last(MQTTMessage, MQTTError)
        /// Nothing comes for a moment.
        case pause
        /// A test does something meanwhile.
        case meanwhile(@Sendable () -> Void)
    }

    fileprivate struct State {
        var calls: [String] = []
        var options: [MQTTOptions] = []
        var events: [Event] = []
        var failures: [String: [MQTTError]] = [:]
        var hooks: [String: @Sendable () -> Void] = [:]
        var payloads: [[UInt8]] = []
        var delivered = 0
    }

    fileprivate let state = Mutex(State())

    /// The calls in their order, for example `subscribe a/# 1`.
    var calls: [String] { state.withLock { $0.calls } }
    /// The options of the clients.
    var options: [MQTTOptions] { state.withLock { $0.options } }
    /// The payloads that were published.
    var payloads: [[UInt8]] { state.withLock { $0.payloads } }

    /// Has these events come, in this order; the deadline is passed behind them.
    func come(_ events: Event...) { state.withLock { $0.events += events } }

    /// Has a call fail, named by its first word; the errors are for that call's next uses, one each.
    func fail(_ call: String, _ errors: MQTTError...) { state.withLock { $0.failures[call, default: []] += errors } }

    /// Has something happen at each use of a call.
    func on(_ call: String, _ body: @escaping @Sendable () -> Void) { state.withLock { $0.hooks[call] = body } }

    /// Has a call fail after it has succeeded some times.
    func fail(_ call: String, after count: Int, _ error: MQTTError) {
        state.withLock { $0.failures[call] = Array(repeating: .notConnected, count: count) + [error] }
    }
}

/// A connection whose broker does what a connector and its traffic say. `notConnected` in a list of failures is a success.
final class FixtureConnection: MQTTConnection {
    private let options: MQTTOptions
    private let connector: FixtureConnector
    private let interruption: Interruption
    private var waiting: [MQTTMessage] = []
    private var traffic: FixtureTraffic { connector.traffic }

    init(_ options: MQTTOptions, _ connector: FixtureConnector, _ interruption: Interruption) {
        (self.options, self.connector, self.interruption) = (options, connector, interruption)
        traffic.state.withLock { $0.options.append(options) }
    }

    var delivered: Int { traffic.state.withLock { $0.delivered } }

    private func note(_ call: String) throws(MQTTError) {
        let name = call.prefix { $0 != " " }
        let failure = traffic.state.withLock { state -> MQTTError? in
            state.calls.append(call)
            guard let next = state.failures[String(name)]?.first else { return nil }
            state.failures[String(name)]?.removeFirst()
            return next
        }
        traffic.state.withLock { $0.hooks[String(name)] }?()
        if interruption.isRequested { throw .interrupted }
        if let failure, failure != .notConnected { throw failure }
    }

    func connect(until deadline: ContinuousClock.Instant) throws(MQTTError) {
        try connector.connect(options)
        try note("connect")
    }

    func waitForBroker(until deadline: ContinuousClock.Instant) throws(MQTTError) { try connector.wait(options) }

    func nextMessage(until deadline: ContinuousClock.Instant?) throws(MQTTError) -> MQTTMessage? {
        waiting.isEmpty ? nil : waiting.removeFirst()
    }

    func reconnect(until deadline: ContinuousClock.Instant?) throws(MQTTError) { try note("reconnect") }

    func subscribe(_ topics: [(filter: String, qos: QoS)], until deadline: ContinuousClock.Instant) throws(MQTTError) {
        for topic in topics { try note("subscribe \(topic.filter) \(topic.qos.rawValue)") }
        waiting += connector.subscribe(topics.map(\.filter))
    }

    func subscribe(
        _ topics: [(filter: String, qos: QoS)], until deadline: ContinuousClock.Instant,
        handler: @escaping (_ topic: RawSpan, _ payload: RawSpan, _ delivery: MQTTDelivery) -> Bool
    ) throws(MQTTError) {
        try subscribe(topics, until: deadline)
    }

    func publish(
        topic: String, payload: [UInt8], qos: QoS, retain: Bool, until deadline: ContinuousClock.Instant?
    ) throws(MQTTError) -> Int {
        try note("publish \(topic) \(qos.rawValue)\(retain ? " retained" : "")")
        traffic.state.withLock { state in
            state.payloads.append(payload)
            state.delivered += 1
        }
        waiting += connector.publish(topic, payload)
        return 0
    }

    func waitForDelivery(until deadline: ContinuousClock.Instant) throws(MQTTError) { try note("wait") }

    func receive(
        until deadline: ContinuousClock.Instant?, idle: () -> Void,
        handler: @escaping (_ topic: RawSpan, _ payload: RawSpan, _ delivery: MQTTDelivery) -> Bool
    ) throws(MQTTError) -> Bool {
        try note("receive")
        while let event = traffic.state.withLock({ $0.events.isEmpty ? nil : $0.events.removeFirst() }) {
            switch event {
            case .message(let message):
                let delivery = MQTTDelivery(qos: message.qos, isRetained: message.isRetained)
                if !handler(Array(message.topic.utf8).span.bytes, message.payload.span.bytes, delivery) { return true }
            case .last(let message, let error):
                let delivery = MQTTDelivery(qos: message.qos, isRetained: message.isRetained)
                _ = handler(Array(message.topic.utf8).span.bytes, message.payload.span.bytes, delivery)
                throw error
            case .loss(let error): throw error
            case .meanwhile(let body): body()
            case .pause: break
            }
            if case .message = event { continue }
            idle()
            if interruption.isRequested { throw .interrupted }
        }
        guard deadline != nil else { throw .library(code: -1, reason: "the test says nothing more") }
        return false
    }

    func disconnect() {
        traffic.state.withLock { $0.calls.append("disconnect") }
        connector.disconnect()
    }
}

/// A standard output that remembers each write, and closes or fails as a test says.
final class FixtureOutput: MessageOutput {
    private struct State {
        var writes: [[UInt8]] = []
        var isTerminal = false
        var isClosed = false
        var failure: SystemError?
        var hurried = false
    }

    private let state = Mutex(State())

    /// What was written, write by write.
    var writes: [String] { state.withLock { $0.writes.map { String(decoding: $0, as: UTF8.self) } } }
    /// All bytes.
    var bytes: [UInt8] { state.withLock { $0.writes.flatMap(\.self) } }
    /// Whether the last write was one that should not wait.
    var wasHurried: Bool { state.withLock { $0.hurried } }

    /// Has a person read.
    func beTerminal() { state.withLock { $0.isTerminal = true } }

    /// Has the reader go away.
    func close() { state.withLock { $0.isClosed = true } }

    /// Has writes fail.
    func fail(_ code: Int32) { state.withLock { $0.failure = SystemError(code) } }

    var isTerminal: Bool { state.withLock { $0.isTerminal } }
    var isClosed: Bool { state.withLock { $0.isClosed || $0.failure != nil } }

    func write(_ bytes: [UInt8], hurry: () -> Bool) throws(SystemError) {
        let isHurried = hurry()
        let failure = state.withLock { state -> SystemError? in
            state.hurried = isHurried
            guard state.failure == nil, !state.isClosed else { return state.failure ?? SystemError(32) }
            state.writes.append(bytes)
            return nil
        }
        if let failure { throw failure }
    }
}
