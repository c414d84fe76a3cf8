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
    @Flag(.long("offline"), help: "Configure and start everything without the network, and check nothing.")
    var offline: Bool
    @Option(
        .long("timeout"), help: "Seconds that the check may take.", valueName: "SECONDS", parse: Int.within(1...3600))
    var timeout: Int = 10
    @Flag(
        .long("if-needed"), help: "Keep a connection that is there, and change only what is not as the settings say.",
        conflicts: ["--test"])
    var ifNeeded: Bool
    var dryRun = DryRunArgument()

    var arguments: [BoundArgument] {
        [target.$target, $test, $offline] + target.option.arguments + [$timeout, $ifNeeded] + dryRun.arguments
    }

    func validate() throws(UsageError) { try target.validate() }

    func run(in context: Context) -> CommandReport {
        if test {
            return ConnectionTest(target.cloud, profile: target.profile, timeout: timeout, in: context).run()
        }
        var options = Connector.Options()
        (options.isOffline, options.isIfNeeded) = (offline, ifNeeded)
        options.timeout = timeout
        return Connector(target.cloud, profile: target.profile, options: options, in: context).run()
    }
}
