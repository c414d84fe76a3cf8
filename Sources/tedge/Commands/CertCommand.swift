import ArgumentParsing
import TedgeCore

/// `tedge cert`.
struct CertCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        name: "cert", abstract: "Create, show, renew, upload and remove the device certificate.",
        subcommands: [
            CertCreateCommand.self, CertCreateCSRCommand.self, CertShowCommand.self, CertNeedsRenewalCommand.self,
            CertRenewCommand.self, CertRemoveCommand.self, CertUploadCommand.self, CertDownloadCommand.self,
        ])
}
