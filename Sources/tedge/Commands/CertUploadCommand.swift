import ArgumentParsing
import TedgeCore

/// `tedge cert upload`.
struct CertUploadCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        name: "upload", abstract: "Upload the device certificate to a cloud.",
        subcommands: [CertUploadC8yCommand.self, CertUploadAzCommand.self, CertUploadAwsCommand.self])
}

/// `tedge cert upload az`.
struct CertUploadAzCommand: RunnableCommand {
    static let configuration = CommandConfiguration(
        name: "az", abstract: "Show how to register the device certificate in Azure.",
        suffixOption: "profile")

    var target = ProfileArgument()

    var arguments: [BoundArgument] { target.arguments }

    func run(in context: Context) -> CommandReport {
        CertificateRegistration(.az, profile: target.profile, in: context).run()
    }
}

/// `tedge cert upload aws`.
struct CertUploadAwsCommand: RunnableCommand {
    static let configuration = CommandConfiguration(
        name: "aws", abstract: "Show how to register the device certificate in AWS.",
        suffixOption: "profile")

    var target = ProfileArgument()

    var arguments: [BoundArgument] { target.arguments }

    func run(in context: Context) -> CommandReport {
        CertificateRegistration(.aws, profile: target.profile, in: context).run()
    }
}

/// `tedge cert upload c8y`.
struct CertUploadC8yCommand: ChangingCommand {
    static let configuration = CommandConfiguration(
        name: "c8y", abstract: "Upload the device certificate to Cumulocity.",
        discussion: """
            The password is read from --password-file, else from the variable C8Y_PASSWORD or C8YPASS, else
            from the terminal. It is never stored. c8y.NAME stands for c8y --profile NAME.

            Examples:
              tedge cert upload c8y --user <user>
              tedge cert upload c8y --user <user> --password-file - < file
            """, suffixOption: "profile")

    @Option(.long("user"), help: "Cumulocity user who may manage certificates. [env: C8Y_USER]", valueName: "NAME")
    var user: String?
    @Option(
        .long("password-file"), help: "File with the password on its first line; - is the standard input.",
        valueName: "FILE", completion: .file, conflicts: ["--password"])
    var passwordFile: String?
    @Option(
        .long("password"), help: "The password itself. Others on this machine can see it in the process list.",
        valueName: "PASSWORD", takesDashes: true)
    var password: String?
    var target = ProfileArgument()
    @Flag(.long("if-needed"), help: "Upload nothing if the cloud trusts the certificate already.")
    var ifNeeded: Bool
    var dryRun = DryRunArgument()

    var arguments: [BoundArgument] {
        [$user, $passwordFile, $password] + target.arguments + [$ifNeeded] + dryRun.arguments
    }

    func run(in context: Context) -> CommandReport {
        if let password { ProcessArguments.wipe(password) }
        let credentials = UploadCredentials(user: user, passwordFile: passwordFile, password: password)
        return CertificateUploader(profile: target.profile, in: context).run(credentials, isIfNeeded: ifNeeded)
    }
}
