import TOML

extension Settings {
    /// Problems in the files and the environment that keep no setting from being read: first those of the files, by path,
    /// then those of the variables, by name.
    func warnings() -> [SettingsWarning] {
        ignoredTables() + unknownKeys() + variableWarnings()
    }

    private func ignoredTables() -> [SettingsWarning] {
        guard let main else { return [] }
        return CloudName.allCases.filter { hasIgnoredTable($0) }
            .map { .ignoredTable($0, mainPath: main.path, mappersPath: "\(directory)/mappers") }
    }

    /// Whether the main file has a table for a cloud whose settings are in files of their own.
    func hasIgnoredTable(_ cloud: CloudName) -> Bool {
        cloudsWithFiles.contains(cloud) && cloud.prefixes.contains { main?.document[path: [$0]] != nil }
    }

    // MARK: Files

    private func unknownKeys() -> [SettingsWarning] {
        files.sorted { $0.value.path < $1.value.path }.flatMap { id, file in
            let (isMain, cloud) = (id == .main, id.cloud)
            return Self.leaves(of: file.document.root).filter { keys in
                isMain ? !isKnownInMain(keys) : !isKnown(keys, of: cloud)
            }.map { keys in
                SettingsWarning.unknownInFile(
                    key: keys.joined(separator: "."), path: file.path, line: file.line(of: keys))
            }
        }
    }

    /// The paths of all values that are not tables.
    private static func leaves(of table: TOMLTable, below path: [String] = []) -> [[String]] {
        table.flatMap { (key, value) -> [[String]] in
            if case .table(let inner) = value { leaves(of: inner, below: path + [key]) } else { [path + [key]] }
        }
    }

    private func isKnownInMain(_ keys: [String]) -> Bool {
        if keys == ["config", "version"] { return true }
        let cloud = CloudName.allCases.first { $0.prefixes.contains(keys[0]) }
        guard let cloud else { return isKnown(keys, of: nil) }
        if cloudsWithFiles.contains(cloud) { return true }
        guard keys.count > 3, keys[1] == "profiles" else { return isKnown(Array(keys.dropFirst()), of: cloud) }
        return (try? ProfileName(parsing: keys[2])) != nil && isKnown(Array(keys.dropFirst(3)), of: cloud)
    }

    /// Whether the keys name a setting: one of a cloud, without its prefix, or one of the device.
    private func isKnown(_ keys: [String], of cloud: CloudName?) -> Bool {
        if cloud != nil, keys == ["cloud_type"] { return true }
        guard !keys.contains(where: { $0.utf8.contains(UInt8(ascii: ".")) }) else { return false }
        let name = keys.dropFirst(cloud == nil ? 1 : 0).reduce(into: cloud?.rawValue ?? keys[0]) { $0 += "." + $1 }
        if SettingTable.key(name) != nil { return true }
        guard let key = SettingTable.key(spelled: SettingTable.folded(name)) else { return false }
        return location(of: SettingName(key)).older.contains {
            $0 == keys || (cloud != nil && Array($0.dropFirst()) == keys)
        }
    }

    // MARK: Environment

    private func variableWarnings() -> [SettingsWarning] {
        let notSettings = ["TEDGE_CONFIG_DIR", "TEDGE_CLOUD_PROFILE"]
        return overrides.keys.filter { !notSettings.contains($0) }.sorted().compactMap { variable in
            guard let (key, profile) = SettingName.lookUp(variable: variable) else { return .unknownVariable(variable) }
            let canonical = SettingName.variable(for: SettingName.text(of: key, profile))
            return canonical == variable ? nil : .deprecatedKey(variable, instead: canonical)
        }
    }
}
