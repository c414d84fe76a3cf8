/// Where settings come from: the only ways in which they look at the world.
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
    /// The common name (CN) of the certificate in a file, or nil if there is no file. Throws why a certificate that is there
    /// gives no name. It is asked for only when an identity is.
    var certificateCommonName: @Sendable (String) throws(CertificateError) -> String?

    /// Gathers the ways.
    init(
        directory: String, environment: [String: String], currentDirectory: @escaping @Sendable () -> String,
        read: @escaping @Sendable (String) throws(FileError) -> [UInt8]?,
        listDirectory: @escaping @Sendable (String) throws(FileError) -> [String]?,
        certificateCommonName: @escaping @Sendable (String) throws(CertificateError) -> String?
    ) {
        self.directory = directory
        self.environment = environment
        self.currentDirectory = currentDirectory
        self.read = read
        self.listDirectory = listDirectory
        self.certificateCommonName = certificateCommonName
    }
}

extension FileError {
    /// The error of settings that are there and cannot be read.
    func settingsError(_ path: String) -> SettingsError {
        reason.code < 0 ? .untrusted(self) : .unreadable(path: path, reason: reason)
    }
}
