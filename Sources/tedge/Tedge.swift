import ArgumentParsing
import TedgeCore

/// The program itself, with its commands.
struct Tedge: ParsableCommand {
    static let configuration = CommandConfiguration(
        name: "tedge", abstract: "Connect this device to an IoT cloud and keep it connected.",
        discussion: """
            Exit status:
            \(ExitStatus.allCases.map { "  \($0.rawValue)  \($0.meaning)" }.joined(separator: "\n"))

            First steps with Cumulocity:
              sudo tedge config set c8y.url <tenant>.cumulocity.com
              sudo tedge cert create --device-id <id>
              sudo tedge cert upload c8y --user <user>
              sudo tedge connect c8y
            """,
        subcommands: [
            InitCommand.self, ConfigCommand.self, CertCommand.self, ConnectCommand.self, DisconnectCommand.self,
            ReconnectCommand.self,
            RefreshBridgesCommand.self,
            MQTTCommand.self,
            BootstrapCommand.self,
            StatusCommand.self,
            DoctorCommand.self,
            DiagCommand.self,
            CompletionsCommand.self,
            CompleteCommand.self,
            ManualCommand.self,
        ])
}

/// A command that can be run.
protocol RunnableCommand: ParsableCommand {
    /// Runs the command and prints its output.
    func run(in context: Context) -> CommandReport

    /// The exit status if the command succeeded but its output cannot be written.
    static var failureStatus: ExitStatus { get }
}

extension RunnableCommand {
    static var failureStatus: ExitStatus { .failure }
}
