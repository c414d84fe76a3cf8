import ArgumentParsing
import TedgeCore

/// `tedge init`.
struct InitCommand: RunnableCommand {
    static let configuration = CommandConfiguration(
        name: "init", abstract: "Make the directories, owners and the include line that mosquitto needs.")

    @Option(
        .long("user"), help: "User that owns the directories, in place of the one in system.toml.", valueName: "USER")
    var user: String?
    @Option(
        .long("group"), help: "Group that owns the directories, in place of the one in system.toml.", valueName: "GROUP"
    )
    var group: String?

    @Option(
        .long("mosquitto-conf"),
        help: "Main file of mosquitto that is to include the configuration; for another configuration directory than "
            + "/etc/tedge, which is not included otherwise.", valueName: "FILE")
    var mosquittoConfiguration: String?

    @Flag(
        .long("relative-links"),
        help: "Taken for scripts that give it; mapper and agent are no part of this program, so no links are made.")
    var relativeLinks: Bool

    var arguments: [BoundArgument] { [$user, $group, $mosquittoConfiguration, $relativeLinks] }

    func run(in context: Context) -> CommandReport {
        let main = mosquittoConfiguration.map { Path.absolute($0, relativeTo: context.currentDirectory()) }
        return DeviceInitializer(user: user, group: group, mosquittoConfiguration: main, in: context)
            .run(links: relativeLinks)
    }
}
