/// Typed access to settings by key: to all of them by canonical key (`Settings`), or to those of one cloud profile by the key
/// without the cloud's prefix (`CloudSettings`).
///
/// Each function throws what `Settings.value(of:)` throws, and `unknownKey` if the table has no such key or its values are of
/// another type. Those that return no optional also throw `missing`.
protocol SettingAccess {
    /// All settings.
    var settings: Settings { get }
    /// The name of the setting that a key stands for. Throws `unknownKey`.
    func name(_ key: String) throws(SettingsError) -> SettingName
}

extension Settings: SettingAccess {
    /// The settings themselves.
    var settings: Settings { self }

    /// The name of a canonical key, without a profile.
    func name(_ key: String) throws(SettingsError) -> SettingName { try SettingName(key) }

    /// The settings of a cloud's default profile or of another one.
    func cloud(_ cloud: CloudName, profile: ProfileName? = nil) -> CloudSettings {
        CloudSettings(settings: self, cloud: cloud, profile: profile)
    }

    /// The settings of a cloud's profile, or those of the device if no cloud is given.
    func scope(_ cloud: CloudName?, profile: ProfileName?) -> any SettingAccess {
        if let cloud { self.cloud(cloud, profile: profile) } else { self }
    }
}

/// The settings of one profile of a cloud, by their keys without the cloud's prefix.
struct CloudSettings: Sendable, SettingAccess {
    /// All settings.
    let settings: Settings
    /// The cloud.
    let cloud: CloudName
    /// The profile, or nil for the default one.
    let profile: ProfileName?

    /// The full name of a setting, for example `c8y.profiles.test.url` for `url`.
    func name(_ key: String) throws(SettingsError) -> SettingName {
        try SettingName("\(cloud.rawValue).\(key)", profile: profile)
    }
}

extension SettingAccess {
    /// The value as it is printed, or nil if there is none.
    func string(_ key: String) throws(SettingsError) -> String? {
        try settings.value(of: name(key))?.value.printed
    }

    /// The value as it is printed. A missing host for HTTP or MQTT is reported as a missing `c8y.url`, and any missing
    /// identity as a missing `device.id`.
    func required(_ key: String) throws(SettingsError) -> String { try value(key) { $0.printed } }

    /// A setting that is true or false.
    func bool(_ key: String) throws(SettingsError) -> Bool {
        try value(key) { if case .flag(let flag) = $0 { flag } else { nil } }
    }

    /// A port.
    func port(_ key: String) throws(SettingsError) -> UInt16 {
        try value(key) { if case .number(let number) = $0 { UInt16(exactly: number) } else { nil } }
    }

    /// A path.
    func path(_ key: String) throws(SettingsError) -> String {
        let type = try name(key).key.type
        return try value(key) { type == .path || type == .plainPath ? $0.printed : nil }
    }

    /// A list, in its order.
    func list(_ key: String) throws(SettingsError) -> [String] {
        try value(key) { if case .list(let entries) = $0 { entries } else { nil } }
    }

    /// A host with its port.
    func hostPort(_ key: String) throws(SettingsError) -> HostPort {
        try value(key) { if case .hostPort(let endpoint) = $0 { endpoint } else { nil } }
    }

    /// A length of time.
    func duration(_ key: String) throws(SettingsError) -> Duration {
        try value(key) { if case .duration(let length) = $0 { length.duration } else { nil } }
    }

    /// The values of settings of which either all have a value or none has; nil if none has. Throws `incomplete`.
    func allOrNone(_ keys: [String]) throws(SettingsError) -> [String]? {
        var values: [String] = []
        var set: [String] = []
        var unset: [String] = []
        for key in keys {
            let name = try name(key)
            if let setting = try settings.value(of: name) {
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

    /// The value in the form that a function picks; nil means that it is of another type.
    private func value<Value>(_ key: String, _ pick: (SettingValue) -> Value?) throws(SettingsError) -> Value {
        let name = try name(key)
        if let setting = try settings.value(of: name) {
            guard let value = pick(setting.value) else { throw .unknownKey(name.key.name) }
            return value
        }
        if name.key.isDeviceID { throw .missing("device.id") }
        if case .sameAs(let other) = name.key.fallback, let source = name.sibling(other) { throw .missing(source.text) }
        throw .missing(name.text)
    }
}

extension Settings {
    /// The proxy on the way to the cloud, or nil if there is none.
    func proxyAddress() throws(SettingsError) -> ProxyAddress? {
        guard case .proxy(let address)? = try value(of: SettingName("proxy.address"))?.value else { return nil }
        return address
    }
}
