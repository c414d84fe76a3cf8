/// One setting of one profile: what a person names to get or set it.
public struct SettingName: Sendable {
    /// The row of the table.
    public let key: SettingKey
    /// The profile, or nil for settings of the device and of a cloud's default profile.
    public let profile: ProfileName?

    /// Makes a name. Only settings of clouds have profiles; the profile of another setting is left out.
    init(_ key: SettingKey, profile: ProfileName? = nil) {
        self.key = key
        self.profile = key.cloud == nil ? nil : profile
    }

    /// Makes the name of a canonical key. Throws `unknownKey` where the table has no such row.
    public init(_ canonical: String, profile: ProfileName? = nil) throws(SettingsError) {
        guard let key = SettingTable.key(canonical) else { throw .unknownKey(canonical) }
        self.init(key, profile: profile)
    }

    /// The keys among which one may be meant by a text that is none: of the profile that the text names, else without one.
    public static func suggestions(for typed: String) -> [String] {
        for cloud in CloudName.allCases where typed.hasPrefix("\(cloud.rawValue).profiles.") {
            let rest = typed.dropFirst("\(cloud.rawValue).profiles.".count)
            guard let dot = rest.firstIndex(of: "."), dot > rest.startIndex else { continue }
            return SettingTable.keys(of: cloud).map { text(of: $0, String(rest[..<dot])) }
        }
        return SettingTable.keys.map(\.name)
    }

    /// The name as it is typed and listed, for example `c8y.profiles.test.url`.
    public var text: String { Self.text(of: key, profile?.text) }

    /// The variable that overrides the setting, for example `TEDGE_C8Y_PROFILES_TEST_URL`.
    public var variable: String { Self.variable(for: text) }

    /// The variables that are looked at, the current one first.
    var variables: [String] {
        [variable] + olderTexts.map(Self.variable)
    }

    /// The names, with the profile, that the setting had before.
    private var olderTexts: [String] {
        guard let cloud = key.cloud else { return key.older }
        let suffixes = key.older.map { $0.dropFirst(cloud.rawValue.utf8.count + 1) }
        let middle = profile.map { "profiles.\($0)." } ?? ""
        return suffixes.map { "\(cloud.rawValue).\(middle)\($0)" }
            + cloud.prefixes.dropFirst().map { "\($0).\(middle)\(suffix)" }
    }

    /// The name after the cloud's prefix; the whole name where there is no cloud.
    var suffix: Substring { key.suffix }

    static func text(of key: SettingKey, _ profile: String?) -> String {
        guard let cloud = key.cloud, let profile else { return key.name }
        return "\(cloud.rawValue).profiles.\(profile).\(key.suffix)"
    }

    /// The name of another setting, of the same profile where that is a setting of the same cloud.
    func sibling(_ canonical: String) -> SettingName? {
        SettingTable.key(canonical).map { SettingName($0, profile: $0.cloud == key.cloud ? profile : nil) }
    }

    private static func variable(for name: String) -> String {
        "TEDGE_" + SettingTable.folded(name).uppercased()
    }
}

extension SettingName: Hashable {
    /// Whether both name the same setting of the same profile.
    public static func == (left: SettingName, right: SettingName) -> Bool {
        left.key.name == right.key.name && left.profile == right.profile
    }

    /// Feeds the key and the profile to a hasher.
    public func hash(into hasher: inout Hasher) {
        hasher.combine(key.name)
        hasher.combine(profile)
    }
}
