import ArgumentParsing
import TedgeCore

/// `tedge refresh-bridges`.
struct RefreshBridgesCommand: ChangingCommand {
    static let configuration = CommandConfiguration(
        name: "refresh-bridges", abstract: "Rewrite existing bridges from the current settings.",
        discussion: """
            mosquitto is restarted only if a file has changed.

            Exit status:
              0  all bridges match the settings
              1  failed; files and services are as before
              4  written, but there is no service manager to restart mosquitto
            """)

    var dryRun = DryRunArgument()

    var arguments: [BoundArgument] { dryRun.arguments }

    func run(in context: Context) -> CommandReport { BridgeRefresher(in: context).run() }
}
