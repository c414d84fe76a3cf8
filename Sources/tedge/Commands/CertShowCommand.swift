import ArgumentParsing
import TedgeCore

/// `tedge cert show`.
struct CertShowCommand: RunnableCommand {
    static let configuration = CommandConfiguration(name: "show", abstract: "Show the certificate of this device.")

    @Option(.long("cert-path"), help: "Another certificate to show.", valueName: "FILE", completion: .file)
    var certPath: String?
    @Flag(.long("new"), help: "Show the renewed certificate that is not in use yet.") var new: Bool
    var target = CertificateCloud()

    var arguments: [BoundArgument] { [$certPath, $new] + target.arguments }

    func run(in context: Context) -> CommandReport {
        CertificateViewer(cloud: target.cloud, profile: target.profile, in: context).show(path: certPath, isNew: new)
    }
}
