import ArgumentParsing
import TedgeCore

/// `tedge disconnect`.
struct DisconnectCommand: RunnableCommand {
    static let configuration = CommandConfiguration(
        name: "disconnect", abstract: "Take the bridge to a cloud away, and stop its mapper.")

    @Argument("CLOUD", help: "The cloud.") var cloud: CloudName
    @Option(
        .long("profile"), help: "Cloud profile that is meant. [env: TEDGE_CLOUD_PROFILE]", valueName: "NAME",
        completion: .custom("profile"))
    var profile: ProfileName?

    var arguments: [BoundArgument] { [$cloud, $profile] }

    func run(in context: Context) -> CommandReport {
        Disconnector(cloud, profile: profile, in: context).run()
    }
}
