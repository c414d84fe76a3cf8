import TOML

/// Changes to settings, gathered: values that are edited in the text of the files, not written.
///
/// Only the lines of the settings that are changed differ between a file and its new contents. Variables of the
/// environment play no part in what is stored.
struct SettingsEditor: Sendable {
    /// The settings with the changes.
    private(set) var settings: Settings
    /// What a person should know of the values that were taken.
    private(set) var warnings: [SettingsWarning] = []

    /// Starts without changes.
    init(_ settings: Settings) {
        self.settings = settings
    }

    /// The files that differ from what was read, in the order of their paths: the main file comes last, so that its
    /// contents are the last to change.
    var edits: [FileEdit] {
        settings.files.sorted { ($0.key == .main ? 1 : 0, $0.value.path) < ($1.key == .main ? 1 : 0, $1.value.path) }
            .compactMap { id, file in
                let contents = isLeftOver(file, id) ? nil : file.document.bytes
                let isNew = file.original == nil && file.document.bytes.isEmpty
                guard !isNew, contents != file.original else { return nil }
                return FileEdit(path: file.path, original: file.original, contents: contents)
            }
    }

    /// Sets a value as it is typed. A setting under an older name gets its current one. Throws `refused`,
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

    /// Warns of a variable of the environment that overrides a setting, whatever the files say.
    mutating func warnOfOverride(of name: SettingName) {
        guard let variable = name.variables.first(where: { settings.overrides[$0] != nil }) else { return }
        warnings.append(.overridden(key: name.text, variable: variable))
    }

    /// Takes the value out of the file, so that the default counts. A setting that has none stays as it is. A profile
    /// is gone with its last setting, the headers of its tables included.
    mutating func unset(_ name: SettingName) throws(SettingsError) {
        let location = settings.location(of: name)
        guard settings.files[location.file] != nil else { return }
        try edit(location) { document throws(TOMLError) in
            for keys in [location.keys] + location.older where document[path: keys] != nil {
                _ = try document.remove(keys)
                if location.file == .main, name.profile != nil { try Self.removeEmptyTables(above: keys, from: &document) }
            }
        }
    }

    /// Adds entries to a list, which is sorted then and begins with the default where nobody has set it. Another
    /// setting is set.
    mutating func add(_ name: SettingName, _ typed: String) throws(SettingsError) {
        guard case .list(let entries) = try parse(typed, for: name) else { return try set(name, to: typed) }
        let current = try currentEntries(of: name)
        try store(.list(Set(current + entries).sorted()), as: name)
    }

    /// Takes entries out of a list. Another setting is unset if it has exactly this value.
    mutating func remove(_ name: SettingName, _ typed: String) throws(SettingsError) {
        let value = try parse(typed, for: name)
        if case .list(let entries) = value {
            let current = try currentEntries(of: name)
            let remaining = current.filter { !entries.contains($0) }
            if remaining != current { try store(.list(remaining), as: name) }
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
        guard case .list(let entries)? = try settings.withoutEnvironment.resolve(name)?.value else { return [] }
        return entries
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

    /// Removes the tables of a profile, `CLOUD.profiles.PROFILE` and what is in it, that hold nothing.
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

    /// Whether a cloud's file holds nothing but the line that says so. It stays where the main file has settings of the
    /// cloud that would count without it.
    private func isLeftOver(_ file: SettingsFile, _ id: SettingsFileID) -> Bool {
        guard case .mapper(let cloud, _) = id, file.document.root.keys == ["cloud_type"] else { return false }
        let lines = file.document.bytes.split(separator: UInt8(ascii: "\n")).filter { $0 != [UInt8(ascii: "\r")] }
        return lines.count == 1 && file.document.bytes != file.original && !settings.hasIgnoredTable(cloud)
    }
}
