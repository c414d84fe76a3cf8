import ArgumentParsing
import TedgeCore

/// `tedge mqtt`.
struct MQTTCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        name: "mqtt", abstract: "Publish and receive messages through the MQTT broker of this device.",
        subcommands: [MQTTPubCommand.self, MQTTSubCommand.self])
}

/// Reads words of the commands below `tedge mqtt`; what is wrong with one is the reason of a usage error.
enum MQTTArgumentValidation {
    static func topicName(_ word: String) throws -> String { try MessageValidation.topicName(word) }

    static func topicFilter(_ word: String) throws -> String { try MessageValidation.topicFilter(word) }

    static func qos(_ word: String) throws -> Int { try MessageValidation.qos(word) }

    /// A length of time that is not 0.
    static func duration(_ word: String) throws -> SettingDuration {
        let duration = try MessageValidation.duration(word)
        guard duration.duration > .zero else { throw InvalidValue("a duration longer than 0 is expected") }
        return duration
    }

    /// A whole number that is not less than `lowest`.
    static func number(from lowest: Int) -> (String) throws -> Int {
        { word in
            guard let number = try? Int(argument: word), number >= lowest else {
                throw InvalidValue("a whole number from \(lowest) on is expected")
            }
            return number
        }
    }
}

extension SettingDuration: ExpressibleByArgument {
    /// Reads a length of time as the settings do.
    public init(argument: String) throws { self = try MessageValidation.duration(argument) }

    /// What was typed.
    public var argumentText: String { text }
}
