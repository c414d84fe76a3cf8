/// A topic that a bridge carries, as a line of mosquitto.conf(5) has it.
public struct BridgeTopic: Sendable, Equatable {
    /// Which way messages go.
    public enum Direction: String, Sendable {
        /// From the cloud to the device.
        case `in`
        /// From the device to the cloud.
        case out
        /// Both ways.
        case both
    }

    /// The pattern between the prefixes.
    public let pattern: String
    /// Which way messages go.
    public let direction: Direction
    /// The quality of service, 0 to 2.
    public let qos: Int
    /// What comes before the pattern on the device.
    public let localPrefix: String
    /// What comes before the pattern in the cloud.
    public let remotePrefix: String

    /// Puts a topic together.
    public init(_ pattern: String, _ direction: Direction, _ qos: Int, local: String, remote: String = "") {
        self.pattern = pattern
        self.direction = direction
        self.qos = qos
        localPrefix = local
        remotePrefix = remote
    }
}
