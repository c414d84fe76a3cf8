import ArgumentParsing
import TedgeCore

/// `tedge mqtt`.
struct MQTTCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        name: "mqtt", abstract: "Publish and receive messages through the MQTT broker of this device.",
        subcommands: [MQTTPubCommand.self, MQTTSubCommand.self])
}
