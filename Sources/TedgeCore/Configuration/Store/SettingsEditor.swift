import TOML

/// Collects changes to settings in memory; `edits` are the files to write.
///
/// Only the lines of changed settings differ between a file and its new contents. Variables of the environment do not affect
/// what is stored.
struct SettingsEditor: Sendable {
    /// The settings with the changes.
    private(set) var settings: Settings
    /// What a person should know about the changes.
    private(set) var warnings: [SettingsWarning] = []

    /// Starts without changes.
    init(_ settings: Settings) {
        self.settings = settings
    }

    /// The files that differ from what was read, in the order of their paths. The main file is last, because its old contents
    /// must stay valid until the others are written.
    var edits: [FileEdit] {
        settings.files.sorted { ($0.key == .main ? 1 : 0, $0.value.path) < ($1.key == .main ? 1 : 0, $1.value.path) }
            .compactMap { id, file in
                let contents = isObsolete(file, id) ? nil : file.document.bytes
                let isNew = file.original == nil && file.document.bytes.isEmpty
                guard !isNew, contents != file.original else { return nil }
                return FileEdit(path: file.path, original: file.original, contents: contents)
            }
    }

    /// Sets a typed value. A setting with an older name is stored under its current one. Throws `refused`,
    /// `identityOfCertificate` and `notEditable`.
    mutating func set(_ name: SettingName, to typed: String) throws(SettingsError) {
        if name.key.isDeviceID, try settings.certificateProblem(for: name) == nil,
            let (path, commonName) = try settings.certificate(for: name)
        {
            throw .identityOfCertificate(key: name.text, commonName: commonName, path: path)
        }
        let value = try parse(typed, for: name)
        try store(value, as: name)
        if name.key.name == "mqtt.bridge.built_in", value == .flag(true) { warnings.append(.builtInBridge) }
    }

    /// Adds a warning if a variable of the environment overrides a setting.
    mutating func warnOfOverride(of name: SettingName) {
        guard let variable = name.variables.first(where: { settings.overrides[$0] != nil }) else { return }
        warnings.append(.overridden(key: name.text, variable: variable))
    }

    /// Removes the value from the file, so that the default counts. Does nothing if there is no value. When a profile loses
    /// its last setting, its empty tables are removed as well.
    mutating func unset(_ name: SettingName) throws(SettingsError) {
        let location = settings.location(of: name)
        guard settings.files[location.file] != nil else { return }
        try edit(location) { document throws(TOMLError) in
            for keys in [location.keys] + location.older where document[path: keys] != nil {
                _ = try document.remove(keys)
                if location.file == .main, name.profile != nil {
                    try Self.removeEmptyTables(above: keys, from: &document)
                }
            }
        }
    }

    /// Adds entries to a list and sorts it. A list that is not set starts with its default. A setting that is not a list is
    /// set to the value.
    mutating func add(_ name: SettingName, _ typed: String) throws(SettingsError) {
        switch try parse(typed, for: name) {
        case .list(let entries):
            try store(.list(Set(try currentEntries(of: name) + entries).sorted()), as: name)
        case .counts(let entries):
            try store(SettingType.counts(try currentEntries(of: name), adding: entries), as: name)
        default: try set(name, to: typed)
        }
    }

    /// Removes entries from a list. A setting that is not a list is unset if it has exactly this value.
    mutating func remove(_ name: SettingName, _ typed: String) throws(SettingsError) {
        let value = try parse(typed, for: name)
        if case .list(let entries) = value {
            let current = try currentEntries(of: name)
            let remaining = current.filter { !entries.contains($0) }
            if remaining != current { try store(.list(remaining), as: name) }
        } else if case .counts(let entries) = value {
            let current = try currentEntries(of: name)
            let remaining = SettingType.counts(current, removing: entries)
            if remaining != .counts(current) { try store(remaining, as: name) }
        } else if try settings.withoutEnvironment.stored(name)?.value == value {
            try unset(name)
        }
    }

    // MARK: Values

    private mutating func parse(_ typed: String, for name: SettingName) throws(SettingsError) -> SettingValue {
        do {
            let parsed = try name.key.type.parse(typed, currentDirectory: settings.source.currentDirectory)
            if let taken = parsed.taken {
                warnings.append(.taken(taken, insteadOf: typed, isHostOfAddress: parsed.isHostOfAddress))
            }
            return parsed.value
        } catch {
            throw .refused(key: name.text, SettingRefusal(error.reason, hint: name.advice(for: typed) ?? error.hint))
        }
    }

    private func currentEntries(of name: SettingName) throws(SettingsError) -> [String] {
        switch try settings.withoutEnvironment.resolve(name)?.value {
        case .list(let entries), .counts(let entries): return entries
        default: return []
        }
    }

    // MARK: Files

    private mutating func store(_ value: SettingValue, as name: SettingName) throws(SettingsError) {
        let location = settings.location(of: name)
        if case .mapper(let cloud, _) = location.file, settings.files[location.file] == nil {
            settings.files[location.file] = try SettingsFile(
                path: settings.mapperPath(location.file), original: nil,
                bytes: Array("cloud_type = \"\(cloud.rawValue)\"\n".utf8))
        }
        try edit(location) { document throws(TOMLError) in
            for keys in location.older where document[path: keys] != nil { _ = try document.remove(keys) }
            try document.set(location.keys, to: name.key.type.stored(value))
        }
    }

    /// Removes the empty tables of a profile: `CLOUD.profiles.PROFILE` and those in it.
    private static func removeEmptyTables(
        above keys: [String], from document: inout TOMLDocument
    ) throws(TOMLError) {
        for count in stride(from: keys.count - 1, through: 3, by: -1) {
            let table = Array(keys.prefix(count))
            guard case .table(let contents)? = document[path: table], contents.isEmpty else { return }
            _ = try document.remove(table)
        }
    }

    private mutating func edit(
        _ location: SettingLocation, _ change: (inout TOMLDocument) throws(TOMLError) -> Void
    ) throws(SettingsError) {
        guard var file = settings.files[location.file] else { return }
        do {
            try change(&file.document)
        } catch {
            throw .notEditable(path: file.path, reason: error.message)
        }
        settings.files[location.file] = file
    }

    /// Whether a cloud's file has no settings any more and can go. It must stay if the main file has settings of the cloud,
    /// which would count without it.
    private func isObsolete(_ file: SettingsFile, _ id: SettingsFileID) -> Bool {
        guard case .mapper(let cloud, _) = id, file.document.root.keys == ["cloud_type"] else { return false }
        let lines = file.document.bytes.split(separator: UInt8(ascii: "\n")).filter { $0 != [UInt8(ascii: "\r")] }
        return lines.count == 1 && file.document.bytes != file.original && !settings.hasIgnoredTable(cloud)
    }
}
