import TOML

/// Where a setting is stored: in which file, and at which keys.
struct SettingLocation {
    let file: SettingsFileID
    /// The keys from the top of the file.
    let keys: [String]
    /// The keys of the setting in files of an older form, and those of its older names.
    let older: [[String]]
}

extension Settings {
    /// Where a setting is stored, or would be.
    func location(of name: SettingName) -> SettingLocation {
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
        let paths = cloud.prefixes.map { table(of: $0, name.profile) }.flatMap { table in
            ([keys] + older).map { table + $0 }
        }
        return SettingLocation(file: .main, keys: paths[0], older: Array(paths.dropFirst()))
    }

    /// Whether an older name counts in a file. A name in the same table counts in every form of the file; a name in another
    /// table counts only in the form that had it. A name that another setting has now never counts.
    func isRead(_ older: String, for key: SettingKey, inOldForm: Bool) -> Bool {
        let sameTable = Self.parts(older).dropLast() == Self.parts(key.name).dropLast()
        return (sameTable || inOldForm) && SettingTable.key(older) == nil
    }

    /// The table of a cloud or of its profile in the main file, where a profile may be written in capital letters.
    private func table(of prefix: String, _ profile: ProfileName?) -> [String] {
        guard let profile else { return [prefix] }
        let all = main?.document.keys(of: [prefix, "profiles"]) ?? []
        let written =
            main?.document.keys(of: [prefix, "profiles", profile.text]) != nil
            ? profile.text : all.first { $0.lowercased() == profile.text }
        return [prefix, "profiles", written ?? profile.text]
    }

    static func parts(_ name: some StringProtocol) -> [String] {
        name.utf8.split(separator: UInt8(ascii: ".")).map { String(decoding: $0, as: UTF8.self) }
    }
}
