import ArgumentParsing
import TedgeCore

/// `tedge cert remove`.
struct CertRemoveCommand: RunnableCommand {
    static let configuration = CommandConfiguration(
        name: "remove", abstract: "Remove the certificate of this device and its key.")

    var target = CertificateCloud()

    var arguments: [BoundArgument] { target.arguments }

    func run(in context: Context) -> CommandReport {
        CertificateViewer(cloud: target.cloud, profile: target.profile, in: context).remove()
    }
}
