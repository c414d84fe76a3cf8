/// The result of parsing a typed key.
public struct ParsedSettingName: Sendable, Equatable {
    /// The setting.
    public let name: SettingName
    /// A warning about an older spelling, or nil.
    let warning: SettingsWarning?
}

extension SettingName {
    /// Parses a key as a person types it: canonical, with dots and underscores exchanged, or by an older name.
    ///
    /// The profile comes from the key itself, the `--profile` option, or, for settings of a cloud, from
    /// `TEDGE_CLOUD_PROFILE`. Throws `unknownKey`, `badProfileName`, `profileOfPlainKey` and `severalProfiles`.
    public static func parse(
        _ typed: String, profile: String? = nil, environmentProfile: String? = nil
    ) throws(SettingsError) -> ParsedSettingName {
        guard let (key, typedProfile) = lookUp(typed) else { throw .unknownKey(typed) }
        var chosen: ProfileName?
        if let typedProfile {
            if let profile { throw .severalProfiles(typed, profile) }
            chosen = try ProfileName.parse(typedProfile, from: .key(typed))
        }
        let current = text(of: key, chosen?.text)
        let isCurrent = typed == text(of: key, typedProfile)
        if key.cloud == nil {
            if profile != nil { throw .profileOfPlainKey(key.name) }
        } else if chosen == nil {
            chosen = try ProfileName.choose(option: profile, environment: environmentProfile)
        }
        return ParsedSettingName(
            name: SettingName(key, profile: chosen),
            warning: isCurrent ? nil : .deprecatedKey(typed, instead: current))
    }

    /// The row and the profile of a variable of the environment, or nil.
    static func lookUp(variable: String) -> (key: SettingKey, profile: String?)? {
        lookUp(variable.dropFirst(variablePrefix.utf8.count).lowercased())
    }

    /// The row and the profile of a spelling, or nil.
    static func lookUp(_ typed: some StringProtocol) -> (key: SettingKey, profile: String?)? {
        if let key = SettingTable.key(String(typed)) { return (key, nil) }
        let folded = SettingTable.folded(typed)
        for cloud in CloudName.allCases {
            for prefix in cloud.prefixes where folded.hasPrefix("\(prefix)_") {
                let rest = folded.dropFirst(prefix.utf8.count + 1)
                if rest.hasPrefix("profiles_") {
                    return lookUpProfile(typed.dropFirst(prefix.utf8.count + 1 + "profiles_".utf8.count), of: cloud)
                }
                return SettingTable.key(spelled: "\(cloud.rawValue)_\(rest)").map { ($0, nil) }
            }
        }
        return SettingTable.key(spelled: folded).map { ($0, nil) }
    }

    /// Splits the text after `profiles.` into a profile and a setting. The first dot ends the profile; if no setting follows
    /// it, the longest setting at the end of the text is used.
    private static func lookUpProfile(
        _ rest: some StringProtocol, of cloud: CloudName
    ) -> (key: SettingKey, profile: String?)? {
        let dots = rest.indices.filter { rest[$0] == "." }
        let separators = dots.prefix(1) + rest.indices.filter { rest[$0] == "." || rest[$0] == "_" }
        for separator in separators where separator > rest.startIndex {
            guard rest[separator...].utf8.count <= SettingTable.longestSpelling else { continue }
            let suffix = SettingTable.folded(rest[rest.index(after: separator)...])
            if let key = SettingTable.key(spelled: "\(cloud.rawValue)_\(suffix)"), key.cloud == cloud {
                return (key, String(rest[..<separator]))
            }
        }
        return nil
    }
}

extension ProfileName {
    /// The profile of the `--profile` option, else that of `TEDGE_CLOUD_PROFILE` if it is not empty, else none.
    static func choose(option: String?, environment: String?) throws(SettingsError) -> ProfileName? {
        if let option { return try parse(option, from: .option) }
        guard let environment, !environment.isEmpty else { return nil }
        return try parse(environment, from: .variable)
    }

    /// A profile of the `--profile` option, else that of `TEDGE_CLOUD_PROFILE`.
    static func choose(_ profile: ProfileName?, in context: Context) throws(SettingsError) -> ProfileName? {
        if let profile { return profile }
        return try choose(option: nil, environment: context.environment["TEDGE_CLOUD_PROFILE"])
    }

    static func parse(_ text: String, from source: ProfileSource) throws(SettingsError) -> ProfileName {
        do {
            return try ProfileName(parsing: text)
        } catch {
            throw .badProfileName(text, source, error)
        }
    }
}

/// Where the name of a profile was given.
public enum ProfileSource: Sendable, Equatable {
    /// The option `--profile`.
    case option
    /// The variable `TEDGE_CLOUD_PROFILE`.
    case variable
    /// A key such as `c8y.profiles.NAME.url`.
    case key(String)
}
