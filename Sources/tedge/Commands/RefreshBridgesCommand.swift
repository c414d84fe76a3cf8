import ArgumentParsing
import TedgeCore

/// `tedge refresh-bridges`.
struct RefreshBridgesCommand: RunnableCommand {
    static let configuration = CommandConfiguration(
        name: "refresh-bridges", abstract: "Write the bridges that there are anew, as the settings ask for them.",
        discussion: """
            mosquitto is restarted where a file has changed, and left alone where none has.

            Exit status:
              0  all bridges are as the settings ask for them
              1  failed; files and services are as before
              4  written, but there is no service manager to restart mosquitto with
            """)

    var arguments: [BoundArgument] { [] }

    func run(in context: Context) -> CommandReport { BridgeRefresher(in: context).run() }
}
