import ArgumentParsing
import TedgeCore

/// The program itself: the commands below it, and what all have in common.
struct Tedge: ParsableCommand {
    static let version = "1.0.0"

    static let configuration = CommandConfiguration(
        name: "tedge", abstract: "Put this device on an IoT cloud and keep it there.",
        discussion: """
            Exit status:
              0  done
              1  failed; what was there before is there again
              2  wrong usage; also an unknown setting
              3  connected, but a renewed certificate was refused and the old one is in use
              4  configured, but the connection is not proven

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
            DoctorCommand.self,
            CompletionsCommand.self,
            CompletionValuesCommand.self,
        ])
}

/// A command that can be run.
protocol RunnableCommand: ParsableCommand {
    /// Does what the command is for, and prints it.
    func run(in context: Context) -> CommandReport

    /// The exit status where all went well but the output cannot be written.
    static var failureStatus: ExitStatus { get }
}

extension RunnableCommand {
    static var failureStatus: ExitStatus { .failure }
}
