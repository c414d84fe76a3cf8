/// Where settings come from: the only ways in which they look at the world.
struct SettingsSource: Sendable {
    /// The configuration directory, an absolute path.
    var directory: String
    /// The variables of the environment.
    var environment: [String: String]
    /// The current directory, for relative paths that are typed.
    var currentDirectory: @Sendable () -> String
    /// The bytes of a file, or nil if there is none.
    var read: @Sendable (String) throws(SettingsReadFailure) -> [UInt8]?
    /// The names in a directory in any order, or nil if there is no such directory.
    var listDirectory: @Sendable (String) throws(SettingsReadFailure) -> [String]?
    /// The common name (CN) of the certificate in a file, or nil if there is no file. Throws why a certificate that is there
    /// gives no name. It is asked for only when an identity is.
    var certificateCommonName: @Sendable (String) throws(CertificateError) -> String?

    /// Gathers the ways.
    init(
        directory: String, environment: [String: String], currentDirectory: @escaping @Sendable () -> String,
        read: @escaping @Sendable (String) throws(SettingsReadFailure) -> [UInt8]?,
        listDirectory: @escaping @Sendable (String) throws(SettingsReadFailure) -> [String]?,
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

/// Why a file or directory that is there cannot be read.
struct SettingsReadFailure: Error, Sendable, Equatable {
    /// The reason in the C library's words, for example `Permission denied (os error 13)`.
    let reason: String
    /// What root does not read, if that is what happened.
    let untrusted: FileError?

    /// Makes the failure.
    init(reason: String) { (self.reason, untrusted) = (reason, nil) }

    /// Makes the failure of a file.
    init(_ error: FileError) {
        (reason, untrusted) = (error.reason.description, error.reason.code < 0 ? error : nil)
    }

    func settingsError(_ path: String) -> SettingsError {
        untrusted.map { .untrusted($0) } ?? .unreadable(path: path, reason: reason)
    }
}
