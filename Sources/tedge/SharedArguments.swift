import ArgumentParsing
import TedgeCore

/// The options that every command takes, before or after its name.
struct GlobalOptions: ParsableArguments {
    @Option(
        .long("config-dir"), help: "Configuration directory. [env: TEDGE_CONFIG_DIR]", valueName: "DIR",
        defaultText: "/etc/tedge", completion: .directory, parse: directory)
    var configDir: String?
    @Flag(.long("json"), help: "Print one JSON object on stdout, and progress on stderr.") var json: Bool
    @Flag(.long("debug"), help: "Log each step to stderr, without secrets.") var debug: Bool
    @Option(.long("log-level"), help: "Least important level to log.", valueName: "LEVEL")
    var logLevel: LogLevel?

    var arguments: [BoundArgument] { [$configDir, $json, $debug, $logLevel] }

    /// Refuses the remains of a directory's name that a script or a shell did not fill in.
    private static func directory(_ word: String) throws -> String {
        if word.isEmpty { throw InvalidValue("the name of a directory is expected") }
        guard word.first != "~" else {
            throw InvalidValue("only a shell replaces '~' by a directory: give the whole path")
        }
        return word
    }

    /// The more detailed of the two levels; nil if neither option is given.
    var level: LogLevel? { debug ? max(logLevel ?? .debug, .debug) : logLevel }
}

/// Whether a command only shows what it would change.
struct DryRunArgument: ParsableArguments {
    @Flag(.long("dry-run"), help: "Show what would change: settings, files and services. Change nothing.")
    var isOn: Bool

    var arguments: [BoundArgument] { [$isOn] }
}

/// How long a command waits for the local MQTT broker.
struct ConnectionTimeoutArgument: ParsableArguments {
    @Option(
        .long("connection-timeout"),
        help: "Wait for a broker that is not there yet, for at most this time, for example 1m; 0 for ever.",
        valueName: "DURATION", defaultText: "10s")
    var timeout: SettingDuration?

    var arguments: [BoundArgument] { [$timeout] }
}

/// A command that changes something on the device.
protocol ChangingCommand: RunnableCommand {
    /// Whether it only shows what it would change.
    var dryRun: DryRunArgument { get }
}

extension ChangingCommand {
    var isRehearsed: Bool { dryRun.isOn }
}

/// The profile of the cloud that a command is for.
struct ProfileArgument: ParsableArguments {
    @Option(
        .long("profile"), help: "Cloud profile to use. [env: TEDGE_CLOUD_PROFILE]", valueName: "NAME",
        completion: .custom("profile"))
    var profile: ProfileName?

    var arguments: [BoundArgument] { [$profile] }
}

/// The cloud that a command is for, and its profile.
struct CloudArguments: ParsableArguments {
    @Argument("CLOUD", help: "The cloud, or CLOUD.NAME for its profile NAME.", completion: .custom("cloud"))
    var target: CloudTarget
    var option = ProfileArgument()

    var arguments: [BoundArgument] { [$target] + option.arguments }

    func validate() throws(UsageError) { try target.check(option.profile) }

    /// The cloud.
    var cloud: CloudName { target.cloud }
    /// The profile, however it was named.
    var profile: ProfileName? { target.profile(or: option.profile) }
}

/// The cloud whose own certificate a command is about, if it is not that of the device.
struct CertificateArguments: ParsableArguments {
    @Argument(
        "CLOUD",
        help:
            "Cloud with a certificate of its own, or CLOUD.NAME for its profile NAME; without it, the device certificate.",
        completion: .custom("cloud"))
    var target: CloudTarget?
    var option = ProfileArgument()

    var arguments: [BoundArgument] { [$target] + option.arguments }

    func validate() throws(UsageError) { try target?.check(option.profile) }

    func selection(in context: Context) -> CertificateSelection {
        let profile = target?.profile(or: option.profile) ?? option.profile
        return CertificateSelection(cloud: target?.cloud, profile: profile, in: context)
    }
}
