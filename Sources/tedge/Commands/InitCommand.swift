import ArgumentParsing
import TedgeCore

/// `tedge init`.
struct InitCommand: ChangingCommand {
    static let configuration = CommandConfiguration(
        name: "init", abstract: "Create the directories with their owners, and have mosquitto read the files of tedge.")

    @Option(
        .long("user"), help: "User that owns the directories, instead of the one in system.toml.", valueName: "USER")
    var user: String?
    @Option(
        .long("group"), help: "Group that owns the directories, instead of the one in system.toml.", valueName: "GROUP"
    )
    var group: String?

    @Option(
        .long("mosquitto-conf"),
        help: "Main file of mosquitto to add the include line to; needed for a configuration directory other than "
            + "/etc/tedge.", valueName: "FILE")
    var mosquittoConfiguration: String?

    @Flag(
        .long("relative-links"),
        help: "Accepted for existing scripts; creates no links, because mapper and agent are not part of this program.")
    var relativeLinks: Bool

    @Flag(
        .long("use-links"),
        help:
            "Replace the include line that an earlier release wrote by links in conf.d, if mosquitto then reads the same."
    )
    var useLinks: Bool
    var dryRun = DryRunArgument()

    var arguments: [BoundArgument] {
        [$user, $group, $mosquittoConfiguration, $relativeLinks, $useLinks] + dryRun.arguments
    }

    func run(in context: Context) -> CommandReport {
        let main = mosquittoConfiguration.map { Path.absolute($0, relativeTo: context.currentDirectory()) }
        return DeviceInitializer(user: user, group: group, mosquittoConfiguration: main, in: context)
            .run(links: relativeLinks, replacesLine: useLinks)
    }
}
