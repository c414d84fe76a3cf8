import ArgumentParsing
import TedgeCore

/// `tedge cert renew`.
struct CertRenewCommand: ChangingCommand {
    static let configuration = CommandConfiguration(
        name: "renew",
        abstract: "Create a new certificate for the same key, and use it at once or at the next reconnect.",
        discussion: """
            The new certificate is written beside the current one, with .new added to its name. With --reconnect, the \
            clouds that are connected with the current one are reconnected with the new one; if a cloud refuses it, the \
            current one stays in use.

            Cumulocity is asked through the mapper's proxy; if that does not answer, itself, with a token that it sends \
            over the bridge. --if-due and --all do not replace a self-signed certificate, because the cloud would not \
            trust its successor: they fail and say what to do.

            Executables in renewal-hooks of the configuration directory run, in the order of their names and for at \
            most 60 seconds each, when a renewed certificate is in use. Their arguments are the path of the \
            certificate and the cloud, c8y or c8y.NAME. Their environment is PATH, LANG, TEDGE_CONFIG_DIR, \
            RENEWAL_HOOK, RENEWED_CERT_PATH, RENEWED_KEY_PATH, RENEWED_CLOUD, RENEWED_PROFILE and RENEWED_DEVICE_ID. \
            Root runs only hooks that belong to root and that nobody else can write.

            Exit status:
              0  renewed, or no renewal is due
              1  failed, or a person must act, for at least one certificate; the current ones stay in use
              3  a cloud refuses a renewed certificate, and the current one stays in use
              4  a renewed certificate is in use, but a connection is not proven

            Examples:
              tedge cert renew
              tedge cert renew --ca self-signed
              sudo tedge cert renew --if-due --reconnect c8y
              sudo tedge cert renew --if-due --reconnect --all
            """)

    @Option(
        .long("csr-path"), help: "Certificate signing request for Cumulocity; without it, one is created.",
        valueName: "FILE", completion: .file, conflicts: ["--all"])
    var csrPath: String?
    @Option(
        .long("ca"), help: "Signer: the authority of the Cumulocity tenant, or the device's own key.", valueName: "CA",
        defaultText: "c8y", conflicts: ["--all"])
    var authority: CertificateRenewer.Authority?
    @Flag(.long("if-due"), help: "Renew only a certificate that is due, by certificate.validity.minimum_duration.")
    var ifDue: Bool
    @Flag(.long("reconnect"), help: "Reconnect the clouds that are connected with the renewed certificate.")
    var reconnect: Bool
    @Flag(
        .long("all"), help: "Renew the certificates of the device and of every cloud and profile.",
        conflicts: ["--csr-path", "--ca", "--profile"])
    var all: Bool
    var target = CertificateArguments()
    var dryRun = DryRunArgument()

    var arguments: [BoundArgument] {
        [$csrPath, $authority, $ifDue, $reconnect, $all] + target.arguments + dryRun.arguments
    }

    func validate() throws(UsageError) {
        try target.validate()
        if all, let target = target.target { throw UsageError(.conflict("--all", with: target.argumentText)) }
    }

    func run(in context: Context) -> CommandReport {
        guard ifDue || reconnect || all else {
            return CertificateRenewer(target.selection(in: context)).run(authority ?? .c8y, csrPath: csrPath)
        }
        var options = RenewalRun.Options()
        (options.isOnlyIfDue, options.isReconnecting) = (ifDue, reconnect)
        (options.authority, options.csrPath) = (authority, csrPath)
        return RenewalRun(all ? nil : target.selection(in: context), options, in: context).run()
    }
}
