import ArgumentParsing
import Foundation
import TedgeCore

/// `tedge bootstrap`.
struct BootstrapCommand: ChangingCommand {
    static let configuration = CommandConfiguration(
        name: "bootstrap", abstract: "Configure, register and connect this device, and prove that the cloud answers.",
        discussion: """
            Run it again at any time: what is there already stays, and a run that was interrupted goes on
            where it was. Without any argument it asks on the terminal. Without --timeout it waits for the
            approval of a registration, for 5 minutes, and for nothing else. Passwords are read from files
            or from the variables C8Y_PASSWORD and DEVICE_ONE_TIME_PASSWORD; only the method basic stores
            that of the device.

            Examples:
              tedge bootstrap c8y --url <tenant>.cumulocity.com --device-id <id>
              tedge bootstrap c8y --url <tenant>.cumulocity.com --register self-signed --user <user>
              tedge bootstrap --from bootstrap.json --timeout 10m

            Exit status:
              0  connected, and the cloud answers
              1  failed; a connection that existed is as before
              2  wrong usage
              3  connected, but a renewed certificate was refused
              4  configured, but the connection is not proven
            """)

    @Argument("CLOUD", help: "The cloud, or CLOUD.NAME for its profile NAME.", completion: .custom("cloud"))
    var target: CloudTarget?
    @Option(
        .long("url"), help: "HTTP address of the cloud.", valueName: "HOST[:PORT]", conflicts: ["--from"])
    var url: String?
    @Option(
        .long("device-id"), help: "Identity of the device.", valueName: "ID", conflicts: ["--from"])
    var deviceID: String?
    @Option(
        .long("register"), help: "How the device gets what proves its identity.", valueName: "METHOD",
        conflicts: ["--from"])
    var method: BootstrapRun.Method?
    var option = ProfileArgument()
    @Option(
        .long("set"), help: "Setting to store; may be repeated.", valueName: "KEY=VALUE",
        completion: .custom("setting-key"), conflicts: ["--from"], parse: BootstrapRun.Setting.checked)
    var settings: [String] = []
    @Option(
        .long("from"), help: "JSON file with what shall be connected; - is the standard input.", valueName: "FILE",
        completion: .file)
    var from: String?
    @Option(
        .long("save"), help: "Write what was typed to a JSON file, without secrets, before it is done.",
        valueName: "FILE", completion: .file)
    var save: String?
    @Flag(.long("offline"), help: "Do all that needs no cloud; a later run does the rest.")
    var offline: Bool
    @Option(
        .long("timeout"), help: "How long to wait for name, network, registration and cloud.", valueName: "TIME",
        defaultText: "5m for a registration", parse: SettingDuration.upToAYear(from: .zero))
    var timeout: SettingDuration?
    @Flag(.long("no-wait"), help: "Try everything once.", conflicts: ["--timeout"])
    var noWait: Bool
    @Flag(.long("re-register"), help: "Replace certificate or credentials of this connection by new ones.")
    var reRegister: Bool
    @Flag(.long("clean"), help: "Remove the other settings of this connection.")
    var clean: Bool
    @Option(
        .long("one-time-password-file"),
        help: "File with the one-time password on its first line; - is the standard input. "
            + "[env: DEVICE_ONE_TIME_PASSWORD]", valueName: "FILE", completion: .file)
    var oneTimePasswordFile: String?
    @Option(.long("user"), help: "Cumulocity user who uploads, or of the device. [env: C8Y_USER]", valueName: "NAME")
    var user: String?
    @Option(
        .long("password-file"),
        help: "File with the user's password on its first line; - is the standard input. [env: C8Y_PASSWORD]",
        valueName: "FILE", completion: .file)
    var passwordFile: String?
    @Flag(.long("ascii"), help: "Draw the QR code of the registration with ASCII characters.")
    var ascii: Bool
    @Option(
        .long("plugin-dir"), help: "Directory with hooks, instead of the usual ones.", valueName: "DIR",
        completion: .directory)
    var pluginDirectory: String?
    var dryRun = DryRunArgument()

    var arguments: [BoundArgument] {
        [$target, $url, $deviceID, $method] + option.arguments
            + [
                $settings, $from, $save, $offline, $timeout, $noWait, $reRegister, $clean, $oneTimePasswordFile, $user,
                $passwordFile, $ascii, $pluginDirectory,
            ] + dryRun.arguments
    }

    func validate() throws(UsageError) {
        try target?.check(option.profile)
    }

