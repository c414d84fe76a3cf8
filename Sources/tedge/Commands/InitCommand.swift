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

    var arguments: [BoundArgument] { [$user, $group] }

    func run(in context: Context) -> CommandReport {
        DeviceInitializer(user: user, group: group, in: context).run()
    }
}
