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

    @Argument(
        "CLOUD", help: "The cloud, or CLOUD.NAME for its profile NAME; with --test also the name of another mapper.",
        completion: .custom("cloud"))
    var name: ConnectTarget
    var option = ProfileArgument()
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
        [$name, $test, $wait, $offline] + option.arguments + [$timeout, $ifNeeded, $durable] + dryRun.arguments
    }

    func validate() throws(UsageError) {
        switch name {
        case .cloud(let target):
            try target.check(option.profile)
            guard let wait, !test else { return }
            let words = target.cloud.words(target.profile(or: option.profile))
            throw UsageError(
                .missingRequired(["--test"]), tip: .type("tedge connect \(words) --test --wait \(wait.text)"))
        case .mapper(let word):
            guard test else { throw Self.unknownCloud(word) }
            if option.profile != nil { throw UsageError(.other("the mapper '\(word)' has no profiles")) }
        }
    }

    private static func unknownCloud(_ word: String) -> UsageError {
        UsageError(
            .invalidValue(word, argument: "<CLOUD>", reason: "", allowedValues: CloudTarget.allArgumentValues),
            tip: CloudTarget.meant(by: word).map(UsageError.Tip.similarValue)
                ?? .advice("a mapper of another name can only be checked: 'tedge connect \(word) --test'"))
    }

    /// The cloud and its profile; nil for a mapper of another name.
    var target: CloudArguments? {
        guard case .cloud(let target) = name else { return nil }
        var arguments = CloudArguments()
        (arguments.target, arguments.option) = (target, option)
        return arguments
    }

    func run(in context: Context) -> CommandReport {
        guard let target else {
            let limit = wait?.duration ?? .seconds(timeout)
            return MapperTest(name.argumentText, limit: limit, in: context) {
                CloudTarget.meant(by: $0) ?? closestMatch(to: $0, in: $1)
            }.run()
        }
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
