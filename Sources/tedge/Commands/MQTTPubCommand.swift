import ArgumentParsing
import TedgeCore

/// `tedge mqtt pub`.
struct MQTTPubCommand: RunnableCommand {
    static let configuration = CommandConfiguration(
        name: "pub", abstract: "Publish a message.",
        discussion: """
            Ends when everything is delivered: written at QoS 0, acknowledged by the broker at QoS 1 and 2.
            The settings mqtt.client.* select the broker.

            Examples:
              tedge mqtt pub te/device/main///m/ '{"temperature": 21}'
              tedge mqtt pub --retain --qos 2 status on
              tedge mqtt pub --retain status ''           removes the retained message
              tedge mqtt pub --base64 bytes AAEC/w==
              tedge mqtt pub --repeat 60 --sleep 500ms tick tock
              tedge mqtt pub offset -- -5
            """)

    @Argument("TOPIC", help: "Topic to publish to.", parse: MessageValidation.topicName) var topic: String
    @Argument("MESSAGE", help: "The message; put -- before one that begins with a dash.") var message: String
    @Option(
        .short("q"), .long("qos"), help: "Quality of service: 0, 1 or 2.", completion: .values(["0", "1", "2"]),
        parse: MessageValidation.qos)
    var qos: Int = 1
    @Flag(.short("r"), .long("retain"), help: "Have the broker retain the message for later subscribers.")
    var retain: Bool
    @Flag(.long("base64"), help: "Decode the message from base64 before it is published.") var base64: Bool
    @Option(
        .long("repeat"), help: "Number of times to publish.", valueName: "N", parse: Int.from(1))
    var count: Int = 1
    @Option(
        .long("sleep"), help: "Time between two messages, for example 500ms; 0s for none.", valueName: "DURATION",
        defaultText: "1s")
    var sleep: SettingDuration?

    var connection = ConnectionTimeoutArgument()

    var arguments: [BoundArgument] {
        [$topic, $message, $qos, $retain, $base64, $count, $sleep] + connection.arguments
    }

    func validate() throws(UsageError) {
        do {
            _ = try MessageValidation.payload(message, isBase64: base64)
        } catch {
            throw UsageError(.invalidValue(message, argument: "<MESSAGE>", reason: "\(error)"))
        }
    }

    func run(in context: Context) -> CommandReport {
        var request = Publisher.Request(topic: topic, message: message)
        (request.qos, request.isRetained, request.isBase64) = (qos, retain, base64)
        request.count = count
        if let sleep { request.pause = sleep.duration }
        request.patience = connection.timeout?.duration
        return Publisher(request, in: context).run()
    }
}
