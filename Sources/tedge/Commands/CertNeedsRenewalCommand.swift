import ArgumentParsing
import TedgeCore

/// `tedge cert needs-renewal`.
struct CertNeedsRenewalCommand: RunnableCommand {
    static let configuration = CommandConfiguration(
        name: "needs-renewal", abstract: "Check whether the device certificate is due for renewal.",
        discussion: """
            A renewal is due if the certificate has expired, or is valid for no longer than the setting \
            certificate.validity.minimum_duration. If that is longer than the certificate lives, a warning names \
            a value that fits.

            Exit status:
              0  a renewal is due
              1  no renewal is due
              2  unknown; the error says why

            Example:
              tedge cert needs-renewal && tedge cert renew
            """)

    @Option(
        .long("cert-path"), help: "Check the certificate in this file instead.", valueName: "FILE", completion: .file)
    var certPath: String?
    var target = CertificateArguments()

    var arguments: [BoundArgument] { [$certPath] + target.arguments }

    static var failureStatus: ExitStatus { .misuse }

    func validate() throws(UsageError) { try target.validate() }

    func run(in context: Context) -> CommandReport {
        CertificateViewer(target.selection(in: context)).needsRenewal(path: certPath)
    }
}
