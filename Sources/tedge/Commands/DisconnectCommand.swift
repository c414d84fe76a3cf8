import ArgumentParsing
import TedgeCore

/// `tedge disconnect`.
struct DisconnectCommand: RunnableCommand {
    static let configuration = CommandConfiguration(
        name: "disconnect", abstract: "Remove the bridge to a cloud and stop its mapper.")

    var target = CloudArguments()

    var arguments: [BoundArgument] { target.arguments }

    func validate() throws(UsageError) { try target.validate() }

    func run(in context: Context) -> CommandReport {
        Disconnector(target.cloud, profile: target.profile, in: context).run()
    }
}
