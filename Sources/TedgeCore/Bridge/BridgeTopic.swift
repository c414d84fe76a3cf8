/// A topic that a bridge forwards, as in a line of mosquitto.conf(5).
struct BridgeTopic: Sendable, Equatable {
    /// The direction of messages.
    enum Direction: String, Sendable {
        /// From the cloud to the device.
        case `in`
        /// From the device to the cloud.
        case out
        /// Both ways.
        case both
    }

    /// The pattern between the prefixes.
    let pattern: String
    /// The direction of messages.
    let direction: Direction
    /// The quality of service, 0 to 2.
    let qos: Int
    /// The prefix of the pattern on the device.
    let localPrefix: String
    /// The prefix of the pattern in the cloud.
    let remotePrefix: String

    /// Creates a topic.
    init(_ pattern: String, _ direction: Direction, _ qos: Int, local: String, remote: String = "") {
        self.pattern = pattern
        self.direction = direction
        self.qos = qos
        localPrefix = local
        remotePrefix = remote
    }
}
