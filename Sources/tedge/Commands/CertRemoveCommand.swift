import ArgumentParsing
import TedgeCore

/// `tedge cert remove`.
struct CertRemoveCommand: ChangingCommand {
    static let configuration = CommandConfiguration(
        name: "remove", abstract: "Remove the device certificate and its key.")

    var target = CertificateArguments()
    var dryRun = DryRunArgument()

    var arguments: [BoundArgument] { target.arguments + dryRun.arguments }

    func validate() throws(UsageError) { try target.validate() }

    func run(in context: Context) -> CommandReport {
        CertificateViewer(target.selection(in: context)).remove()
    }
}
