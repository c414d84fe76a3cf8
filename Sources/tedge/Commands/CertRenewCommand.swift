import ArgumentParsing
import TedgeCore

/// `tedge cert renew`.
struct CertRenewCommand: RunnableCommand {
    static let configuration = CommandConfiguration(
        name: "renew", abstract: "Create a new certificate for the same key, for the next reconnect.",
        discussion: """
            The new certificate is written beside the current one, with .new added to its name.

            Examples:
              tedge cert renew
              tedge cert renew --ca self-signed
            """)

    @Option(
        .long("csr-path"), help: "Certificate signing request for Cumulocity; without it, one is created.",
        valueName: "FILE", completion: .file)
    var csrPath: String?
    @Option(
        .long("ca"), help: "Signer: the authority of the Cumulocity tenant, or the device's own key.", valueName: "CA")
    var authority: CertificateRenewer.Authority = .c8y
    var target = CertificateArguments()

    var arguments: [BoundArgument] { [$csrPath, $authority] + target.arguments }

    func run(in context: Context) -> CommandReport {
        CertificateRenewer(target.selection(in: context)).run(authority, csrPath: csrPath)
    }
}
