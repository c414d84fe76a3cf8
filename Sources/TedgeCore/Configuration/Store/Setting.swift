/// The value of a setting and where it comes from.
struct Setting: Sendable, Equatable {
    /// The setting.
    let name: SettingName
    /// Its value.
    let value: SettingValue
    /// Where the value comes from.
    let origin: SettingOrigin
}

/// Where the value of a setting comes from.
enum SettingOrigin: Sendable, Equatable {
    /// A line of a file.
    case file(path: String, line: Int)
    /// A variable of the environment.
    case environment(variable: String)
    /// The certificate in a file.
    case certificate(path: String)
    /// The default.
    case fallback

    /// Whether the value comes from a certificate.
    var isCertificate: Bool { if case .certificate = self { true } else { false } }

    /// The word for `--json`: `file`, `environment`, `certificate` or `default`.
    var word: String {
        switch self {
        case .file: "file"
        case .environment: "environment"
        case .certificate: "certificate"
        case .fallback: "default"
        }
    }
}
