/// Everything that settings are read from: files, environment and current directory.
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
    /// The common name (CN) of the certificate in a file, or nil if there is no file. Throws if the certificate gives no name.
    /// It is called only when an identity is requested.
    var certificateCommonName: @Sendable (String) throws(CertificateError) -> String?
}

/// Why an existing file or directory cannot be read.
struct SettingsReadFailure: Error, Sendable, Equatable {
    /// The message of the C library, for example `Permission denied (os error 13)`.
    let reason: String
    /// The error of a file that root refuses to read; nil for an error of the system.
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
