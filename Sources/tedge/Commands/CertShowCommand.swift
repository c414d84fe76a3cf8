import ArgumentParsing
import TedgeCore

/// `tedge cert show`.
struct CertShowCommand: RunnableCommand {
    static let configuration = CommandConfiguration(name: "show", abstract: "Show the device certificate.")

    @Option(
        .long("cert-path"), help: "Show the certificate in this file instead.", valueName: "FILE", completion: .file)
    var certPath: String?
    @Flag(.long("new"), help: "Show the renewed certificate that is not in use yet.") var new: Bool
    var target = CertificateArguments()

    var arguments: [BoundArgument] { [$certPath, $new] + target.arguments }

    func validate() throws(UsageError) { try target.validate() }

    func run(in context: Context) -> CommandReport {
        CertificateViewer(target.selection(in: context)).show(path: certPath, isNew: new)
    }
}
