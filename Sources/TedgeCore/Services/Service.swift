/// A service that this program controls. The names are fixed here and never read from a file.
public struct Service: Sendable, Hashable {
    /// The name that the service manager knows.
    let unit: String
    /// The name in messages.
    let name: String

    /// The broker.
    static let mosquitto = Service(unit: "mosquitto", name: "mosquitto")
    /// The agent.
    static let agent = Service(unit: "tedge-agent", name: "tedge-agent")

    /// The mapper of a cloud or of a profile. Messages use the same name for every mapper.
    static func mapper(_ cloud: CloudName, _ profile: ProfileName?) -> Service {
        Service(unit: "tedge-mapper-\(cloud.rawValue)" + (profile.map { "@\($0)" } ?? ""), name: "tedge-mapper")
    }

    /// The single mapper of older installations, for all clouds.
    static let singleMapper = Service(unit: "tedge-mapper", name: "tedge-mapper")
}
