/// The name of a setting, with its profile: what a person types to get or set it.
public struct SettingName: Sendable {
    /// The row of the table.
    let key: SettingKey
    /// The profile, or nil for settings of the device and of a cloud's default profile.
    public let profile: ProfileName?

    /// Makes a name. Only settings of clouds have profiles; for other settings the profile is ignored.
    init(_ key: SettingKey, profile: ProfileName? = nil) {
        self.key = key
        self.profile = key.cloud == nil ? nil : profile
    }

    /// Makes the name of a canonical key. Throws `unknownKey` if the table has no such row.
    public init(_ canonical: String, profile: ProfileName? = nil) throws(SettingsError) {
        guard let key = SettingTable.key(canonical) else { throw .unknownKey(canonical) }
        self.init(key, profile: profile)
    }

    /// The keys to choose a suggestion from for an unknown key: those of the profile that it names, else those without one.
    public static func suggestions(for typed: String) -> [String] {
        for cloud in CloudName.allCases where typed.hasPrefix("\(cloud.rawValue).profiles.") {
            let rest = typed.dropFirst("\(cloud.rawValue).profiles.".count)
            guard let dot = rest.firstIndex(of: "."), dot > rest.startIndex else { continue }
            return SettingTable.keys(of: cloud).map { text(of: $0, String(rest[..<dot])) }
        }
        return SettingTable.keys.map(\.name)
    }

    /// Whether a text names a setting, in any spelling.
    public static func isKnown(_ typed: String) -> Bool { lookUp(typed) != nil }

    /// The current name of the setting that a text names in any spelling, or nil.
    public static func current(_ typed: String) -> String? {
        lookUp(typed).map { text(of: $0.key, $0.profile) }
    }

    /// Whether a text is a prefix of settings, as `c8y` and `mqtt.bind` are.
    public static func isTable(_ typed: String) -> Bool {
        !typed.isEmpty && SettingTable.keys.contains { $0.name.hasPrefix("\(typed).") }
    }

    /// Whether a text names a setting whose values are secret.
    public static func isSecret(_ typed: String) -> Bool { lookUp(typed)?.key.isSecret == true }

    /// The keys that end in one or more parts, for example `c8y.url`, `az.url` and `aws.url` for `url`.
    public static func keys(endingIn typed: String) -> [String] {
        guard !typed.isEmpty else { return [] }
        let ending = "_" + SettingTable.folded(typed)
        return SettingTable.keys.map(\.name).filter { SettingTable.folded($0).hasSuffix(ending) }
    }

    /// The name as it is typed and listed, for example `c8y.profiles.test.url`.
    public var text: String { Self.text(of: key, profile?.text) }

    /// The variable that overrides the setting, for example `TEDGE_C8Y_PROFILES_TEST_URL`.
    public var variable: String { Self.variable(for: text) }

    /// All variables for the setting, the current one first.
    var variables: [String] {
        [variable] + olderTexts.map(Self.variable)
    }

    /// The older names of the setting, with its profile.
    private var olderTexts: [String] {
        guard let cloud = key.cloud else { return key.older }
        let suffixes = key.older.map { $0.dropFirst(cloud.rawValue.utf8.count + 1) }
        let middle = profile.map { "profiles.\($0)." } ?? ""
        return suffixes.map { "\(cloud.rawValue).\(middle)\($0)" }
            + cloud.prefixes.dropFirst().map { "\($0).\(middle)\(suffix)" }
    }

    /// What to type instead of a refused value; nil if the reason already says it.
    func advice(for typed: String) -> String? {
        if typed.isEmpty { return "To remove the value, run 'tedge config unset \(text)'." }
        guard isAddress else { return nil }
        if typed.unicodeScalars.contains("<") {
            return "Replace '<' and '>' and the text between them with your value."
        }
        if typed.unicodeScalars.contains("@") { return "Leave out the user name and the password." }
        if IPAddress.isVersion6(typed) { return "Put the IPv6 address in brackets: '[\(typed)]'." }
        guard key.type == .host, let colon = typed.lastIndex(of: ":") else { return nil }
        let (host, port) = (typed[..<colon], typed[typed.index(after: colon)...].prefix { $0 != "/" })
        guard port.isDigits else { return nil }
        let bare = HostName.authority(ofPasted: String(host)) ?? String(host)
        guard HostName.isValid(bare) else { return nil }
        let alone = "Give only the host: '\(bare)'."
        guard let cloud = key.cloud, let (mqtt, http) = ports else { return alone }
        let isPlain = !typed.contains("://")
        if port == "443", isPlain, Cloud.named(cloud).protocolOnWebPort != nil {
            return "\(alone) To use port 443, also run 'tedge config set \(mqtt) \(bare):443'."
        }
        if port == "8883" || port == "443" { return alone }
        let isWeb =
            typed.lowercased().hasPrefix("http") || !typed.contains("://") && ["80", "8080", "8443"].contains(port)
        let other = isWeb ? http ?? mqtt : mqtt
        return "\(alone) If \(cloud.productName) listens on port \(port), run "
            + "'tedge config set \(other) \(bare):\(port)'."
    }

    private var isAddress: Bool {
        switch key.type {
        case .host, .hostPort: true
        default: false
        }
    }

    /// The settings of the same cloud and profile that have a port, for MQTT and for HTTP.
    private var ports: (mqtt: String, http: String?)? {
        guard let cloud = key.cloud, let mqtt = sibling("\(cloud.rawValue).mqtt") else { return nil }
        return (mqtt.text, sibling("\(cloud.rawValue).http")?.text)
    }

    /// The name without the cloud's prefix; the whole name if there is no cloud.
    var suffix: Substring { key.suffix }

    static func text(of key: SettingKey, _ profile: String?) -> String {
        guard let cloud = key.cloud, let profile else { return key.name }
        return "\(cloud.rawValue).profiles.\(profile).\(key.suffix)"
    }

    /// The name of another setting, in the same profile if it belongs to the same cloud.
    func sibling(_ canonical: String) -> SettingName? {
        SettingTable.key(canonical).map { SettingName($0, profile: $0.cloud == key.cloud ? profile : nil) }
    }

    /// The variable of the environment for a name.
    static func variable(for name: String) -> String { variablePrefix + SettingTable.folded(name).uppercased() }

    /// What the variables of all settings begin with.
    static let variablePrefix = "TEDGE_"
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
