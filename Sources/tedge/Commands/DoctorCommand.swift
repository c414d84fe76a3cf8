import ArgumentParsing
import Foundation
import TedgeCore

/// `tedge doctor`.
struct DoctorCommand: RunnableCommand {
    static let configuration = CommandConfiguration(
        name: "doctor", abstract: "Find out why a connection fails and how to fix it.",
        discussion: """
            Changes nothing and does not disturb a working bridge. Without root it says what it could not check.

            Exit status:
              0  no check reports an error
              1  at least one check reports an error
            """)

    @Argument(
        "CLOUD", help: "The cloud, or CLOUD.NAME for its profile NAME; without it, all that have an address.",
        completion: .custom("cloud"))
    var target: CloudTarget?
    @Flag(.long("list"), help: "List all checks and run none.", conflicts: ["--only", "--skip"]) var list: Bool
    @Option(
        .long("only"), help: "Run only this check; can be repeated.", valueName: "CHECK",
        completion: .values(names), suggestions: { _ in names })
    var only: [CheckID] = []
    @Option(
        .long("skip"), help: "Skip this check; can be repeated.", valueName: "CHECK",
        completion: .values(names), suggestions: { _ in names })
    var skip: [CheckID] = []
    var option = ProfileArgument()

    var arguments: [BoundArgument] { [$target, $list, $only, $skip] + option.arguments }

    func validate() throws(UsageError) { try target?.check(option.profile) }

    func run(in context: Context) -> CommandReport {
        if list { return Doctor.list(in: context) }
        var options = Doctor.Options()
        (options.only, options.skip) = (only, skip)
        options.isColourful = TerminalLooks(context.environment, isTerminal: isatty(STDOUT_FILENO) == 1).isColourful
        return Doctor(
            target?.cloud, profile: target?.profile(or: option.profile) ?? option.profile, options: options, in: context
        ).run()
    }

    private static let names = CheckID.allCases.map(\.rawValue)
}
