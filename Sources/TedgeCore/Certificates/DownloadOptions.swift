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

    /// The one-time password: typed, from `DEVICE_ONE_TIME_PASSWORD`, or asked for.
    func resolvedPassword(in context: Context) throws -> Secret {
        let password = try givenPassword(context)
        try password.checkSendable(as: "The one-time password")
        return password
    }

    private func givenPassword(_ context: Context) throws -> Secret {
        if let password, !password.isEmpty {
            return context.passwordOfCommandLine(password, advice: "DEVICE_ONE_TIME_PASSWORD")
        }
        if let value = context.environment["DEVICE_ONE_TIME_PASSWORD"], !value.isEmpty { return Secret(value.utf8) }
        return try context.askSecret("Enter one-time password: ", or: .noOneTimePassword)
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