    func run(in context: Context) -> CommandReport {
        var options = BootstrapOptions()
        (options.isOffline, options.timeout, options.triesOnce) = (offline, timeout?.duration, noWait)
        options.isRehearsal = dryRun.isOn
        options.isTerminal = isatty(STDOUT_FILENO) == 1
        (options.oneTimePasswordFile, options.user, options.passwordFile) = (oneTimePasswordFile, user, passwordFile)
        (options.pluginDirectory, options.isASCII) = (pluginDirectory, ascii)
        if [from, oneTimePasswordFile, passwordFile].filter({ $0 == "-" }).count > 1 {
            return Self.misuse(
                ["The standard input can be only one of --from, --one-time-password-file and --password-file."], context
            )
        }
        let runs: [BootstrapRun]
        switch typed(in: context) {
        case .success(let found): runs = found
        case .failure(let failure): return failure.report
        }
        if let save, let failure = Bootstrapper.save(runs, to: save, in: context) { return failure }
        return Bootstrapper(runs, options, in: context).run()
    }

    /// The runs of the command line or of the document.
    private func typed(in context: Context) -> Result<[BootstrapRun], BootstrapReadingFailure> {
        if let from {
            guard target == nil, option.profile == nil else {
                return .failure(.init(report: Self.misuse(["CLOUD and --from cannot be given together."], context)))
            }
            return Bootstrapper.read(from, in: context).map { runs in
                runs.map { run in
                    var run = run
                    if reRegister { run.registersAgain = true }
                    if clean { run.isClean = true }
                    return run
                }
            }
        }
        guard let target else {
            let isBare = url == nil && deviceID == nil && method == nil && settings.isEmpty && option.profile == nil
            if isBare, let asked = Bootstrapper.ask(in: context) { return asked }
            return .failure(
                .init(
                    report: Self.misuse(
                        [isBare ? "There is no CLOUD, and no terminal to ask for it." : "There is no CLOUD."], context,
                        hint: "Give for example 'c8y --url <tenant>.cumulocity.com --device-id <id>', or '--from FILE'."
                    )))
        }
        do throws(BootstrapRunProblem) {
            return .success([try run(target, in: context)])
        } catch {
            return .failure(.init(report: Self.misuse(["\(error.reason)."], context, hint: error.hint)))
        }
    }

    private func run(_ target: CloudTarget, in context: Context) throws(BootstrapRunProblem) -> BootstrapRun {
        var profile = target.profile(or: option.profile)
        if profile == nil, let name = context.environment["TEDGE_CLOUD_PROFILE"], !name.isEmpty {
            profile = try ProfileName.ofVariable(name)
        }
        var run = BootstrapRun(target.cloud, profile: profile)
        if let url { run.url = try BootstrapRun.checkedURL(url, of: run.cloud) }
        if let deviceID {
            try BootstrapRun.checkDeviceID(deviceID)
            run.deviceID = deviceID
        }
        if let method {
            try run.check(method)
            run.method = method
        }
        run.settings = settings.compactMap(BootstrapRun.Setting.init(typed:))
        for setting in run.settings { try run.check(setting) }
        (run.registersAgain, run.isClean) = (reRegister, clean)
        return run
    }

    /// Prints why the words cannot be used together.
    private static func misuse(_ causes: [String], _ context: Context, hint: String? = nil) -> CommandReport {
        context.console.error(ErrorFrame.text(title: "wrong usage of 'tedge bootstrap'.", causes: causes, hint: hint))
        return .failed("bootstrap", status: .misuse, reason: .wrongUsage, causes: causes, hint: hint)
    }
}

extension BootstrapRun.Method: ExpressibleByArgument {}

extension BootstrapRun.Setting {
    /// Reads KEY=VALUE; nil for other words.
    fileprivate init?(typed word: String) {
        guard let equals = word.firstIndex(of: "="), equals > word.startIndex else { return nil }
        self.init(String(word[..<equals]), String(word[word.index(after: equals)...]))
    }

    /// Checks the form of KEY=VALUE. The value of a secret, which does not belong on a command line, is taken from the list of
    /// processes.
    fileprivate static func checked(_ word: String) throws -> String {
        guard let setting = Self(typed: word) else { throw InvalidValue("KEY=VALUE is expected") }
        if SettingName.isSecret(setting.key) { ProcessArguments.wipe(word) }
        return word
    }
}

extension ProfileName {
    /// Reads the variable TEDGE_CLOUD_PROFILE.
    fileprivate static func ofVariable(_ text: String) throws(BootstrapRunProblem) -> ProfileName {
        do throws(Problem) {
            return try ProfileName(parsing: text)
        } catch {
            throw BootstrapRunProblem("TEDGE_CLOUD_PROFILE is not the name of a profile: \(error.text)")
        }
    }
}
