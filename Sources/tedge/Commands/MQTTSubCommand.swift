import ArgumentParsing
import TedgeCore

/// `tedge mqtt sub`.
struct MQTTSubCommand: RunnableCommand {
    static let configuration = CommandConfiguration(
        name: "sub", abstract: "Show messages as they arrive.",
        discussion: """
            Each message is a line, [TOPIC] PAYLOAD. A payload that is not UTF-8 is shown as <ERR=NON-UTF8> and
            its base64. On a terminal control characters are escaped; elsewhere payloads are printed unchanged.
            Ctrl-C ends the command with exit status 0. A lost connection is restored. The settings
            mqtt.client.* select the broker.

            With --json all messages are in one object, which is printed at the end: limit them with --count
            or --duration. The encoding of a payload is utf-8, or base64 if it is not UTF-8.

            Examples:
              tedge mqtt sub '#'
              tedge mqtt sub --count 1 --no-topic 'te/device/main///m/+'
              tedge mqtt sub --retained-only --duration 1s 'te/+/+/+/+/twin/#'
            """)

    @Argument(
        "TOPIC", help: "Topic to subscribe to; + matches one level, # at the end all levels that follow.",
        parse: MessageValidation.topicFilter)
    var topic: String
    @Option(
        .short("q"), .long("qos"), help: "Highest quality of service: 0, 1 or 2.",
        completion: .values(["0", "1", "2"]), parse: MessageValidation.qos)
    var qos: Int = 0
    @Flag(.long("no-topic"), help: "Show only the payload.") var noTopic: Bool
    @Flag(.long("base64"), help: "Show payloads as base64.") var base64: Bool
    @Option(
        .short("W"), .long("duration"), help: "Stop after this time, for example 10s or 1m 30s.", valueName: "DURATION",
        parse: SettingDuration.nonzero)
    var duration: SettingDuration?
    @Option(
        .short("C"), .long("count"), help: "Stop after this many messages; 0 is no limit.", valueName: "N",
        parse: Int.from(0))
    var count: Int = 0
    @Flag(
        .long("retained-only"),
        help: "Show only retained messages, and stop at the first other one.")
    var retainedOnly: Bool

    var connection = ConnectionTimeoutArgument()

    var arguments: [BoundArgument] {
        [$topic, $qos, $noTopic, $base64, $duration, $count, $retainedOnly] + connection.arguments
    }

    func run(in context: Context) -> CommandReport {
        var request = Subscriber.Request(filter: topic)
        (request.qos, request.showsTopic, request.isBase64) = (qos, !noTopic, base64)
        (request.duration, request.limit, request.retainedOnly) = (duration?.duration, count, retainedOnly)
        request.patience = connection.timeout?.duration
        return Subscriber(request, in: context).run()
    }
}
