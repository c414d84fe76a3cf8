/// A setting: a row of the table that the parser, help, listings, completion, environment and checks read.
struct SettingKey: Sendable {
    /// The canonical name, snake_case with dots, for example `c8y.bridge.topic_prefix`.
    let name: String
    /// What its values are.
    let type: SettingType
    /// What it is where nobody has set it.
    let fallback: SettingDefault
    /// What it is for, in whole sentences.
    let doc: String
    /// What else is to be known, or nil.
    let note: String?
    /// Values as they are typed.
    let examples: [String]
    /// Names that it had before. They are understood when typed and, as far as the version of a file allows, in files.
    let older: [String]
    /// The cloud whose setting this is, or nil. Each profile of a cloud has all its settings.
    let cloud: CloudName?
    /// Whether the value gives access to something. It is then printed by `config get` alone: not in a list, a message or a
    /// log, and no program that is started finds it in its environment.
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

    /// The name after the cloud's prefix; the whole name where there is no cloud.
    var suffix: Substring {
        cloud.map { name.dropFirst($0.rawValue.utf8.count + 1) } ?? name[...]
    }

    /// Whether the value is an identity that a certificate gives, if there is one.
    var isDeviceID: Bool { name == "device.id" || name.hasSuffix(".device.id") }
}

/// What a setting is where nobody has set it.
enum SettingDefault: Sendable, Equatable {
    /// Nothing.
    case none
    /// A constant, as it is typed; a list separates its entries by commas.
    case constant(String)
    /// A path below the configuration directory.
    case inDirectory(String)
    /// The value of another setting; of the same profile, where that is a setting of the same cloud.
    case sameAs(String)
    /// The first of these settings that somebody has set, else a constant.
    case firstSet([String], otherwise: String)
}
