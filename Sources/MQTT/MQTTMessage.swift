/// A message that has arrived.
public struct MQTTMessage: Sendable, Equatable {
    /// The topic it was published to.
    public let topic: String
    /// The payload as it was sent.
    public let payload: [UInt8]
    /// The QoS of its delivery.
    public let qos: QoS
    /// Whether the broker stored it before the subscription was made.
    public let isRetained: Bool

    /// Creates a message, for tests of code that receives messages.
    public init(topic: String, payload: [UInt8], qos: QoS = .atMostOnce, isRetained: Bool = false) {
        self.topic = topic
        self.payload = payload
        self.qos = qos
        self.isRetained = isRetained
    }
}

/// The properties of a delivered message besides topic and payload.
public struct MQTTDelivery: Sendable, Equatable {
    /// The QoS of the delivery.
    public let qos: QoS
    /// Whether the broker stored the message before the subscription was made.
    public let isRetained: Bool

    /// Creates the properties, for tests of code that receives messages.
    public init(qos: QoS, isRetained: Bool) {
        self.qos = qos
        self.isRetained = isRetained
    }
}
