/// A service that this program drives. The names are fixed here and never taken from a file.
public struct Service: Sendable, Hashable {
    /// The name that the service manager knows.
    public let unit: String
    /// The name in messages.
    public let name: String

    /// The broker.
    public static let mosquitto = Service(unit: "mosquitto", name: "mosquitto")
    /// The agent.
    public static let agent = Service(unit: "tedge-agent", name: "tedge-agent")

    /// Whether a unit is that of the broker.
    static func isBroker(_ unit: String) -> Bool { unit == mosquitto.unit }

    /// The mapper of a cloud, and of a profile of it. Messages call every mapper the same.
    public static func mapper(_ cloud: CloudName, _ profile: ProfileName?) -> Service {
        Service(unit: "tedge-mapper-\(cloud.rawValue)" + (profile.map { "@\($0)" } ?? ""), name: "tedge-mapper")
    }

    /// The one mapper that older installations have for all clouds.
    public static let singleMapper = Service(unit: "tedge-mapper", name: "tedge-mapper")
}
