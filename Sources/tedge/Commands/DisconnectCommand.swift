import ArgumentParsing
import TedgeCore

/// `tedge disconnect`.
struct DisconnectCommand: RunnableCommand {
    static let configuration = CommandConfiguration(
        name: "disconnect", abstract: "Take the bridge to a cloud away, and stop its mapper.")

    @Argument("CLOUD", help: "The cloud, or CLOUD.NAME for its profile NAME.", completion: .custom("cloud"))
    var target: CloudTarget
    @Option(
        .long("profile"), help: "Cloud profile that is meant. [env: TEDGE_CLOUD_PROFILE]", valueName: "NAME",
        completion: .custom("profile"))
    var profile: ProfileName?

    var arguments: [BoundArgument] { [$target, $profile] }

    func validate() throws(UsageError) { try target.check(profile) }

    func run(in context: Context) -> CommandReport {
        Disconnector(target.cloud, profile: target.profile(or: profile), in: context).run()
    }
}
