import TOML

/// A file with settings, or the place where there could be one.
struct SettingsFile: Sendable {
    let path: String
    /// What the file held when it was read, or nil if there was none.
    let original: [UInt8]?
    /// What it holds now.
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
            let place = SettingSourceLocation(path: path, line: error.line, column: error.column)
            throw .broken(place, reason: error.message)
        }
    }

    /// The line of a key; the first one for a key that the file does not hold.
    func line(of keys: [String]) -> Int { document.line(of: keys) ?? 1 }

    /// Where a key stands; the beginning of the file for one that it does not hold.
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

    /// The cloud whose file it is.
    var cloud: CloudName? {
        if case .mapper(let cloud, _) = self { cloud } else { nil }
    }
}
