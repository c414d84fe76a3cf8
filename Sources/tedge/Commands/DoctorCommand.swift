import ArgumentParsing
import Foundation
import TedgeCore

/// `tedge doctor`.
struct DoctorCommand: RunnableCommand {
    static let configuration = CommandConfiguration(
        name: "doctor", abstract: "Find out why a connection does not work, and what mends it.",
        discussion: """
            Changes nothing, and does not disturb a bridge that is up. Without root it says what it could not see.

            Exit status:
              0  no check ended with an error
              1  at least one did
            """)

    @Argument(
        "CLOUD", help: "The cloud, or CLOUD.NAME for its profile NAME; all that have an address without it.",
        completion: .custom("cloud"))
    var target: CloudTarget?
    @Flag(.long("list"), help: "Name all checks, and do none.", conflicts: ["--only", "--skip"]) var list: Bool
    @Option(
        .long("only"), help: "Only this check; can be given several times.", valueName: "CHECK",
        completion: .values(names), suggestions: { _ in names })
    var only: [CheckID] = []
    @Option(
        .long("skip"), help: "Not this check; can be given several times.", valueName: "CHECK",
        completion: .values(names), suggestions: { _ in names })
    var skip: [CheckID] = []
    @Option(
        .long("profile"), help: "Cloud profile that is meant. [env: TEDGE_CLOUD_PROFILE]", valueName: "NAME",
        completion: .custom("profile"))
    var profile: ProfileName?

    var arguments: [BoundArgument] { [$target, $list, $only, $skip, $profile] }

    func validate() throws(UsageError) { try target?.check(profile) }

    func run(in context: Context) -> CommandReport {
        if list { return Doctor.list(in: context) }
        var options = Doctor.Options()
        (options.only, options.skip) = (only, skip)
        options.isColourful = TerminalLooks(context.environment, isTerminal: isatty(STDOUT_FILENO) == 1).isColourful
        return Doctor(
            target?.cloud, profile: target?.profile(or: profile) ?? profile, options: options, in: context
        ).run()
    }

    private static let names = CheckID.allCases.map(\.rawValue)
}

extension CheckID: ExpressibleByArgument {
    /// Reads a name. The reason of an error names the command that lists them: they are too many for one line.
    public init(argument: String) throws {
        guard let check = CheckID(rawValue: argument) else {
            throw InvalidValue("'tedge doctor --list' names all checks")
        }
        self = check
    }

    /// None, so that help and errors do not list them.
    public static var allArgumentValues: [String] { [] }
}
