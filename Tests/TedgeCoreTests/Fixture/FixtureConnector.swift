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
        var hosts: [String: MQTTError] = [:]
        var retained: [MQTTMessage] = []
        var answer: Answer = { _, _ in [] }
    }

    private let state = Mutex(State())
    /// The calls of all connections, and what happens to them.
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

    /// Has all connections to a host fail; nil has them succeed again.
    func failToConnect(for host: String, _ error: MQTTError?) { state.withLock { $0.hosts[host] = error } }

    /// Has the broker say this to whoever subscribes.
    func retain(_ topic: String, _ payload: String) {
        state.withLock { $0.retained.append(message(topic, payload)) }
    }

    /// Has the broker answer messages.
    func onMessage(_ answer: @escaping Answer) { state.withLock { $0.answer = answer } }

    func connection(_ options: MQTTOptions, interruption: Interruption) throws(MQTTError) -> any MQTTConnection {
        FixtureConnection(options, self, interruption)
    }

    // MARK: What a connection does

    func wait(_ options: MQTTOptions) throws(MQTTError) {
        let failure = state.withLock { state in
            state.waits.append(options)
            return state.startFailure
        }
        if let failure { throw failure }
    }

    func connect(_ options: MQTTOptions) throws(MQTTError) {
        let failure = state.withLock { state in
            state.connections.append(options)
            if let error = state.hosts[options.host] { return Optional(error) }
            return state.failures.isEmpty ? nil : state.failures.removeFirst()
        }
        if let failure { throw failure }
    }

    /// Returns the messages that the broker keeps.
    func subscribe(_ filters: [String]) -> [MQTTMessage] {
        state.withLock { state in
            state.subscriptions.append(filters)
            return state.retained
        }
    }

    /// Returns the answers.
    func publish(_ topic: String, _ payload: [UInt8]) -> [MQTTMessage] {
        let text = String(decoding: payload, as: UTF8.self)
        let answer = state.withLock { state in
            state.published.append("\(topic) \(text)")
            return state.answer
        }
        return answer(topic, text)
    }

    func disconnect() { state.withLock { $0.disconnects += 1 } }
}

/// A message with a text.
func message(_ topic: String, _ payload: String) -> MQTTMessage {
    MQTTMessage(topic: topic, payload: Array(payload.utf8))
}
