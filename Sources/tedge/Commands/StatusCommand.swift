import ArgumentParsing
import Foundation
import TedgeCore

/// `tedge status`.
struct StatusCommand: RunnableCommand {
    static let configuration = CommandConfiguration(
        name: "status", abstract: "Show what is connected, and whether it is up.",
        discussion: """
            Asks the service manager and the local broker, and changes nothing. Needs no root; without it, says
            what it could not read. The first line begins with 'status: up', 'status: down',
            'status: unknown' or 'status: not configured'.

            Exit status:
              0  all that is configured is up
              1  something is not up, or it is unknown whether it is
              3  nothing is configured
            """)

    @Argument(
        "CLOUD", help: "The cloud, or CLOUD.NAME for its profile NAME; without it, all that is connected.",
        completion: .custom("cloud"))
    var target: CloudTarget?
    @Option(
        .long("wait"),
        help:
            "Wait until each cloud has answered a message and all is up, for at most this time, for example 90s or 5m.",
        valueName: "TIME", parse: SettingDuration.upToAYear(from: .seconds(1)))
    var wait: SettingDuration?
    var option = ProfileArgument()

    var arguments: [BoundArgument] { [$target, $wait] + option.arguments }

    func validate() throws(UsageError) { try target?.check(option.profile) }

    func run(in context: Context) -> CommandReport {
        let isTerminal = isatty(STDOUT_FILENO) == 1
        let looks = TerminalLooks(
            context.environment, isTerminal: isTerminal, size: { TerminalLooks.columns(of: STDOUT_FILENO) })
        return Status(
            target?.cloud, profile: target?.profile(or: option.profile) ?? option.profile, wait: wait?.duration,
            width: isTerminal ? min(looks.columns ?? TextLayout.width, 100) : nil, in: context
        ).run()
    }
}
