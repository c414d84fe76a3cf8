/// What is typed for a download.
public struct DownloadOptions: Sendable {
    /// The identity of the device from the command line.
    public var deviceID: String?
    /// The one-time password from the command line.
    public var password: String?
    /// A file with the certificate signing request to be sent.
    public var csrPath: String?
    /// The tenant, HOST or HOST:PORT.
    public var url: String?
    /// How long to wait after a failed try.
    public var retryEvery: Duration = .seconds(30)
    /// After how long no further try is made.
    public var maxTimeout: Duration = .seconds(600)

    /// Whether the one-time password is asked for on the terminal if it is not on the command line.
    public var asksForPassword = false
    /// Whether the address at which the device is registered is not printed.
    public var hidesAddress = false
    /// Whether stderr is a terminal.
    public var isTerminal = false

    /// Whether a valid certificate of the device is kept.
    public var isIfNeeded = false

    /// Takes nothing but the usual times.
    public init() {}

    /// The identity: typed, from `DEVICE_ID`, from the settings, or asked for.
    func resolvedDeviceID(_ cloud: CloudSettings, in context: Context) throws -> String {
        let id = try givenDeviceID(cloud, context)
        if let problem = DeviceIDRule.problem(of: id) { throw CertificateError.badDeviceID(id, problem) }
        return id
    }

    private func givenDeviceID(_ cloud: CloudSettings, _ context: Context) throws -> String {
        for id in [deviceID, context.environment["DEVICE_ID"], try cloud.string("device.id")] {
            if let id, !id.isEmpty { return id }
        }
        return try context.askLine("Enter device id: ", or: .noDeviceID)
    }

    /// The one-time password: typed, asked for, or from `DEVICE_ONE_TIME_PASSWORD`; nil if none is given and one is to be made.
    func givenPassword(in context: Context) throws -> Secret? {
        let secret: Secret
        if let password, !password.isEmpty {
            secret = context.passwordOfCommandLine(password, advice: "DEVICE_ONE_TIME_PASSWORD")
        } else if asksForPassword {
            secret = try context.askSecret("Enter one-time password: ", or: .noOneTimePassword)
        } else if let value = context.environment["DEVICE_ONE_TIME_PASSWORD"], !value.isEmpty {
            secret = Secret(value.utf8)
        } else {
            if let name = emptyPassword(context) {
                context.console.warning("\(name) is empty, so that it gives no password.")
            }
            return nil
        }
        try secret.checkSendable(as: "The one-time password")
        return secret
    }

    /// What was meant to give a password, and is empty: a script may have lost it.
    private func emptyPassword(_ context: Context) -> String? {
        if password != nil { return "--one-time-password" }
        let variable = "DEVICE_ONE_TIME_PASSWORD"
        return context.environment[variable] == nil ? nil : variable
    }

    /// Whether to print the address of the registration. `DEVICE_NO_REGISTRATION_URL` is no if it has one of the words for that.
    func showsAddress(_ environment: [String: String]) -> Bool {
        let value = environment["DEVICE_NO_REGISTRATION_URL"]?.lowercased() ?? ""
        return !hidesAddress && ["", "n", "no", "f", "false", "off", "0"].contains(value)
    }

    /// The server that is typed, or nil.
    func endpoint() throws(EnrollmentInputError) -> HostPort? {
        guard let url else { return nil }
        do throws(SettingRefusal) {
            return try HostPort(parsing: HostName.authority(ofPasted: url) ?? url, defaultPort: 443)
        } catch {
            throw .badURL(url, reason: error.reason)
        }
    }
}
