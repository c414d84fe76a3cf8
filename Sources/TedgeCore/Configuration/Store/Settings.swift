import TOML

/// The settings of a device: `tedge.toml`, the `mapper.toml` files that thin-edge.io 2 creates for clouds, the variables
/// of the environment, and the defaults.
///
/// Reading changes no file; see `SettingsEditor` for changes.
struct Settings: Sendable {
    /// Where the settings were read from.
    let source: SettingsSource
    /// The files. The main one is always there, even if it does not exist on the disk.
    var files: [SettingsFileID: SettingsFile]
    /// The clouds whose settings are in files of their own.
    let cloudsWithFiles: Set<CloudName>
    /// Whether the main file has the old form, in which some settings had other names.
    let isOldForm: Bool
    /// The variables whose names begin with `TEDGE_`.
    var overrides: [String: String]

    /// The configuration directory.
    var directory: String { source.directory }

    /// The path of the main file.
    static func mainPath(in directory: String) -> String { "\(directory)/tedge.toml" }

    /// Reads the files. A missing file is empty; one that cannot be read, or is broken, is an error. Values are checked when
    /// they are requested.
    static func load(from source: SettingsSource) throws(SettingsError) -> Settings {
        let path = mainPath(in: source.directory)
        let found = try SettingsFile.load(path, from: source)
        let main = if let found { found } else { try SettingsFile(path: path, original: nil, bytes: []) }
        var files = try mapperFiles(from: source, main)
        var clouds: Set<CloudName> = []
        for case .mapper(let cloud, _) in files.keys { clouds.insert(cloud) }
        for cloud in clouds where cloud.isHalfMoved(in: main, source) {
            clouds.remove(cloud)
            files = files.filter { file, _ in file.cloud != cloud }
        }
        files[.main] = main
        return Settings(
            source: source, files: files, cloudsWithFiles: clouds, isOldForm: try isOldForm(main),
            overrides: source.environment.filter { $0.key.hasPrefix("TEDGE_") })
    }

    private static func mapperFiles(
        from source: SettingsSource, _ main: SettingsFile
    ) throws(SettingsError) -> [SettingsFileID: SettingsFile] {
        var files: [SettingsFileID: SettingsFile] = [:]
        let directory = "\(source.directory)/mappers"
        for entry in try names(in: directory, from: source) {
            guard let id = fileID(ofDirectory: entry) else { continue }
            let path = "\(directory)/\(entry)/mapper.toml"
            do throws(SettingsError) {
                files[id] = try SettingsFile.load(path, from: source)
            } catch {
                // After a power cut during an upgrade the file may hold anything; it does not count.
                guard case .broken = error, id.cloud?.isHalfMoved(in: main, source) == true else { throw error }
                files[id] = try SettingsFile(path: path, original: nil, bytes: [])
            }
        }
        return files
    }

    private static func names(in directory: String, from source: SettingsSource) throws(SettingsError) -> [String] {
        do {
            return try source.listDirectory(directory) ?? []
        } catch {
            throw error.settingsError(directory)
        }
    }

    private static func fileID(ofDirectory name: String) -> SettingsFileID? {
        let parts = name.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
        guard let cloud = CloudName(rawValue: String(parts[0])) else { return nil }
        guard parts.count == 2 else { return .mapper(cloud, nil) }
        return (try? ProfileName(parsing: String(parts[1]))).map { .mapper(cloud, $0) }
    }

    /// Whether the file has version 1 or no version. Throws `unknownVersion` for versions after 2.
    private static func isOldForm(_ file: SettingsFile) throws(SettingsError) -> Bool {
        let keys = version
        switch file.document[path: keys] {
        case nil, .string("1"), .integer(1): return true
        case .string("2"), .integer(2): return false
        case .string(let version): throw .unknownVersion(file.location(of: keys), version: version)
        case .integer(let version): throw .unknownVersion(file.location(of: keys), version: String(version))
        case let other?: throw .unknownVersion(file.location(of: keys), version: "a value of type \(other.typeName)")
        }
    }

    /// The main file.
    var main: SettingsFile? { files[.main] }

    /// The settings of the files alone, for editing.
    var withoutEnvironment: Settings {
        var settings = self
        settings.overrides = [:]
        return settings
    }
}
