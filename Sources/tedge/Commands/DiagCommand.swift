import ArgumentParsing
import TedgeCore

/// `tedge diag`.
struct DiagCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        name: "diag", abstract: "Collect what helps to find out why this device does not work.",
        subcommands: [DiagCollectCommand.self])
}

/// `tedge diag collect`.
struct DiagCollectCommand: RunnableCommand {
    static let configuration = CommandConfiguration(
        name: "collect", abstract: "Collect the state of this device into one archive, without secrets.",
        discussion: """
            The archive has the checks of 'tedge doctor', settings, mosquitto's configuration, certificates, services,
            the logs of each start, and what plugins add. Secrets are replaced by '(secret)'. Needs neither root nor
            the network nor a broker, says what could not be read, and ends within a minute.

            Exit status:
              0  the archive is complete
              1  there is no archive, or a plugin failed

            Examples:
              sudo tedge diag collect --output-dir /var/tmp
              ssh gateway sudo tedge diag collect --output - > bundle.tar.gz
            """)

    @Argument(
        "CLOUD", help: "The cloud, or CLOUD.NAME for its profile NAME; without it, all that have an address.",
        completion: .custom("cloud"))
    var target: CloudTarget?
    @Option(
        .long("output-dir"), help: "Directory of the archive.", valueName: "DIR",
        defaultText: "the setting tmp.path", completion: .directory)
    var outputDir: String?
    @Option(
        .long("name"), help: "Name of the archive, without .tar.gz.", valueName: "NAME",
        defaultText: "tedge-diag-<time>")
    var name: String?
    @Flag(.long("keep-dir"), help: "Keep the collected files in a directory beside the archive.") var keepDir: Bool
    @Option(
        .long("output"), help: "Write the archive to stdout; only '-' is possible.", valueName: "-",
        conflicts: ["--keep-dir"], parse: standardOutput)
    var output: String?
    @Option(
        .long("plugin-dir"), help: "Directory with plugins, instead of the setting diag.plugin_paths; can be repeated.",
        valueName: "DIR", completion: .directory)
    var pluginDir: [String] = []
    @Option(
        .long("timeout"), help: "How long each plugin may take.", valueName: "DURATION", defaultText: "15s",
        parse: SettingDuration.nonzero)
    var timeout: SettingDuration?
    @Option(
        .long("forceful-timeout"), help: "How long a plugin may go on after it was told to end.", valueName: "DURATION",
        defaultText: "1s")
    var forcefulTimeout: SettingDuration?
    var option = ProfileArgument()

    var arguments: [BoundArgument] {
        [$target, $outputDir, $name, $keepDir, $output, $pluginDir, $timeout, $forcefulTimeout] + option.arguments
    }

    func validate() throws(UsageError) { try target?.check(option.profile) }

    func run(in context: Context) -> CommandReport {
        var options = SupportBundle.Options()
        (options.directory, options.name, options.keepsDirectory) = (outputDir, name, keepDir)
        options.isStreamed = output != nil
        options.pluginDirectories = pluginDir.flatMap { $0.split(separator: ",").map(String.init) }
        if let timeout { options.pluginLimit = timeout.duration }
        if let forcefulTimeout { options.pluginGrace = forcefulTimeout.duration }
        return SupportBundle(
            target?.cloud, profile: target?.profile(or: option.profile) ?? option.profile, options: options, in: context
        ).run()
    }

    private static func standardOutput(_ word: String) throws -> String {
        guard word == "-" else {
            throw InvalidValue("only '-' is possible; '--output-dir' and '--name' name a file")
        }
        return word
    }
}
