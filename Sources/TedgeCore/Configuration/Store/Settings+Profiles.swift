import TOML

extension Settings {
    /// The profiles of a cloud that have at least one setting, in alphabetical order.
    func profiles(of cloud: CloudName) -> [ProfileName] {
        var profiles: Set<ProfileName> = []
        if cloudsWithFiles.contains(cloud) {
            for case .mapper(cloud, let profile?) in files.keys { profiles.insert(profile) }
        } else {
            for prefix in cloud.prefixes {
                for (key, value) in profileTable(prefix) ?? [:] where value.holdsSomething {
                    if let profile = try? ProfileName(parsing: key) { profiles.insert(profile) }
                }
            }
        }
        for (variable, value) in overrides where !value.isEmpty {
            if let (key, name) = SettingName.lookUp(variable: variable), key.cloud == cloud, let name,
                let profile = try? ProfileName(parsing: name)
            {
                profiles.insert(profile)
            }
        }
        return profiles.sorted()
    }

    private func profileTable(_ prefix: String) -> TOMLTable? {
        guard case .table(let table)? = main?.document[path: [prefix, "profiles"]] else { return nil }
        return table
    }
}

extension TOMLValue {
    /// Whether the value is anything but a table that holds nothing, or nothing but such tables.
    fileprivate var holdsSomething: Bool {
        guard case .table(let table) = self else { return true }
        return table.contains { $0.value.holdsSomething }
    }
}
