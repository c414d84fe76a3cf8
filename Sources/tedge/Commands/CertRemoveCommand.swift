import ArgumentParsing
import TedgeCore

/// `tedge cert remove`.
struct CertRemoveCommand: RunnableCommand {
    static let configuration = CommandConfiguration(
        name: "remove", abstract: "Remove the device certificate and its key.")

    var target = CertificateArguments()

    var arguments: [BoundArgument] { target.arguments }

    func validate() throws(UsageError) { try target.validate() }

    func run(in context: Context) -> CommandReport {
        CertificateViewer(target.selection(in: context)).remove()
    }
}
