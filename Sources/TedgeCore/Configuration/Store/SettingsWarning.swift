/// What a person should know about the settings, although the command can continue.
enum SettingsWarning: Sendable, Hashable {
    /// A typed key or a variable has an older spelling.
    case deprecatedKey(String, instead: String)
    /// A file has a key that is not a setting.
    case unknownInFile(key: String, path: String, line: Int)
    /// A variable of the environment begins with `TEDGE_` and names no setting.
    case unknownVariable(String)
    /// The settings of a cloud are in files of their own; those in the main file do not count.
    case ignoredTable(CloudName, mainPath: String, mappersPath: String)
    /// The stored value differs from the typed one.
    case taken(String, insteadOf: String, isHostOfAddress: Bool)
    /// A variable of the environment overrides what is stored.
    case overridden(key: String, variable: String)
    /// The bridge is left to the mapper, which `tedge connect` refuses.
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
            "Using '\(taken.beginning)' instead of '\(typed.beginning)'"
                + (isHost ? ": only the \(taken.contains(":") ? "host and its port are" : "host is") stored." : ".")
        case .overridden(let key, let variable):
            "\(variable) is set in the environment and overrides the file. Run 'unset \(variable)' to use '\(key)' of the "
                + "file."
        case .builtInBridge:
            "'tedge connect' configures the bridge of mosquitto and refuses this value. Run 'tedge config set "
                + "mqtt.bridge.built_in false' before you connect."
        }
    }
}
