/// What a person should know of the settings, although a command can go on.
enum SettingsWarning: Sendable, Hashable {
    /// A key was typed, or a variable named, in an older spelling.
    case deprecatedKey(String, instead: String)
    /// A file has a key that no setting has.
    case unknownInFile(key: String, path: String, line: Int)
    /// A variable of the environment is named like a setting that there is not.
    case unknownVariable(String)
    /// The settings of a cloud stand in its own files; those in the main file do not count.
    case ignoredTable(CloudName, mainPath: String, mappersPath: String)
    /// Something else was taken than what was typed.
    case taken(String, insteadOf: String, isHostOfAddress: Bool)
    /// A variable of the environment overrides what is stored.
    case overridden(key: String, variable: String)
    /// The bridge is left to the mapper, with which connecting does not go on.
    case builtInBridge

    /// The warning, without a word such as "Warning" before it.
    var text: String {
        switch self {
        case .deprecatedKey(let old, let new): "The key '\(old)' is deprecated. Use '\(new)' instead."
        case .unknownInFile(let key, let path, let line):
            "Unknown configuration field \"\(key)\" from toml file \(path), line \(line)"
        case .unknownVariable(let variable):
            "Unknown configuration field \"\(variable.dropFirst("TEDGE_".utf8.count).lowercased())\" from environment "
                + "variable \(variable)"
        case .ignoredTable(let cloud, let mainPath, let mappersPath):
            "\(cloud.rawValue) configuration found in `\(mainPath)`, but this will be ignored in favour of configuration"
                + " in \(mappersPath)/\(cloud.rawValue)/mapper.toml and \(mappersPath)/\(cloud.rawValue).*/mapper.toml"
        case .taken(let taken, let typed, let isHost):
            "Taking '\(taken.beginning)' instead of '\(typed.beginning)'"
                + (isHost ? ": only the \(taken.contains(":") ? "host and its port are" : "host is") stored." : ".")
        case .overridden(let key, let variable):
            "\(variable) is set in the environment and wins over the file. Run 'unset \(variable)' to have '\(key)' of the "
                + "file count."
        case .builtInBridge:
            "'tedge connect' configures the bridge of mosquitto and refuses this value. Run 'tedge config set "
                + "mqtt.bridge.built_in false' before you connect."
        }
    }
}
