/// A setting: a row of the table that parser, listings, documentation, completion, environment and checks use.
struct SettingKey: Sendable {
    /// The canonical name, snake_case with dots, for example `c8y.bridge.topic_prefix`.
    let name: String
    /// The type of its values.
    let type: SettingType
    /// The default.
    let fallback: SettingDefault
    /// What it is for, in whole sentences.
    let doc: String
    /// What else a person should know, or nil.
    let note: String?
    /// Values as they are typed.
    let examples: [String]
    /// Older names. They can be typed, and count in files of a version that allows them.
    let older: [String]
    /// The cloud that the setting belongs to, or nil. Each profile of a cloud has all settings of the cloud.
    let cloud: CloudName?
    /// Whether the value is a secret. Only `config get` prints it: it is not in lists, messages and logs, nor in the
    /// environment of other programs.
    let isSecret: Bool

    init(
        _ name: String, _ type: SettingType, _ fallback: SettingDefault = .none, doc: String, note: String? = nil,
        examples: [String], older: [String] = [], cloud: CloudName? = nil, isSecret: Bool = false
    ) {
        self.name = name
        self.type = type
        self.fallback = fallback
        self.doc = doc
        self.note = note
        self.examples = examples
        self.older = older
        self.cloud = cloud
        self.isSecret = isSecret
    }

    /// The name without the cloud's prefix; the whole name if there is no cloud.
    var suffix: Substring {
        cloud.map { name.dropFirst($0.rawValue.utf8.count + 1) } ?? name[...]
    }

    /// Whether the value is the device id, which comes from the certificate if there is one.
    var isDeviceID: Bool { name == "device.id" || name.hasSuffix(".device.id") }
}

/// The default of a setting.
enum SettingDefault: Sendable, Equatable {
    /// No value.
    case none
    /// A constant, as it is typed; a list separates its entries by commas.
    case constant(String)
    /// A path below the configuration directory.
    case inDirectory(String)
    /// A list: a path below the configuration directory, and another one.
    case inDirectoryAnd(String, String)
    /// The value of another setting, in the same profile if it belongs to the same cloud.
    case sameAs(String)
    /// The first of these settings that is set, else a constant.
    case firstSet([String], otherwise: String)
}
