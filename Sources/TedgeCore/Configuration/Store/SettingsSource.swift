/// Everything that settings are read from: files, environment and current directory.
struct SettingsSource: Sendable {
    /// The configuration directory, an absolute path.
    var directory: String
    /// The variables of the environment.
    var environment: [String: String]
    /// The current directory, for relative paths that are typed.
    var currentDirectory: @Sendable () -> String
    /// The bytes of a file, or nil if there is none.
    var read: @Sendable (String) throws(FileError) -> [UInt8]?
    /// The names in a directory in any order, or nil if there is no such directory.
    var listDirectory: @Sendable (String) throws(FileError) -> [String]?
    /// The common name (CN) of the certificate in a file, or nil if there is no file. Throws if the certificate gives no name.
    /// It is called only when an identity is requested.
    var certificateCommonName: @Sendable (String) throws(CertificateError) -> String?
}

extension FileError {
    /// The error of existing settings that cannot be read.
    func settingsError(_ path: String) -> SettingsError {
        reason.code < 0 ? .untrusted(self) : .unreadable(path: path, reason: reason)
    }
}
