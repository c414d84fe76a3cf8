import ArgumentParsing
import TedgeCore

/// The program itself, with its commands.
struct Tedge: ParsableCommand {
    static let configuration = CommandConfiguration(
        name: "tedge", abstract: "Connect this device to an IoT cloud and keep it connected.",
        discussion: """
            Exit status:
            \(exitStatuses)
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

    /// A line for each exit status.
    private static var exitStatuses: String {
        // Not with 'joined', which looks up conformances, and every start runs this.
        var lines = ""
        for status in ExitStatus.allCases { lines += "  \(status.rawValue)  \(status.meaning)\n" }
        return lines
    }
}

/// A command that can be run.
protocol RunnableCommand: ParsableCommand {
    /// Runs the command and prints its output.
    func run(in context: Context) -> CommandReport

    /// The exit status if the command succeeded but its output cannot be written.
    static var failureStatus: ExitStatus { get }

    /// Whether it only shows what it would change.
    var isRehearsed: Bool { get }

    /// The profile that the command is for; nil if it has none or is for no cloud.
    func profile(in context: Context) -> ProfileName?
}

extension RunnableCommand {
    static var failureStatus: ExitStatus { .failure }
    var isRehearsed: Bool { false }
    func profile(in context: Context) -> ProfileName? { nil }
    var action: Any { Runnable(command: self) }
}

/// A command that can be run, as the result of the parser.
struct Runnable {
    let command: any RunnableCommand
}
