/// All settings with their values, for `config list`.
struct SettingsListing: Sendable {
    /// A setting and its value.
    struct Entry: Sendable, Equatable {
        /// The setting.
        let name: SettingName
        /// Its value and origin, or nil if it has no value or an invalid one.
        let setting: Setting?
    }

    /// The entries, in the order of the listing.
    let entries: [Entry]
    /// The errors of invalid values.
    let problems: [SettingsError]

    /// The lines `KEY=VALUE`, without secrets; if `all` is true, also an empty line and `KEY=` for each setting without a
    /// value.
    func text(all: Bool) -> String {
        var lines = entries.compactMap { entry in
            entry.setting.map { "\(entry.name.text)=\(Masking.shown($0))" }
        }
        let unset = entries.filter { $0.setting == nil }
        if all, !unset.isEmpty { lines += [""] + unset.map { "\($0.name.text)=" } }
        return lines.map { "\($0)\n" }.joined()
    }
}

extension Settings {
    /// The settings whose names contain a text, with their values.
    func listing(filter: String? = nil) -> SettingsListing { listing(filter: filter, check: {}) }

    /// The settings whose names contain a text, with their values.
    ///
    /// - Parameter check: Called before each setting; it can throw to end the work early.
    func listing(filter: String?, check: () throws -> Void) rethrows -> SettingsListing {
        var entries: [SettingsListing.Entry] = []
        var problems: [SettingsError] = []
        for name in try names(check: check) {
            try check()
            guard filter.map(name.text.contains) ?? true else { continue }
            do {
                entries.append(SettingsListing.Entry(name: name, setting: try resolve(name)))
            } catch {
                entries.append(SettingsListing.Entry(name: name, setting: nil))
                if !problems.contains(error) { problems.append(error) }
            }
        }
        return SettingsListing(entries: entries, problems: problems)
    }

    /// The names of all settings: in each table first its own settings, then those of the tables in it. The profiles of a
    /// cloud follow its default profile.
    func names() -> [SettingName] { names(check: {}) }

    private func names(check: () throws -> Void) rethrows -> [SettingName] {
        var names: [SettingName] = []
        var cloud: CloudName?
        for key in SettingTable.listed + [nil] {
            if let finished = cloud, finished != key?.cloud {
                let keys = SettingTable.listed(finished)
                for profile in profiles(of: finished) {
                    try check()
                    names += keys.map { SettingName($0, profile: profile) }
                }
            }
            cloud = key?.cloud
            if let key { names.append(SettingName(key)) }
        }
        return names
    }
}

extension SettingTable {
    /// The rows in the order of the listing.
    fileprivate static var listed: [SettingKey?] { ordered(keys) }

    fileprivate static func listed(_ cloud: CloudName) -> [SettingKey] { ordered(keys(of: cloud)) }

    private static func ordered(_ keys: [SettingKey]) -> [SettingKey] {
        let names = keys.map { Settings.parts($0.name) }
        return ordered(names, Array(names.indices), depth: 0).map { keys[$0] }
    }

    /// The positions of the names, in the order of the listing.
    ///
    /// - Parameter positions: Those of the names that are equal up to the depth.
    private static func ordered(_ names: [[String]], _ positions: [Int], depth: Int) -> [Int] {
        var own: [Int] = []
        var tables: [String] = []
        var inTables: [String: [Int]] = [:]
        for position in positions {
            let name = names[position]
            if name.count == depth + 1 {
                own.append(position)
            } else {
                if inTables[name[depth]] == nil { tables.append(name[depth]) }
                inTables[name[depth], default: []].append(position)
            }
        }
        return own + tables.flatMap { ordered(names, inTables[$0] ?? [], depth: depth + 1) }
    }
}
