/// Values by canonical key, for the rest of the program.
///
/// Each function throws what `value(of:)` throws, and `unknownKey` where the table has no such key or its values are of
/// another kind than asked for. Those that return no optional also throw `missing`.
extension Settings {
    /// The value as it is printed, or nil if there is none.
    public func string(_ key: String, profile: ProfileName? = nil) throws(SettingsError) -> String? {
        try value(of: SettingName(key, profile: profile))?.value.printed
    }

    /// The value as it is printed. A missing host for HTTP or MQTT is a missing `c8y.url`, and any missing identity a
    /// missing `device.id`.
    public func required(_ key: String, profile: ProfileName? = nil) throws(SettingsError) -> String {
        try requiredSetting(key, profile).value.printed
    }

    /// A setting that is true or false.
    public func bool(_ key: String, profile: ProfileName? = nil) throws(SettingsError) -> Bool {
        guard case .flag(let flag) = try requiredSetting(key, profile).value else { throw .unknownKey(key) }
        return flag
    }

    /// A number.
    public func number(_ key: String, profile: ProfileName? = nil) throws(SettingsError) -> Int {
        guard case .number(let number) = try requiredSetting(key, profile).value else { throw .unknownKey(key) }
        return Int(number)
    }

    /// A port.
    public func port(_ key: String, profile: ProfileName? = nil) throws(SettingsError) -> UInt16 {
        guard let port = UInt16(exactly: try number(key, profile: profile)) else { throw .unknownKey(key) }
        return port
    }

    /// A path.
    public func path(_ key: String, profile: ProfileName? = nil) throws(SettingsError) -> String {
        let setting = try requiredSetting(key, profile)
        guard setting.name.key.type == .path || setting.name.key.type == .plainPath else { throw .unknownKey(key) }
        return setting.value.printed
    }

    /// Texts in order.
    public func list(_ key: String, profile: ProfileName? = nil) throws(SettingsError) -> [String] {
        guard case .list(let entries) = try requiredSetting(key, profile).value else { throw .unknownKey(key) }
        return entries
    }

    /// A host with its port.
    public func hostPort(_ key: String, profile: ProfileName? = nil) throws(SettingsError) -> HostPort {
        guard case .hostPort(let endpoint) = try requiredSetting(key, profile).value else { throw .unknownKey(key) }
        return endpoint
    }

    /// A length of time.
    public func duration(_ key: String, profile: ProfileName? = nil) throws(SettingsError) -> Duration {
        guard case .duration(let length) = try requiredSetting(key, profile).value else { throw .unknownKey(key) }
        return length.duration
    }

    /// The proxy on the way to the cloud, or nil if there is none.
    public func proxyAddress() throws(SettingsError) -> ProxyAddress? {
        guard case .proxy(let address)? = try value(of: SettingName("proxy.address"))?.value else { return nil }
        return address
    }

    /// The values of settings of which either all have a value or none has; nil if none has. Throws `incomplete`.
    public func allOrNone(_ keys: [String], profile: ProfileName? = nil) throws(SettingsError) -> [String]? {
        var values: [String] = []
        var set: [String] = []
        var unset: [String] = []
        for key in keys {
            let name = try SettingName(key, profile: profile)
            if let setting = try value(of: name) {
                values.append(setting.value.printed)
                set.append(name.text)
            } else {
                unset.append(name.text)
            }
        }
        if set.isEmpty { return nil }
        guard unset.isEmpty else { throw .incomplete(set: set, unset: unset) }
        return values
    }

    private func requiredSetting(_ key: String, _ profile: ProfileName?) throws(SettingsError) -> Setting {
        let name = try SettingName(key, profile: profile)
        if let setting = try value(of: name) { return setting }
        if name.key.isDeviceID { throw .missing("device.id") }
        if case .sameAs(let other) = name.key.fallback, let source = name.sibling(other) { throw .missing(source.text) }
        throw .missing(name.text)
    }
}

/// The settings of one profile of a cloud, by their names without the cloud's prefix.
public struct CloudSettings: Sendable {
    /// All settings.
    public let settings: Settings
    /// The cloud.
    public let cloud: CloudName
    /// The profile, or nil for the default one.
    public let profile: ProfileName?

    /// The full name of a setting, for messages, for example `c8y.profiles.test.url` for `url`.
    public func name(_ suffix: String) throws(SettingsError) -> SettingName {
        try SettingName("\(cloud.rawValue).\(suffix)", profile: profile)
    }

    /// The value as it is printed, or nil if there is none.
    public func string(_ suffix: String) throws(SettingsError) -> String? {
        try settings.string("\(cloud.rawValue).\(suffix)", profile: profile)
    }

    /// The value as it is printed. Throws `missing` where there is none.
    public func required(_ suffix: String) throws(SettingsError) -> String {
        try settings.required("\(cloud.rawValue).\(suffix)", profile: profile)
    }

    /// A setting that is true or false.
    public func bool(_ suffix: String) throws(SettingsError) -> Bool {
        try settings.bool("\(cloud.rawValue).\(suffix)", profile: profile)
    }

    /// A port.
    public func port(_ suffix: String) throws(SettingsError) -> UInt16 {
        try settings.port("\(cloud.rawValue).\(suffix)", profile: profile)
    }

    /// A path.
    public func path(_ suffix: String) throws(SettingsError) -> String {
        try settings.path("\(cloud.rawValue).\(suffix)", profile: profile)
    }

    /// Texts in order.
    public func list(_ suffix: String) throws(SettingsError) -> [String] {
        try settings.list("\(cloud.rawValue).\(suffix)", profile: profile)
    }

    /// A host with its port.
    public func hostPort(_ suffix: String) throws(SettingsError) -> HostPort {
        try settings.hostPort("\(cloud.rawValue).\(suffix)", profile: profile)
    }

    /// A length of time.
    public func duration(_ suffix: String) throws(SettingsError) -> Duration {
        try settings.duration("\(cloud.rawValue).\(suffix)", profile: profile)
    }
}

extension Settings {
    /// The settings of a cloud's default profile or of another one.
    public func cloud(_ cloud: CloudName, profile: ProfileName? = nil) -> CloudSettings {
        CloudSettings(settings: self, cloud: cloud, profile: profile)
    }
}
