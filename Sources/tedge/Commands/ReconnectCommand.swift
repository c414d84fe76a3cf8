import ArgumentParsing
import TedgeCore

/// `tedge reconnect`.
struct ReconnectCommand: ChangingCommand {
    static let configuration = CommandConfiguration(
        name: "reconnect", abstract: "Disconnect from a cloud and connect again.",
        discussion: """
            Exit status:
              0  connected, and the cloud answers
              1  failed; files and services are as before, and the previous bridge is restored
              3  connected, but a renewed certificate was refused and the old one is in use
              4  configured, but the connection is not proven
            """)

    var target = CloudArguments()
    @Flag(.long("offline"), help: "Configure and start everything without the network, and check nothing.")
    var offline: Bool
    @Flag(
        .long("durable"),
        help: "Keep messages while the line is down and over restarts of mosquitto, from now on.")
    var durable: Bool
    var dryRun = DryRunArgument()

    var arguments: [BoundArgument] {
        [target.$target, $offline] + target.option.arguments + [$durable] + dryRun.arguments
    }

    func validate() throws(UsageError) { try target.validate() }

    func run(in context: Context) -> CommandReport {
        var options = Connector.Options()
        (options.isOffline, options.isDurable) = (offline, durable)
        return Reconnector(target.cloud, profile: target.profile, options: options, in: context).run()
    }
}
