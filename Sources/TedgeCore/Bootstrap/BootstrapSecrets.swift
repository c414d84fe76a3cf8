/// The passwords of a bootstrap, each read when it is needed and only once, because the standard input can be read only once.
final class BootstrapSecrets {
    private let options: BootstrapOptions
    private var oneTimePassword: Secret?
    private var password: Secret?

    init(_ options: BootstrapOptions) { self.options = options }

    /// The one-time password that was given: in a file, or in the environment; nil if one is to be made.
    func oneTimePassword(in context: Context) throws -> Secret? {
        if let file = options.oneTimePasswordFile {
            let secret = try oneTimePassword ?? UploadCredentials.read(file, context)
            oneTimePassword = secret
            try secret.checkSendable(as: "The one-time password")
            return secret
        }
        guard let value = context.environment["DEVICE_ONE_TIME_PASSWORD"], !value.isEmpty else { return nil }
        let secret = Secret(value.utf8)
        try secret.checkSendable(as: "The one-time password")
        return secret
    }

    /// Whether user name or password are given, and not only to be asked for.
    func hasCredentials(in context: Context) -> Bool {
        options.user != nil || options.passwordFile != nil || context.environment["C8Y_USER"]?.isEmpty == false
    }

    /// The Cumulocity user.
    func user(in context: Context) throws -> String {
        try UploadCredentials(user: options.user, passwordFile: nil, password: nil).resolvedUser(in: context)
    }

    /// The password of the Cumulocity user.
    func password(in context: Context) throws -> Secret {
        if let password { return password }
        let secret = try UploadCredentials(user: nil, passwordFile: options.passwordFile, password: nil)
            .resolvedPassword(in: context)
        // That of the environment may be another one for each run.
        if options.passwordFile != nil { password = secret }
        return secret
    }
}
