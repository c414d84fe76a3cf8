import ArgumentParsing
import Foundation
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
            waits. A missing id is asked for on the terminal. If no password is given, one is made and printed
            with the address at which the device is registered; it stays the same until the certificate is
            there. A password that is given is neither printed nor stored.
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
            + "[env: DEVICE_ONE_TIME_PASSWORD]", valueName: "OTP", takesDashes: true)
    var password: String?
    @Flag(.long("prompt"), help: "Ask for the one-time password on the terminal, instead of making one.")
    var prompt: Bool
    @Flag(
        .long("no-registration-url"),
        help: "Do not print the address at which the device is registered. [env: DEVICE_NO_REGISTRATION_URL]")
    var noRegistrationURL: Bool
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
        [$deviceId, $password, $prompt, $noRegistrationURL] + target.arguments
            + [$csrPath, $url, $retryEvery, $maxTimeout, $ifNeeded] + dryRun.arguments
    }

    func validate() throws(UsageError) {
        guard prompt, let password, !password.isEmpty else { return }
        ProcessArguments.wipe(password)
        throw UsageError(.conflict("--prompt", with: "--one-time-password <OTP>"))
    }

    func run(in context: Context) -> CommandReport {
        if let password { ProcessArguments.wipe(password) }
        var options = DownloadOptions()
        (options.isIfNeeded, options.asksForPassword, options.hidesAddress) = (ifNeeded, prompt, noRegistrationURL)
        (options.deviceID, options.password, options.csrPath, options.url) = (deviceId, password, csrPath, url)
        options.isTerminal = isatty(STDERR_FILENO) == 1
        if let retryEvery { options.retryEvery = retryEvery.duration }
        if let maxTimeout { options.maxTimeout = maxTimeout.duration }
        return CertificateDownloader(profile: target.profile, in: context).run(options)
    }
}
