import TOML

/// A file with settings, which may not exist yet.
struct SettingsFile: Sendable {
    let path: String
    /// What the file held when it was read, or nil if there was none.
    let original: [UInt8]?
    /// The contents with the changes.
    var document: TOMLDocument

    /// Reads the file. Throws `unreadable` and `broken`.
    static func load(_ path: String, from source: SettingsSource) throws(SettingsError) -> SettingsFile? {
        let bytes: [UInt8]?
        do {
            bytes = try source.read(path)
        } catch {
            throw error.settingsError(path)
        }
        guard let bytes else { return nil }
        return try SettingsFile(path: path, original: bytes, bytes: bytes)
    }

    /// Reads bytes as the contents of a file. Throws `broken`.
    init(path: String, original: [UInt8]?, bytes: [UInt8]) throws(SettingsError) {
        self.path = path
        self.original = original
        do {
            document = try TOMLDocument(parsing: bytes)
        } catch {
            let location = SettingSourceLocation(path: path, line: error.line, column: error.column)
            throw .broken(location, reason: error.message)
        }
    }

    /// The line of a key; 1 if the file does not have the key.
    func line(of keys: [String]) -> Int { document.line(of: keys) ?? 1 }

    /// The position of a key; the beginning of the file if it does not have the key.
    func location(of keys: [String]) -> SettingSourceLocation {
        let position = document.position(of: keys)
        return SettingSourceLocation(path: path, line: position?.line ?? 1, column: position?.column ?? 1)
    }
}

/// One of the files.
enum SettingsFileID: Hashable, Sendable {
    /// `tedge.toml`.
    case main
    /// `mappers/CLOUD/mapper.toml` or `mappers/CLOUD.PROFILE/mapper.toml`.
    case mapper(CloudName, ProfileName?)

    /// The cloud that the file is for; nil for the main file.
    var cloud: CloudName? {
        if case .mapper(let cloud, _) = self { cloud } else { nil }
    }
}
