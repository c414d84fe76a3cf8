import ArgumentParsing
import Foundation
import TedgeCore

/// `tedge config`.
struct ConfigCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        name: "config", abstract: "Read and change the settings of this device.",
        subcommands: [
            ConfigGetCommand.self, ConfigSetCommand.self, ConfigUnsetCommand.self, ConfigAddCommand.self,
            ConfigRemoveCommand.self, ConfigListCommand.self, ConfigUpgradeCommand.self,
        ])
}

/// The key of a setting on the command line.
struct KeyArguments: ParsableArguments {
    @Argument(
        "KEY", help: "Key of the setting, for example c8y.url; 'tedge config list --doc' explains them all.",
        completion: .custom("setting-key"), suggestions: SettingName.suggestions,
        parse: { word in
            do throws(SettingsError) {
                _ = try SettingName.parse(word)
            } catch {
                throw InvalidValue(error.causes.joined(separator: ": "))
            }
            return word
        })
    var key: String
    @Option(
        .long("profile"), help: "Cloud profile to use. [env: TEDGE_CLOUD_PROFILE]", valueName: "NAME",
        completion: .custom("profile"))
    var profile: String?

    var arguments: [BoundArgument] { [$key, $profile] }

    var setting: TypedSetting { TypedSetting(key, profile: profile) }

    /// Takes the value of a secret setting out of the list of processes.
    func wipe(_ value: String) {
        if setting.isSecret { ProcessArguments.wipe(value) }
    }
}

/// `tedge config get`.
struct ConfigGetCommand: RunnableCommand {
    static let configuration = CommandConfiguration(name: "get", abstract: "Print the value of a setting.")

    var name = KeyArguments()

    var arguments: [BoundArgument] { name.arguments }

    func run(in context: Context) -> CommandReport { SettingsCommands(in: context).get(name.setting) }
}

/// `tedge config set`.
struct ConfigSetCommand: ChangingCommand {
    static let configuration = CommandConfiguration(
        name: "set", abstract: "Set the value of a setting.",
        discussion: """
            Examples:
              tedge config set c8y.url example.cumulocity.com
              tedge config set software.plugin.exclude -- '-value-that-begins-with-a-dash'
            """)

    var name = KeyArguments()
    @Argument("VALUE", help: "The new value.", completion: .custom("setting-value")) var value: String
    var dryRun = DryRunArgument()

    var arguments: [BoundArgument] { name.arguments + [$value] + dryRun.arguments }

    func run(in context: Context) -> CommandReport {
        name.wipe(value)
        return SettingsCommands(in: context).set(name.setting, to: value)
    }
}

/// `tedge config unset`.
struct ConfigUnsetCommand: ChangingCommand {
    static let configuration = CommandConfiguration(
        name: "unset", abstract: "Remove the value of a setting, so that its default applies.")

    var name = KeyArguments()
    var dryRun = DryRunArgument()

    var arguments: [BoundArgument] { name.arguments + dryRun.arguments }

    func run(in context: Context) -> CommandReport { SettingsCommands(in: context).unset(name.setting) }
}

/// `tedge config add`.
struct ConfigAddCommand: ChangingCommand {
    static let configuration = CommandConfiguration(
        name: "add", abstract: "Add to a setting that is a list; set one that is not.")

    var name = KeyArguments()
    @Argument(
        "VALUE", help: "Value to add; commas separate several.", completion: .custom("setting-value"))
    var value: String
    var dryRun = DryRunArgument()

    var arguments: [BoundArgument] { name.arguments + [$value] + dryRun.arguments }

    func run(in context: Context) -> CommandReport {
        name.wipe(value)
        return SettingsCommands(in: context).add(name.setting, value)
    }
}

/// `tedge config remove`.
struct ConfigRemoveCommand: ChangingCommand {
    static let configuration = CommandConfiguration(
        name: "remove", abstract: "Remove from a setting that is a list; unset one that is not and has this value.")

    var name = KeyArguments()
    @Argument(
        "VALUE", help: "Value to remove; commas separate several.", completion: .custom("setting-value"))
    var value: String
    var dryRun = DryRunArgument()

    var arguments: [BoundArgument] { name.arguments + [$value] + dryRun.arguments }

    func run(in context: Context) -> CommandReport {
        name.wipe(value)
        return SettingsCommands(in: context).remove(name.setting, value)
    }
}

/// `tedge config list`.
struct ConfigListCommand: RunnableCommand {
    static let configuration = CommandConfiguration(name: "list", abstract: "Print the settings and their values.")

    @Flag(.long("all"), help: "Include settings without a value.") var all: Bool
    @Flag(.long("doc"), help: "Explain each setting.") var doc: Bool
    @Argument("FILTER", help: "Show only keys that contain this text.", completion: .custom("setting-key"))
    var filter: String?

    var arguments: [BoundArgument] { [$all, $doc, $filter] }

    func run(in context: Context) -> CommandReport {
        SettingsCommands(in: context).list(
            all: all, doc: doc, filter: filter, isTerminal: isatty(STDOUT_FILENO) == 1,
            similar: filter.flatMap(similar))
    }
}

extension ConfigListCommand {
    /// What a filter that matches nothing may mean: an older spelling, a pair of key and value, a cloud, or a slip.
    private func similar(_ filter: String) -> String? {
        let key = String(filter.prefix { $0 != "=" }).lowercased()
        return SettingName.current(key) ?? CloudName(called: key)?.rawValue
            ?? closestMatch(to: key, in: SettingName.suggestions(for: key))
    }
}

/// `tedge config upgrade`.
struct ConfigUpgradeCommand: ChangingCommand {
    static let configuration = CommandConfiguration(
        name: "upgrade", abstract: "Move the settings to where release 2 of thin-edge.io keeps them.",
        discussion: """
            The tables of the clouds in tedge.toml become files mappers/CLOUD/mapper.toml, and settings get their
            current names. All values stay. The old tedge.toml is kept as tedge.toml.bak. This program reads
            both forms and does not need the upgrade.
            """)

    var dryRun = DryRunArgument()

    var arguments: [BoundArgument] { dryRun.arguments }

    func run(in context: Context) -> CommandReport { SettingsUpgrader(in: context).run() }
}
