import ArgumentParsing
import TedgeCore

/// `tedge cert create-csr`.
struct CertCreateCSRCommand: ChangingCommand {
    static let configuration = CommandConfiguration(
        name: "create-csr", abstract: "Create a certificate signing request for this device.",
        discussion: "Uses the existing key; creates one if there is none.")

    @Option(
        .long("device-id"), help: "Identity of the device in the cloud: the common name of the certificate.",
        valueName: "ID")
    var deviceId: String?
    @Option(
        .long("output-path"), help: "File to write, instead of the one in device.csr_path.", valueName: "FILE",
        completion: .file)
    var outputPath: String?
    @Option(.long("key"), help: KeySource.help, valueName: "KEY")
    var key: KeySource?
    var target = CertificateArguments()
    var dryRun = DryRunArgument()

    var arguments: [BoundArgument] { [$deviceId, $outputPath, $key] + target.arguments + dryRun.arguments }

    func validate() throws(UsageError) { try target.validate() }

    func run(in context: Context) -> CommandReport {
        SigningRequestCreator(target.selection(in: context)).run(
            deviceID: deviceId, outputPath: outputPath, key: key)
    }
}
