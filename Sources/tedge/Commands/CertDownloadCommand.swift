import ArgumentParsing
import TedgeCore

/// `tedge cert download`.
struct CertDownloadCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        name: "download", abstract: "Get a certificate for this device from the authority of a cloud.",
        subcommands: [CertDownloadC8yCommand.self])
}

/// `tedge cert download c8y`.
struct CertDownloadC8yCommand: RunnableCommand {
    static let configuration = CommandConfiguration(
        name: "c8y", abstract: "Get a certificate for this device from the authority of a Cumulocity tenant.",
        discussion: """
            The device is registered in Cumulocity with its id and a one-time password first, or while the
            command waits. What is not given is asked for on the terminal. The password is never stored.

            Examples:
              tedge cert download c8y --device-id <id>
              tedge cert download c8y --device-id <id> --max-timeout 1h
            """)

    @Option(
        .long("device-id"), help: "Identity of the device, as it is registered. [env: DEVICE_ID]", valueName: "ID")
    var deviceId: String?
    @Option(
        .short("p"), .long("one-time-password"),
        help: "The one-time password. Others on this machine can read it in the list of processes. "
            + "[env: DEVICE_ONE_TIME_PASSWORD]",
        valueName: "OTP")
    var password: String?
    @Option(
        .long("profile"), help: "Cloud profile that is meant. [env: TEDGE_CLOUD_PROFILE]", valueName: "NAME",
        completion: .custom("profile"))
    var profile: ProfileName?
    @Option(
        .long("csr-path"), help: "Certificate signing request to be sent; one is made without it.", valueName: "FILE",
        completion: .file)
    var csrPath: String?
    @Option(.long("url"), help: "The tenant; that of the setting c8y.http without it.", valueName: "HOST[:PORT]")
    var url: String?
    @Option(
        .long("retry-every"), help: "How long to wait for the next try, at least 1s.", valueName: "TIME",
        parse: { try LengthOfTime($0, from: .seconds(1)) })
    var retryEvery: LengthOfTime = .seconds(30, "30s")
    @Option(.long("max-timeout"), help: "After how long no further try is made.", valueName: "TIME")
    var maxTimeout: LengthOfTime = .seconds(600, "10m")

    var arguments: [BoundArgument] { [$deviceId, $password, $profile, $csrPath, $url, $retryEvery, $maxTimeout] }

    func run(in context: Context) -> CommandReport {
        if let password { ProcessArguments.wipe(password) }
        var options = DownloadOptions()
        (options.deviceID, options.password, options.csrPath, options.url) = (deviceId, password, csrPath, url)
        (options.retryEvery, options.maxTimeout) = (retryEvery.time, maxTimeout.time)
        return CertificateDownloader(profile: profile, in: context).run(options)
    }
}

/// A length of time of at most a year, such as `30s` or `1h 30m`.
struct LengthOfTime: ExpressibleByArgument {
    let time: Duration
    let argumentText: String

    /// Takes a number of seconds that is written so.
    static func seconds(_ seconds: Int, _ text: String) -> Self { Self(time: .seconds(seconds), argumentText: text) }

    private init(time: Duration, argumentText: String) {
        (self.time, self.argumentText) = (time, argumentText)
    }

    init(argument: String) throws { try self.init(argument, from: .zero) }

    init(_ argument: String, from least: Duration) throws {
        do {
            time = try SettingDuration(parsing: argument).duration
        } catch {
            throw InvalidValue(error.reason)
        }
        guard time >= least, time <= .seconds(365 * 86_400) else {
            throw InvalidValue(least > .zero ? "from 1s to 365d is expected" : "at most 365d is expected")
        }
        argumentText = argument
    }
}
