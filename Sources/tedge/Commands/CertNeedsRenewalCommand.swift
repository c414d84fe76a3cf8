import ArgumentParsing
import TedgeCore

/// `tedge cert needs-renewal`.
struct CertNeedsRenewalCommand: RunnableCommand {
    static let configuration = CommandConfiguration(
        name: "needs-renewal", abstract: "Say whether the certificate of this device should be renewed now.",
        discussion: """
            A renewal is due when the certificate has expired, or is valid for no longer than the setting
            certificate.validity.minimum_duration.

            Exit status:
              0  a renewal is due
              1  none is due
              2  this cannot be told

            Example:
              tedge cert needs-renewal && tedge cert renew
            """)

    @Option(.long("cert-path"), help: "Another certificate to look at.", valueName: "FILE", completion: .file)
    var certPath: String?
    var target = CertificateCloud()

    var arguments: [BoundArgument] { [$certPath] + target.arguments }

    static var failureStatus: ExitStatus { .misuse }

    func run(in context: Context) -> CommandReport {
        CertificateViewer(cloud: target.cloud, profile: target.profile, in: context).needsRenewal(path: certPath)
    }
}
