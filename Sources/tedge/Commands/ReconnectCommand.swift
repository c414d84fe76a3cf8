import ArgumentParsing
import TedgeCore

/// `tedge reconnect`.
struct ReconnectCommand: RunnableCommand {
    static let configuration = CommandConfiguration(
        name: "reconnect", abstract: "Take the bridge to a cloud away and connect anew.",
        discussion: """
            Exit status:
              0  connected, and the cloud answers
              1  failed; files and services are as before, and a bridge that was there is there again
              3  connected, but a renewed certificate was refused and the old one is in use
              4  configured, but the connection is not proven
            """)

    @Argument("CLOUD", help: "The cloud, or CLOUD.NAME for its profile NAME.", completion: .custom("cloud"))
    var target: CloudTarget
    @Flag(.long("offline"), help: "Configure and start everything without the network, and check nothing.")
    var offline: Bool
    @Option(
        .long("profile"), help: "Cloud profile that is meant. [env: TEDGE_CLOUD_PROFILE]", valueName: "NAME",
        completion: .custom("profile"))
    var profile: ProfileName?

    var arguments: [BoundArgument] { [$target, $offline, $profile] }

    func validate() throws(UsageError) { try target.check(profile) }

    func run(in context: Context) -> CommandReport {
        var options = Connector.Options()
        options.isOffline = offline
        return Reconnector(target.cloud, profile: target.profile(or: profile), options: options, in: context).run()
    }
}
