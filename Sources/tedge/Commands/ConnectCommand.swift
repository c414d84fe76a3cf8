import ArgumentParsing
import TedgeCore

/// `tedge connect`.
struct ConnectCommand: ChangingCommand {
    static let configuration = CommandConfiguration(
        name: "connect", abstract: "Connect this device to a cloud and prove that the cloud answers.",
        discussion: """
            Exit status:
              0  connected, and the cloud answers
              1  failed; files and services are as before
              4  configured, but the connection is not proven
            """)

    var target = CloudArguments()
    @Flag(.long("test"), help: "Check the existing connection and change nothing.", conflicts: ["--offline"])
    var test: Bool
    @Option(
        .long("wait"),
        help: "With --test: repeat the check until it succeeds, for at most this time, for example 90s or 5m.",
        valueName: "TIME", conflicts: ["--offline"], parse: SettingDuration.upToAYear(from: .seconds(1)))
    var wait: SettingDuration?
    @Flag(.long("offline"), help: "Configure and start everything without the network, and check nothing.")
    var offline: Bool
    @Option(
        .long("timeout"), help: "Seconds that the check may take.", valueName: "SECONDS", parse: Int.within(1...3600))
    var timeout: Int = 10
    @Flag(
        .long("if-needed"), help: "Keep a connection that is there, and change only what is not as the settings say.",
        conflicts: ["--test"])
    var ifNeeded: Bool
    @Flag(
        .long("durable"),
        help: "Keep messages while the line is down and over restarts of mosquitto, from now on.",
        conflicts: ["--test"])
    var durable: Bool
    var dryRun = DryRunArgument()

    var arguments: [BoundArgument] {
        [target.$target, $test, $wait, $offline] + target.option.arguments + [$timeout, $ifNeeded, $durable]
            + dryRun.arguments
    }

    func validate() throws(UsageError) {
        try target.validate()
        guard let wait, !test else { return }
        throw UsageError(
            .missingRequired(["--test"]), tip: .type("tedge connect \(words) --test --wait \(wait.text)"))
    }

    /// The cloud and its profile as they can be typed.
    private var words: String { target.cloud.words(target.profile) }

    func run(in context: Context) -> CommandReport {
        if test {
            return ConnectionTest(
                target.cloud, profile: target.profile, timeout: timeout, wait: wait?.duration, in: context
            ).run()
        }
        var options = Connector.Options()
        (options.isOffline, options.isIfNeeded) = (offline, ifNeeded)
        (options.timeout, options.isDurable) = (timeout, durable)
        return Connector(target.cloud, profile: target.profile, options: options, in: context).run()
    }
}
