/// Why a setting cannot be read or changed.
public enum SettingsError: Error, Sendable, Equatable {
    /// A file or directory cannot be read.
    case unreadable(path: String, reason: SystemError)
    /// Root does not read the file: another user can replace it, or it is not a regular file.
    case untrusted(FileError)
    /// A file is not valid TOML.
    case broken(SettingSourceLocation, reason: String)
    /// The file has a format version that is not known.
    case unknownVersion(SettingSourceLocation, version: String)
    /// There is no such setting.
    case unknownKey(String)
    /// A required setting has no value.
    case missing(String)
    /// The named profile has no settings.
    case unknownProfile(ProfileName, of: CloudName)
    /// A typed value is refused.
    case refused(key: String, SettingRefusal)
    /// A value in a file is refused.
    case invalidInFile(key: String, SettingSourceLocation, SettingRefusal)
    /// A value in a variable of the environment is refused; the value is nil if it is a secret.
    case invalidInEnvironment(key: String, variable: String, value: String?, SettingRefusal)
    /// The common name of a certificate is refused.
    case invalidInCertificate(key: String, path: String, SettingRefusal)
    /// The certificate that should give the identity cannot be used.
    case certificate(CertificateError)
    /// A file has a setting under its current name and under an older one.
    case twice(key: String, older: String, SettingSourceLocation)
    /// A profile is given for a setting that has no profiles.
    case profileOfPlainKey(String)
    /// A profile is given both in the key and as an option.
    case severalProfiles(String, String)
    /// A text is not a profile name.
    case badProfileName(String, ProfileSource, ProfileName.Problem)
    /// The identity comes from a certificate and cannot be set.
    case identityOfCertificate(key: String, commonName: String, path: String)
    /// Only some settings of a group that belongs together have a value.
    case incomplete(set: [String], unset: [String])
    /// A file cannot be edited at the place of the setting.
    case notEditable(path: String, reason: String)
}

/// A position in a file with settings.
public struct SettingSourceLocation: Sendable, Equatable {
    /// The path of the file.
    public let path: String
    /// The line, counted from 1.
    public let line: Int
    /// The column, counted from 1 in Unicode scalars.
    let column: Int

    /// The position for messages.
    var text: String { "\(path), line \(line), column \(column)" }
}
