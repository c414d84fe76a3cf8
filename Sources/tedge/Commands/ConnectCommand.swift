import ArgumentParsing
import TedgeCore

/// `tedge connect`.
struct ConnectCommand: RunnableCommand {
    static let configuration = CommandConfiguration(
        name: "connect", abstract: "Connect this device to a cloud and prove that the cloud answers.",
        discussion: """
            Exit status:
              0  connected, and the cloud answers
              1  failed; files and services are as before
              4  configured, but the connection is not proven
            """)

    @Argument("CLOUD", help: "The cloud, or CLOUD.NAME for its profile NAME.", completion: .custom("cloud"))
    var target: CloudTarget
    @Flag(.long("test"), help: "Check the connection that there is, and change nothing.", conflicts: ["--offline"])
    var test: Bool
    @Flag(.long("offline"), help: "Configure and start everything without the network, and check nothing.")
    var offline: Bool
    @Option(.long("profile"), help: "Cloud profile that is meant.", valueName: "NAME", completion: .custom("profile"))
    var profile: ProfileName?
    @Option(.long("timeout"), help: "Seconds that the check may take.", valueName: "SECONDS")
    var timeout: CheckTimeout = .usual

    var arguments: [BoundArgument] { [$target, $test, $offline, $profile, $timeout] }

    func validate() throws(UsageError) { try target.check(profile) }

    func run(in context: Context) -> CommandReport {
        if test {
            return ConnectionTest(
                target.cloud, profile: target.profile(or: profile), timeout: timeout.seconds, in: context
            ).run()
        }
        var options = Connector.Options()
        options.isOffline = offline
        options.timeout = timeout.seconds
        return Connector(target.cloud, profile: target.profile(or: profile), options: options, in: context).run()
    }
}

/// The seconds of a check: 1 to 3600.
struct CheckTimeout: ExpressibleByArgument {
    static let usual = CheckTimeout(seconds: 10)
    let seconds: Int

    private init(seconds: Int) { self.seconds = seconds }

    init(argument: String) throws {
        guard let seconds = try? Int(argument: argument), (1...3600).contains(seconds) else {
            throw InvalidValue("a whole number from 1 to 3600 is expected")
        }
        self.seconds = seconds
    }

    var argumentText: String { String(seconds) }
}
