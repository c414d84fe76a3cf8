import TOML

/// What the environment says about a setting.
enum SettingOverride {
    case set(Setting)
    /// The variable is empty, so the setting has its default.
    case unset
}

extension Settings {
    /// What the environment says about a setting, or nil if no variable names it.
    func override(of name: SettingName) throws(SettingsError) -> SettingOverride? {
        guard !overrides.isEmpty, let variable = name.variables.first(where: { overrides[$0] != nil }),
            let text = overrides[variable]
        else { return nil }
        if text.isEmpty { return .unset }
        do {
            let value = try Self.parse(text, as: name.key.type, currentDirectory: source.currentDirectory)
            return .set(Setting(name: name, value: value, origin: .environment(variable: variable)))
        } catch {
            throw .invalidInEnvironment(
                key: name.text, variable: variable, value: name.key.isSecret ? nil : text, error)
        }
    }

    /// Reads the value of a variable: as TOML if it begins like a TOML string or array, else as a typed value.
    private static func parse(
        _ text: String, as type: SettingType, currentDirectory: () -> String
    ) throws(SettingRefusal) -> SettingValue {
        if text.utf8.first == UInt8(ascii: "\"") || text.utf8.first == UInt8(ascii: "[") {
            let document = try? TOMLDocument(parsing: Array("value = \(text)".utf8))
            if let value = document?[path: ["value"]] { return try type.read(value) }
        }
        return try type.parse(text, currentDirectory: currentDirectory).value
    }
}
