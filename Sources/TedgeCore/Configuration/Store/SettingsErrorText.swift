extension SettingsError {
    /// The reason id, which stays the same between releases.
    public var id: ReasonID {
        switch self {
        case .unreadable: .settingsUnreadable
        case .untrusted(let error): error.id
        case .broken: .settingsBroken
        case .unknownVersion: .settingsVersionUnknown
        case .unknownKey: .settingUnknown
        case .missing: .settingMissing
        case .unknownProfile: .profileUnknown
        case .refused, .invalidInFile, .invalidInEnvironment, .invalidInCertificate: .settingInvalid
        case .certificate(let error): error.id
        case .twice: .settingTwice
        case .profileOfPlainKey, .severalProfiles, .badProfileName: .profileInvalid
        case .identityOfCertificate: .deviceIDOfCertificate
        case .incomplete: .settingsIncomplete
        case .notEditable: .settingsNotEditable
        }
    }

    /// What went wrong, the outermost cause first. A cause can have several lines.
    ///
    /// Sentences that thin-edge.io's tedge prints are kept to the letter.
    public var causes: [String] {
        switch self {
        case .unreadable(let path, let reason): ["Cannot read \(path)", reason.description]
        case .untrusted(let error): error.causes
        case .broken(let location, let reason): ["\(location.text): \(reason)"]
        case .unknownVersion(_, let version): ["Unknown tedge.toml version: \(version)"]
        case .unknownKey(let key): ["Unknown tedge config key: '\(key.beginning)'"]
        case .missing(let key): [Self.missingText(key)]
        case .unknownProfile(let profile, let cloud):
            ["Unknown profile `\(profile)` for the multi-profile property \(cloud.rawValue)"]
        case .refused(_, let refusal): ["Failed to parse input", refusal.reason]
        case .invalidInFile(let key, let location, let refusal):
            ["\(location.text): the value of '\(key)' is not valid", refusal.reason]
        case .invalidInEnvironment(let key, let variable, let value, let refusal):
            [
                "Failed to set value for \(key)\(value.map { " to \"\($0.beginning)\"" } ?? "") from environment variable "
                    + variable,
                refusal.reason,
            ]
        case .invalidInCertificate(let key, let path, let refusal):
            ["The common name (CN) of the certificate \(path) cannot be '\(key)'", refusal.reason]
        case .certificate(let error): error.causes
        case .twice(let key, let older, let location):
            [
                "\(location.text): '\(older)' is an older name of '\(key)', which the file has as well. Please manually "
                    + "remove one of them."
            ]
        case .profileOfPlainKey(let key):
            ["You've supplied a profile, but \(key) is not a profiled configuration"]
        case .severalProfiles(let key, let profile):
            ["Multiple profiles selected from the arguments \(key.beginning) and --profile \(profile.beginning)"]
        case .badProfileName(_, .variable, let problem): ["Parsing TEDGE_CLOUD_PROFILE", problem.text]
        case .badProfileName(_, _, let problem): [problem.text]
        case .identityOfCertificate(let key, let name, let path):
            [
                "'\(key)' cannot be set: the device id is '\(name)', read from the device certificate \(path).\n"
                    + "To set it to some <id>, name new files with `tedge config set device.cert_path <file>` and "
                    + "`tedge config set device.key_path <file>`, then run `tedge cert create --device-id <id>`."
            ]
        case .incomplete(let set, let unset):
            [
                "The thin-edge configuration is invalid. The settings \(Self.list(set + unset)) must either all be "
                    + "configured, or all unset. Currently \(Self.list(set)) are set, and \(Self.list(unset)) are unset."
            ]
        case .notEditable(let path, let reason): ["Cannot change \(path)", reason]
        }
    }

    /// The file, if the caller may not read it.
    public var forbiddenPath: String? {
        if case .unreadable(let path, let reason) = self, reason.isPermission { path } else { nil }
    }

    /// What to do about it, or nil if the causes say it.
    public var hint: String? {
        switch self {
        case .unreadable(_, let reason) where reason.isPermission:
            "Run the command with sudo, or give another directory with --config-dir."
        case .untrusted(let error): error.hint
        case .broken(let location, _): "Correct line \(location.line) of \(location.path). Nothing has been written."
        case .unknownVersion(let location, _):
            "Line \(location.line) of \(location.path) says that the file was written for a later release."
        case .unknownKey: "Run 'tedge config list --doc' for a list of all keys."
        case .unknownProfile(let profile, let cloud):
            "Run 'tedge config set \(cloud.rawValue).url <value> --profile \(profile)' to create the profile."
        case .refused(_, let refusal): refusal.hint
        case .invalidInFile(let key, _, let refusal):
            [refusal.hint, "Run 'tedge config set \(key) <value>' to correct it."].compactMap(\.self)
                .joined(separator: " ")
        case .invalidInEnvironment(_, let variable, _, let refusal):
            [refusal.hint, "Run 'unset \(variable)' to use the value of the file."].compactMap(\.self)
                .joined(separator: " ")
        case .certificate(let error): error.hint
        case .twice(let key, _, _): "Run 'tedge config set \(key) <value>' to keep only that value."
        case .incomplete(_, let unset):
            unset.first.map { "Run 'tedge config set \($0) <value>' to add it to config." }
        case .unreadable, .missing, .invalidInCertificate, .profileOfPlainKey, .severalProfiles, .badProfileName,
            .identityOfCertificate, .notEditable:
            nil
        }
    }

    /// The message of `config get` for a setting without a value.
    static func notSetText(_ name: SettingName) -> String {
        guard name.key.isDeviceID else { return "The provided config key: '\(name.text)' is not set" }
        return "The provided config key: 'device.id' is not configured: The device id is read from the device "
            + "certificate.\nTo set 'device.id' to some <id>, you can use `tedge cert create --device-id <id>`."
    }

    /// The hint of `config get` for a setting without a value; nil if `notSetText` already says it.
    static func notSetHint(_ name: SettingName) -> String? {
        name.key.isDeviceID ? nil : "Run 'tedge config set \(name.text) <value>' to set it."
    }

    private static func missingText(_ key: String) -> String {
        let advice =
            key == "device.id"
            ? "run 'tedge cert create --device-id <id>' to create a certificate with it."
            : "run 'tedge config set \(key) <value>' to add it to config."
        return "Required configuration item is not provided '\(key)', \(advice)"
    }

    private static func list(_ keys: [String]) -> String {
        SettingValue.list(keys).printed
    }
}
