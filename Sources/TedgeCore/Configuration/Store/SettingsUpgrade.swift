import TOML

/// Moves settings from the files of earlier releases to those of release 2: settings of clouds from `tedge.toml` to one
/// `mapper.toml` each, and settings with older names to their current names.
///
/// Every setting keeps its value. Values are moved as they are written, with the comments directly above and behind them;
/// everything else stays byte for byte. The tables of a cloud that already has files of its own do not count and stay.
struct SettingsUpgrade {
    private(set) var settings: Settings

    /// Plans the moves. Throws `twice` if a setting is stored in two places, and `notEditable`.
    init(_ settings: Settings) throws(SettingsError) {
        self.settings = settings
        for cloud in CloudName.allCases where !settings.cloudsWithFiles.contains(cloud) { try moveTables(of: cloud) }
        try renameOthers()
        guard let main = settings.main, self.settings.main?.document.bytes != main.document.bytes else { return }
        if settings.isOldForm {
            try edit { document throws(TOMLError) in try document.set(Settings.version, to: .string("2")) }
        }
    }

    /// The files to create or change, the main file last. Empty if everything is up to date.
    var edits: [FileEdit] { SettingsEditor(settings).edits }

    // MARK: Clouds

    private mutating func moveTables(of cloud: CloudName) throws(SettingsError) {
        guard let main = settings.main else { return }
        var layouts: [SettingsFileID: MapperLayout] = [:]
        for prefix in cloud.prefixes {
            for table in main.document.tables(from: [prefix]) {
                var heading = main.document.fragment(of: table.path)?.comments ?? ""
                for path in table.keys.map({ table.path + [$0] }) {
                    guard let fragment = main.document.fragment(of: path) else {
                        throw notMoved(path, "is an array of tables, which no setting is", main)
                    }
                    let (file, newPath) = try destination(of: path, cloud)
                    var layout = layouts[file] ?? MapperLayout(cloud)
                    if let other = layout.origins[newPath] { throw twice(other, path, main) }
                    layout.add(fragment, at: newPath, from: path, below: heading)
                    layouts[file] = layout
                    heading = ""
                }
            }
            try edit { document throws(TOMLError) in _ = try document.removeAll([prefix]) }
        }
        for (file, layout) in layouts {
            settings.files[file] = try SettingsFile(
                path: settings.mapperPath(file), original: nil, bytes: Array(layout.text.utf8))
        }
    }

    private func notMoved(_ path: [String], _ reason: String, _ file: SettingsFile) -> SettingsError {
        .notEditable(
            path: file.path,
            reason: "line \(file.line(of: path)): '\(path.joined(separator: "."))' \(reason)")
    }

    private func twice(_ first: [String], _ second: [String], _ file: SettingsFile) -> SettingsError {
        .twice(
            key: first.joined(separator: "."), older: second.joined(separator: "."), file.location(of: second))
    }

    /// The file to which a key of a cloud's table is moved, and its path there, under its current name.
    private func destination(
        of path: [String], _ cloud: CloudName
    ) throws(SettingsError) -> (file: SettingsFileID, path: [String]) {
        if path.count > 3, path[1] == "profiles", let profile = try? ProfileName(parsing: path[2]) {
            // If the file has the name in capital and in lower-case letters, only the latter counts.
            let counting = [path[0], path[1], profile.text]
            if let main = settings.main, path[2] != profile.text, main.document.keys(of: counting) != nil {
                throw notMoved(Array(path.prefix(3)), "is the profile '\(profile)', which the file has as well", main)
            }
            return (.mapper(cloud, profile), settings.currentPath(path.dropFirst(3), of: cloud))
        }
        return (.mapper(cloud, nil), settings.currentPath(path.dropFirst(), of: cloud))
    }

    // MARK: Other settings

    private mutating func renameOthers() throws(SettingsError) {
        for key in SettingTable.keys where key.cloud == nil && !key.older.isEmpty {
            let location = settings.location(of: SettingName(key))
            for keys in location.older {
                guard let main = settings.main, main.document[path: keys] != nil else { continue }
                if main.document[path: location.keys] != nil { throw twice(location.keys, keys, main) }
                try edit { document throws(TOMLError) in
                    try document.move(keys, to: location.keys)
                    try document.removeEmpty(Array(keys.dropLast()))
                }
            }
        }
    }

    private mutating func edit(_ change: (inout TOMLDocument) throws(TOMLError) -> Void) throws(SettingsError) {
        guard var file = settings.main else { return }
        do {
            try change(&file.document)
        } catch {
            throw .notEditable(path: file.path, reason: error.message)
        }
        settings.files[.main] = file
    }
}

extension TOMLDocument {
    /// The tables at and below a path, each with the keys of its values that are not tables, in their order.
    fileprivate func tables(from path: [String]) -> [(path: [String], keys: [String])] {
        guard let keys = keys(of: path) else { return [] }
        let isTable = keys.map { self.keys(of: path + [$0]) != nil }
        let own = zip(keys, isTable).filter { !$1 }.map(\.0)
        let below = zip(keys, isTable).filter(\.1).map(\.0)
        return (own.isEmpty ? [] : [(path, own)]) + below.flatMap { tables(from: path + [$0]) }
    }

    /// Removes the headers of empty tables at a path and above it.
    fileprivate mutating func removeEmpty(_ path: [String]) throws(TOMLError) {
        var path = path
        while !path.isEmpty, keys(of: path)?.isEmpty == true {
            try remove(path)
            path.removeLast()
        }
    }
}

extension CloudName {
    /// Whether a killed upgrade created only some of the cloud's files. The tables in the main file, which are removed last,
    /// still count then.
    func isHalfMoved(in main: SettingsFile, _ source: SettingsSource) -> Bool {
        guard prefixes.contains(where: { main.document[path: [$0]] != nil }) else { return false }
        do {
            return try source.read(Settings.upgradeMark(in: source.directory)) != nil
        } catch {
            // It exists, though it cannot be read.
            return true
        }
    }
}

extension Settings {
    /// The file that exists while settings are moved.
    static func upgradeMark(in directory: String) -> String { "\(directory)/.upgrade.unfinished" }

    /// The key of the main file's format version.
    static let version = ["config", "version"]

    /// The path of a cloud's file.
    func mapperPath(_ file: SettingsFileID) -> String {
        guard case .mapper(let cloud, let profile) = file else { return Self.mainPath(in: directory) }
        let name = profile.map { "\(cloud.rawValue).\($0)" } ?? cloud.rawValue
        return "\(directory)/mappers/\(name)/mapper.toml"
    }

    /// The current path, below a cloud's table, of a setting that may be stored under an older name.
    fileprivate func currentPath(_ path: ArraySlice<String>, of cloud: CloudName) -> [String] {
        let name = path.reduce(into: cloud.rawValue) { $0 += "." + $1 }
        guard SettingTable.key(name) == nil else { return Array(path) }
        let key = SettingTable.keys(of: cloud).first {
            $0.older.contains(name) && isRead(name, for: $0, inOldForm: isOldForm)
        }
        return key.map { Self.parts($0.suffix) } ?? Array(path)
    }
}
