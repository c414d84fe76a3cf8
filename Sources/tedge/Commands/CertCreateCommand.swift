import ArgumentParsing
import TedgeCore

/// `tedge cert create`.
struct CertCreateCommand: ChangingCommand {
    static let configuration = CommandConfiguration(
        name: "create", abstract: "Create a key and a self-signed certificate for this device.")

    @Option(
        .long("device-id"), help: "Identity of the device in the cloud: the common name of the certificate.",
        valueName: "ID")
    var deviceId: String?
    @Option(.long("key"), help: KeySource.help, valueName: "KEY")
    var key: KeySource?
    var target = CertificateArguments()
    @Flag(.long("if-needed"), help: "Keep a valid certificate of the same device id.")
    var ifNeeded: Bool
    var dryRun = DryRunArgument()

    var arguments: [BoundArgument] { [$deviceId, $key] + target.arguments + [$ifNeeded] + dryRun.arguments }

    func validate() throws(UsageError) { try target.validate() }

    func run(in context: Context) -> CommandReport {
        CertificateCreator(target.selection(in: context)).run(
            deviceID: deviceId, isIfNeeded: ifNeeded, key: key ?? .file)
    }
}
