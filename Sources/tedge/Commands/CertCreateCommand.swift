import ArgumentParsing
import TedgeCore

/// `tedge cert create`.
struct CertCreateCommand: RunnableCommand {
    static let configuration = CommandConfiguration(
        name: "create", abstract: "Make a key and a self-signed certificate for this device.")

    @Option(
        .long("device-id"), help: "Identity of the device in the cloud: the certificate's common name.", valueName: "ID"
    )
    var deviceId: String?
    var target = CertificateCloud()

    var arguments: [BoundArgument] { [$deviceId] + target.arguments }

    func run(in context: Context) -> CommandReport {
        CertificateCreator(cloud: target.cloud, profile: target.profile, in: context).run(deviceID: deviceId)
    }
}
