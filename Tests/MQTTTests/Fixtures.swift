import MQTT
import Synchronization
import TestSupport

/// Far enough away not to be met by a test that passes.
var later: ContinuousClock.Instant { .now + .seconds(20) }

/// Near enough to wait for.
var soon: ContinuousClock.Instant { .now + .milliseconds(200) }

extension MQTTOptions {
    /// A client with an id of its own on 127.0.0.1.
    static func test(_ port: UInt16, host: String = "127.0.0.1", tls: MQTTTLS? = nil) -> MQTTOptions {
        let id = String(UInt64.random(in: .min ... .max), radix: 36)
        return MQTTOptions(host: host, port: port, clientID: "test-\(id)", tls: tls)
    }
}

extension MQTTClient {
    /// A client connected to `port`.
    static func connected(_ port: UInt16, interrupted: @escaping () -> Bool = { false }) throws -> MQTTClient {
        let client = try MQTTClient(.test(port), interrupted: interrupted)
        try client.connect(until: later)
        return client
    }
}

/// A switch that another thread can turn on.
final class Flag: Sendable {
    private let state = Atomic(false)

    var isSet: Bool { state.load(ordering: .acquiring) }
    func set() { state.store(true, ordering: .releasing) }
}

extension Array where Element == UInt8 {
    /// The bytes of a text.
    init(_ text: String) { self = Array(text.utf8) }
}
