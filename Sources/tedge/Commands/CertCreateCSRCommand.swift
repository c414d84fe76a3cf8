import ArgumentParsing
import TedgeCore

/// `tedge cert create-csr`.
struct CertCreateCSRCommand: RunnableCommand {
    static let configuration = CommandConfiguration(
        name: "create-csr", abstract: "Make a request by which an authority signs a certificate for this device.",
        discussion: "The key is the one that is there; without one it is made.")

    @Option(
        .long("device-id"), help: "Identity of the device in the cloud: the certificate's common name.", valueName: "ID"
    )
    var deviceId: String?
    @Option(
        .long("output-path"), help: "File to write, in place of the one of device.csr_path.", valueName: "FILE",
        completion: .file)
    var outputPath: String?
    var target = CertificateCloud()

    var arguments: [BoundArgument] { [$deviceId, $outputPath] + target.arguments }

    func run(in context: Context) -> CommandReport {
        SigningRequestCreator(cloud: target.cloud, profile: target.profile, in: context).run(
            deviceID: deviceId, outputPath: outputPath)
    }
}
