import TOML

/// Where a setting stands, or would.
struct SettingLocation {
    let file: SettingsFileID
    /// The keys from the top of the file.
    let keys: [String]
    /// Where the setting stands in files of an older form, or under an older name.
    let older: [[String]]
}

extension Settings {
    /// The home of a setting.
    func home(of name: SettingName) -> SettingLocation {
        guard let cloud = name.key.cloud else {
            let older = name.key.older.filter { isRead($0, for: name.key, inOldForm: isOldForm) }
            return SettingLocation(file: .main, keys: Self.parts(name.key.name), older: older.map(Self.parts))
        }
        let isInOldForm = isOldForm && !cloudsWithFiles.contains(cloud)
        let older = name.key.older.filter { isRead($0, for: name.key, inOldForm: isInOldForm) }
            .map { Self.parts($0.dropFirst(cloud.rawValue.utf8.count + 1)) }
        let keys = Self.parts(name.suffix)
        if cloudsWithFiles.contains(cloud) {
            return SettingLocation(file: .mapper(cloud, name.profile), keys: keys, older: older)
        }
        let places = cloud.prefixes.map { table(of: $0, name.profile) }.flatMap { table in
            ([keys] + older).map { table + $0 }
        }
        return SettingLocation(file: .main, keys: places[0], older: Array(places.dropFirst()))
    }

    /// Whether an older name counts in a file. One in the same table does in every form; one in another table only in
    /// the form that had it, and not where it is another setting's name now.
    func isRead(_ older: String, for key: SettingKey, inOldForm: Bool) -> Bool {
        let sameTable = Self.parts(older).dropLast() == Self.parts(key.name).dropLast()
        return (sameTable || inOldForm) && SettingTable.key(older) == nil
    }

    /// The table of a cloud or of its profile in the main file. A profile may be written in capitals there.
    private func table(of prefix: String, _ profile: ProfileName?) -> [String] {
        guard let profile else { return [prefix] }
        let all = main?.document.keys(of: [prefix, "profiles"]) ?? []
        let written =
            main?.document.keys(of: [prefix, "profiles", profile.text]) != nil
            ? profile.text : all.first { $0.lowercased() == profile.text }
        return [prefix, "profiles", written ?? profile.text]
    }

    private func profileTable(_ prefix: String) -> TOMLTable? {
        guard case .table(let table)? = main?.document[path: [prefix, "profiles"]] else { return nil }
        return table
    }

    static func parts(_ name: some StringProtocol) -> [String] {
        name.split(separator: Character(".")).map { String($0) }
    }
}

extension Settings {
    /// The profiles of a cloud of which something is set, in alphabetical order.
    public func profiles(of cloud: CloudName) -> [ProfileName] {
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
            let name = SettingName.lookUp(variable.dropFirst("TEDGE_".utf8.count).lowercased())
            if let name, name.key.cloud == cloud, let text = name.profile,
                let profile = try? ProfileName(parsing: text)
            {
                profiles.insert(profile)
            }
        }
        return profiles.sorted()
    }
}

extension TOMLValue {
    /// Whether the value is no table, or a table with such a value somewhere in it.
    fileprivate var holdsSomething: Bool {
        guard case .table(let table) = self else { return true }
        return table.contains { $0.value.holdsSomething }
    }
}
