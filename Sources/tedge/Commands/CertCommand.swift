import ArgumentParsing
import TedgeCore

/// `tedge cert`.
struct CertCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        name: "cert", abstract: "Make, show, upload and remove the certificate of this device.",
        subcommands: [
            CertCreateCommand.self, CertShowCommand.self, CertRenewCommand.self, CertRemoveCommand.self,
            CertUploadCommand.self, CertDownloadCommand.self,
        ])
}

extension CloudName: ExpressibleByArgument {}

/// The cloud whose certificate is meant.
struct CertificateCloud: ParsableArguments {
    @Argument("CLOUD", help: "Cloud whose own certificate is meant; the device's certificate without it.")
    var cloud: CloudName?
    @Option(
        .long("profile"), help: "Cloud profile whose certificate is meant. [env: TEDGE_CLOUD_PROFILE]",
        valueName: "NAME",
        completion: .custom("profile"))
    var profile: ProfileName?

    var arguments: [BoundArgument] { [$cloud, $profile] }
}

extension ProfileName: ExpressibleByArgument {
    /// Reads a name that keeps the rules of profiles.
    public init(argument: String) throws {
        do {
            self = try ProfileName(parsing: argument)
        } catch {
            throw InvalidValue(error.text)
        }
    }

    /// The name.
    public var argumentText: String { text }
}

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

/// `tedge cert show`.
struct CertShowCommand: RunnableCommand {
    static let configuration = CommandConfiguration(name: "show", abstract: "Show the certificate of this device.")

    @Option(.long("cert-path"), help: "Another certificate to show.", valueName: "FILE", completion: .file)
    var certPath: String?
    @Flag(.long("new"), help: "Show the renewed certificate that is not in use yet.") var new: Bool
    var target = CertificateCloud()

    var arguments: [BoundArgument] { [$certPath, $new] + target.arguments }

    func run(in context: Context) -> CommandReport {
        CertificateViewer(cloud: target.cloud, profile: target.profile, in: context).show(path: certPath, isNew: new)
    }
}

/// `tedge cert remove`.
struct CertRemoveCommand: RunnableCommand {
    static let configuration = CommandConfiguration(
        name: "remove", abstract: "Remove the certificate of this device and its key.")

    var target = CertificateCloud()

    var arguments: [BoundArgument] { target.arguments }

    func run(in context: Context) -> CommandReport {
        CertificateViewer(cloud: target.cloud, profile: target.profile, in: context).remove()
    }
}
