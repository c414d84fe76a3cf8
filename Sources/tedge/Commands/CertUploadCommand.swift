import ArgumentParsing
import TedgeCore

/// `tedge cert upload`.
struct CertUploadCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        name: "upload", abstract: "Have a cloud trust the certificate of this device.",
        subcommands: [CertUploadC8yCommand.self, CertUploadAzCommand.self, CertUploadAwsCommand.self])
}

/// The profile of a cloud whose certificate is to be registered by hand.
struct RegistrationArguments: ParsableArguments {
    @Option(
        .long("profile"), help: "Cloud profile that is meant. [env: TEDGE_CLOUD_PROFILE]", valueName: "NAME",
        completion: .custom("profile"))
    var profile: ProfileName?

    var arguments: [BoundArgument] { [$profile] }
}

/// `tedge cert upload az`.
struct CertUploadAzCommand: RunnableCommand {
    static let configuration = CommandConfiguration(
        name: "az", abstract: "Say how the certificate of this device is registered in Azure.")

    var target = RegistrationArguments()

    var arguments: [BoundArgument] { target.arguments }

    func run(in context: Context) -> CommandReport {
        CertificateRegistration(.az, profile: target.profile, in: context).run()
    }
}

/// `tedge cert upload aws`.
struct CertUploadAwsCommand: RunnableCommand {
    static let configuration = CommandConfiguration(
        name: "aws", abstract: "Say how the certificate of this device is registered in AWS.")

    var target = RegistrationArguments()

    var arguments: [BoundArgument] { target.arguments }

    func run(in context: Context) -> CommandReport {
        CertificateRegistration(.aws, profile: target.profile, in: context).run()
    }
}

/// `tedge cert upload c8y`.
struct CertUploadC8yCommand: RunnableCommand {
    static let configuration = CommandConfiguration(
        name: "c8y", abstract: "Have Cumulocity trust the certificate of this device.",
        discussion: """
            The password is taken from --password-file, else from the variable C8Y_PASSWORD or C8YPASS, else
            it is asked for on the terminal. It is never stored.

            Examples:
              tedge cert upload c8y --user <user>
              tedge cert upload c8y --user <user> --password-file - < file
            """)

    @Option(.long("user"), help: "User of Cumulocity who may manage certificates. [env: C8Y_USER]", valueName: "NAME")
    var user: String?
    @Option(
        .long("password-file"), help: "File with the password on its first line; - is the standard input.",
        valueName: "FILE",
        completion: .file, conflicts: ["--password"])
    var passwordFile: String?
    @Option(
        .long("password"), help: "The password itself. Others on this machine can read it in the list of processes.",
        valueName: "PASSWORD")
    var password: String?
    @Option(
        .long("profile"), help: "Cloud profile that is meant. [env: TEDGE_CLOUD_PROFILE]", valueName: "NAME",
        completion: .custom("profile"))
    var profile: ProfileName?

    var arguments: [BoundArgument] { [$user, $passwordFile, $password, $profile] }

    func run(in context: Context) -> CommandReport {
        if let password { ProcessArguments.wipe(password) }
        let credentials = UploadCredentials(user: user, passwordFile: passwordFile, password: password)
        return CertificateUploader(profile: profile, in: context).run(credentials)
    }
}
