import ArgumentParsing
import TedgeCore

/// `tedge disconnect`.
struct DisconnectCommand: ChangingCommand {
    static let configuration = CommandConfiguration(
        name: "disconnect", abstract: "Remove the bridge to a cloud and stop its mapper.")

    var target = CloudArguments()
    @Flag(.long("if-needed"), help: "Accepted for scripts: without a bridge, nothing is changed in any case.")
    var ifNeeded: Bool
    var dryRun = DryRunArgument()

    var arguments: [BoundArgument] { target.arguments + [$ifNeeded] + dryRun.arguments }

    func validate() throws(UsageError) { try target.validate() }

    func run(in context: Context) -> CommandReport {
        Disconnector(target.cloud, profile: target.profile, in: context).run()
    }
}
