import ArgumentParsing
import TedgeCore

/// `tedge cert download`.
struct CertDownloadCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        name: "download", abstract: "Download a certificate for this device from a cloud.",
        subcommands: [CertDownloadC8yCommand.self])
}

/// `tedge cert download c8y`.
struct CertDownloadC8yCommand: ChangingCommand {
    static let configuration = CommandConfiguration(
        name: "c8y", abstract: "Download a certificate for this device from a Cumulocity tenant.",
        discussion: """
            Register the device in Cumulocity with its id and a one-time password first, or while the command
            waits. Missing values are asked for on the terminal. The password is never stored.
            c8y.NAME stands for c8y --profile NAME.

            Examples:
              tedge cert download c8y --device-id <id>
              tedge cert download c8y --device-id <id> --max-timeout 1h
            """, suffixOption: "profile")

    @Option(.long("device-id"), help: "Identity of the device, as registered. [env: DEVICE_ID]", valueName: "ID")
    var deviceId: String?
    @Option(
        .short("p"), .long("one-time-password"),
        help: "The one-time password. Others on this machine can see it in the process list. "
            + "[env: DEVICE_ONE_TIME_PASSWORD]", valueName: "OTP")
    var password: String?
    var target = ProfileArgument()
    @Option(
        .long("csr-path"), help: "Certificate signing request to send; without it, one is created.", valueName: "FILE",
        completion: .file)
    var csrPath: String?
    @Option(.long("url"), help: "The tenant; without it, that of the setting c8y.http.", valueName: "HOST[:PORT]")
    var url: String?
    @Option(
        .long("retry-every"), help: "Time to wait before the next try, at least 1s.", valueName: "TIME",
        defaultText: "30s", parse: SettingDuration.upToAYear(from: .seconds(1)))
    var retryEvery: SettingDuration?
    @Option(
        .long("max-timeout"), help: "Time after which no further try is made.", valueName: "TIME", defaultText: "10m",
        parse: SettingDuration.upToAYear(from: .zero))
    var maxTimeout: SettingDuration?
    @Flag(.long("if-needed"), help: "Keep a valid certificate of the same device id.")
    var ifNeeded: Bool
    var dryRun = DryRunArgument()

    var arguments: [BoundArgument] {
        [$deviceId, $password] + target.arguments + [$csrPath, $url, $retryEvery, $maxTimeout, $ifNeeded]
            + dryRun.arguments
    }

    func run(in context: Context) -> CommandReport {
        if let password { ProcessArguments.wipe(password) }
        var options = DownloadOptions()
        options.isIfNeeded = ifNeeded
        (options.deviceID, options.password, options.csrPath, options.url) = (deviceId, password, csrPath, url)
        if let retryEvery { options.retryEvery = retryEvery.duration }
        if let maxTimeout { options.maxTimeout = maxTimeout.duration }
        return CertificateDownloader(profile: target.profile, in: context).run(options)
    }
}
