/// The names of the files that mosquitto reads.
struct BridgePaths: Sendable {
    /// The directory that mosquitto includes.
    let directory: String
    /// The cloud.
    let cloud: CloudName
    /// The profile.
    let profile: ProfileName?

    /// The names below a configuration directory.
    init(in configurationDirectory: String, _ cloud: CloudName, _ profile: ProfileName?) {
        directory = Self.directory(in: configurationDirectory)
        self.cloud = cloud
        self.profile = profile
    }

    /// The directory that mosquitto includes.
    static func directory(in configurationDirectory: String) -> String {
        "\(configurationDirectory)/mosquitto-conf"
    }

    /// The file with the listeners.
    var listeners: String { "\(directory)/\(Self.listenersName)" }

    static let listenersName = "tedge-mosquitto.conf"

    /// The file with the listeners, which all connections share.
    static func listeners(in configurationDirectory: String) -> String {
        "\(directory(in: configurationDirectory))/\(listenersName)"
    }

    /// The file with what mosquitto needs to keep messages, while there is a durable bridge.
    static func durability(in configurationDirectory: String) -> String {
        "\(directory(in: configurationDirectory))/\(durabilityName)"
    }

    static let durabilityName = "tedge-durable.conf"

    /// A mark, or the bridge file itself under another name, that exists while connect or disconnect is not complete: if they
    /// find it, a killed run left it. mosquitto reads only names that end in `.conf`.
    var unfinished: String { bridge + ".unfinished" }

    /// A mark that exists while `cert renew` reconnects: if it finds it, a killed run left it.
    var renewal: String { bridge + ".renewal" }

    /// The last bridge file that mosquitto rejected, kept for a person to look at.
    var rejected: String { bridge + ".rejected" }

    /// The file with the bridge.
    var bridge: String {
        "\(directory)/\(cloud.rawValue)\(profile.map { "@\($0)" } ?? "")\(Self.ending)"
    }

    private static let ending = "-bridge.conf"

    /// Whether a file of the directory is a bridge.
    static func isBridge(_ name: String) -> Bool { name.hasSuffix(ending) }

    /// The connections that have a bridge file, in the order of the clouds and then of the profiles.
    static func connections(among names: [String]) -> [(cloud: CloudName, profile: ProfileName?)] {
        var connections: [(cloud: CloudName, profile: ProfileName?)] = []
        for cloud in CloudName.allCases {
            if names.contains(cloud.rawValue + ending) { connections.append((cloud, nil)) }
            let own = names.filter { $0.hasPrefix("\(cloud.rawValue)@") && $0.hasSuffix(ending) }
            for middle in own.map({ $0.dropFirst(cloud.rawValue.utf8.count + 1).dropLast(ending.utf8.count) }).sorted()
            {
                // Only names that this program gives.
                guard let profile = try? ProfileName(parsing: String(middle)), profile.text == middle else { continue }
                connections.append((cloud, profile))
            }
        }
        return connections
    }
}
