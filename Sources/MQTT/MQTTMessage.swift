/// A message that has arrived.
public struct MQTTMessage: Sendable, Equatable {
    /// The topic it was published to.
    public let topic: String
    /// The bytes as sent.
    public let payload: [UInt8]
    /// The guarantee it came with.
    public let qos: QoS
    /// Whether it was stored at the broker before the subscription was made.
    public let isRetained: Bool

    /// Puts a message together, for tests of code that receives messages.
    public init(topic: String, payload: [UInt8], qos: QoS = .atMostOnce, isRetained: Bool = false) {
        self.topic = topic
        self.payload = payload
        self.qos = qos
        self.isRetained = isRetained
    }
}

/// What comes with a message besides topic and payload.
public struct MQTTDelivery: Sendable, Equatable {
    /// The guarantee the message came with.
    public let qos: QoS
    /// Whether it was stored at the broker before the subscription was made.
    public let isRetained: Bool

    /// Puts the values together, for tests of code that receives messages.
    public init(qos: QoS, isRetained: Bool) {
        self.qos = qos
        self.isRetained = isRetained
    }
}
