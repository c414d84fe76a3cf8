/// Why a setting cannot be read or changed.
public enum SettingsError: Error, Sendable, Equatable {
    /// A file or directory cannot be read.
    case unreadable(path: String, reason: SystemError)
    /// Root does not read the file: somebody else can put what they like there, or it is no plain file.
    case untrusted(FileError)
    /// A file is no TOML document.
    case broken(SettingSourceLocation, reason: String)
    /// The file names a version of its own form that is not known.
    case unknownVersion(SettingSourceLocation, version: String)
    /// There is no such setting.
    case unknownKey(String)
    /// A setting that is needed has no value.
    case missing(String)
    /// A profile is named of which nothing is set.
    case unknownProfile(ProfileName, of: CloudName)
    /// A value that was typed is refused.
    case refused(key: String, SettingRefusal)
    /// A value in a file is refused.
    case invalidInFile(key: String, SettingSourceLocation, SettingRefusal)
    /// A value in a variable of the environment is refused; the value is nil if it is a secret.
    case invalidInEnvironment(key: String, variable: String, value: String?, SettingRefusal)
    /// The common name of a certificate is refused.
    case invalidInCertificate(key: String, path: String, SettingRefusal)
    /// The certificate that an identity is to be read from cannot be used.
    case certificate(CertificateError)
    /// A file has a setting under its name and under an older one.
    case twice(key: String, older: String, SettingSourceLocation)
    /// A profile is given for a setting that has none.
    case profileOfPlainKey(String)
    /// A profile is given in the key and as an option.
    case severalProfiles(String, String)
    /// A text is no profile name.
    case badProfileName(String, ProfileSource, ProfileName.Problem)
    /// The identity is that of a certificate and cannot be set.
    case identityOfCertificate(key: String, commonName: String, path: String)
    /// Some settings of a group that belongs together have a value and others have none.
    case incomplete(set: [String], unset: [String])
    /// A file cannot be edited where the setting belongs.
    case notEditable(path: String, reason: String)
}

/// A place in a file.
public struct SettingSourceLocation: Sendable, Equatable {
    /// The path of the file.
    public let path: String
    /// The line, counted from 1.
    public let line: Int
    /// The column, counted from 1 in Unicode scalars.
    let column: Int

    /// The place in words.
    var text: String { "\(path), line \(line), column \(column)" }
}
