import MQTT
import Synchronization

@testable import TedgeCore

/// A broker that says what a test has it say, at once; where it says nothing more, the deadline is taken for passed.
final class FixtureConnector: MQTTConnector {
    /// What the broker and the cloud behind it say to a message.
    typealias Answer = @Sendable (_ topic: String, _ payload: String) -> [MQTTMessage]

    private struct State {
        var waits: [MQTTOptions] = []
        var connections: [MQTTOptions] = []
        var subscriptions: [[String]] = []
        var published: [String] = []
        var disconnects = 0
        var startFailure: MQTTError?
        var failures: [MQTTError] = []
        var retained: [MQTTMessage] = []
        var answer: Answer = { _, _ in [] }
    }

    private let state = Mutex(State())
    /// What is done with clients for many messages.
    let traffic = FixtureTraffic()

    /// The options with which somebody waited for the broker's start.
    var waits: [MQTTOptions] { state.withLock { $0.waits } }
    /// The options of the connections.
    var connections: [MQTTOptions] { state.withLock { $0.connections } }
    /// The filters of each subscription.
    var subscriptions: [[String]] { state.withLock { $0.subscriptions } }
    /// Topic and payload of each message, with a blank between them.
    var published: [String] { state.withLock { $0.published } }
    /// How many connections were ended.
    var disconnects: Int { state.withLock { $0.disconnects } }

    /// Has the broker not answer after its start; nil has it answer again.
    func failToStart(_ error: MQTTError?) { state.withLock { $0.startFailure = error } }

    /// Has the next connections fail, one error each.
    func failToConnect(_ errors: MQTTError...) { state.withLock { $0.failures += errors } }

    /// Has the broker say this to whoever subscribes.
    func retain(_ topic: String, _ payload: String) {
        state.withLock { $0.retained.append(message(topic, payload)) }
    }

    /// Has the broker answer messages.
    func onMessage(_ answer: @escaping Answer) { state.withLock { $0.answer = answer } }

    func waitForStart(
        _ options: MQTTOptions, until deadline: ContinuousClock.Instant, interruption: Interruption
    ) throws(MQTTError) -> any BrokerSession {
        let failure = state.withLock { state in
            state.waits.append(options)
            return state.startFailure
        }
        if let failure { throw failure }
        return Session(broker: self)
    }

    func connect(
        _ options: MQTTOptions, until deadline: ContinuousClock.Instant, interruption: Interruption
    ) throws(MQTTError) -> any BrokerSession {
        let failure = state.withLock { state in
            state.connections.append(options)
            return state.failures.isEmpty ? nil : state.failures.removeFirst()
        }
        if let failure { throw failure }
        return Session(broker: self)
    }

    func client(_ options: MQTTOptions, interruption: Interruption) throws(MQTTError) -> any MessageClient {
        FixtureClient(options, traffic, interruption)
    }

    private final class Session: BrokerSession {
        let broker: FixtureConnector
        var waiting: [MQTTMessage] = []

        init(broker: FixtureConnector) { self.broker = broker }

        func subscribe(_ filters: [String], until deadline: ContinuousClock.Instant) throws(MQTTError) {
            waiting += broker.state.withLock { state in
                state.subscriptions.append(filters)
                return state.retained
            }
        }

        func publish(
            topic: String, payload: [UInt8], qos: QoS, until deadline: ContinuousClock.Instant
        ) throws(MQTTError) {
            let text = String(decoding: payload, as: UTF8.self)
            let answer = broker.state.withLock { state in
                state.published.append("\(topic) \(text)")
                return state.answer
            }
            waiting += answer(topic, text)
        }

        func waitForDelivery(until deadline: ContinuousClock.Instant) throws(MQTTError) {}

        func nextMessage(until deadline: ContinuousClock.Instant) throws(MQTTError) -> MQTTMessage? {
            waiting.isEmpty ? nil : waiting.removeFirst()
        }

        func disconnect() { broker.state.withLock { $0.disconnects += 1 } }
    }
}

/// A message with a text.
func message(_ topic: String, _ payload: String) -> MQTTMessage {
    MQTTMessage(topic: topic, payload: Array(payload.utf8))
}
