import ArgumentParsing
import TedgeCore

/// `tedge cert renew`.
struct CertRenewCommand: RunnableCommand {
    static let configuration = CommandConfiguration(
        name: "renew", abstract: "Make a new certificate for the same key, for the next reconnect.",
        discussion: """
            The new certificate is written beside the present one, with .new at the end of its name.

            Examples:
              tedge cert renew
              tedge cert renew --ca self-signed
            """)

    @Option(
        .long("csr-path"), help: "Certificate signing request for Cumulocity; one is made without it.",
        valueName: "FILE",
        completion: .file)
    var csrPath: String?
    @Option(
        .long("ca"), help: "Who signs: the authority of the tenant in Cumulocity, or the device's own key.",
        valueName: "CA")
    var authority: CertificateRenewer.Authority = .c8y
    var target = CertificateCloud()

    var arguments: [BoundArgument] { [$csrPath, $authority] + target.arguments }

    func run(in context: Context) -> CommandReport {
        CertificateRenewer(cloud: target.cloud, profile: target.profile, in: context).run(authority, csrPath: csrPath)
    }
}

extension CertificateRenewer.Authority: ExpressibleByArgument {}
