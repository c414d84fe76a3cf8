/// The type of a setting's values.
enum SettingType: Sendable, Equatable {
    /// Any text, also an empty one.
    case text
    /// A text that is not empty.
    case name
    /// An absolute path. A typed relative path becomes absolute.
    case path
    /// A path that is stored as it is typed.
    case plainPath
    /// `true` or `false`.
    case flag
    /// A port from 0 to 65535.
    case port
    /// A port from 1 to 65535.
    case nonZeroPort
    /// A whole number from 0 to 4294967295.
    case number
    /// The number of bytes of an MQTT message: 1 to 268435455 (MQTT 3.1.1, section 2.2.3).
    case payloadLimit
    /// An IPv4 or IPv6 address.
    case ipAddress
    /// A host name, an IPv4 address or an IPv6 address in brackets.
    case host
    /// A host with or without a port; the number is the default port.
    case hostPort(UInt16)
    /// The prefix of MQTT topics.
    case topicPrefix
    /// Four MQTT topic levels.
    case topicID
    /// A time, as a number of seconds or with units.
    case duration
    /// The address of an HTTP proxy.
    case proxyURL
    /// Texts, typed with commas between them.
    case list
    /// Numbers by names, typed as `NAME:COUNT` with commas between them; the name `*` stands for all others.
    case counts
    /// One of a few words.
    case choice(SettingChoice)
}

/// The words of which a setting accepts one.
struct SettingChoice: Sendable, Equatable {
    /// The words, as they are stored.
    let words: [String]
    /// Other spellings and the words that they stand for.
    let aliases: [String: String]
    /// The words that are printed differently than they are stored, with their printed form.
    let printed: [String: String]
    /// The list of words in the error for another word.
    let listing: String

    private init(_ words: [String], aliases: [String: String] = [:], printed: [String: String] = [:], listing: String) {
        (self.words, self.aliases, self.printed, self.listing) = (words, aliases, printed, listing)
    }

    static let auto = SettingChoice(["true", "false", "auto"], listing: "true, false, auto")
    static let authMethod = SettingChoice(
        ["certificate", "basic", "auto"], aliases: ["password": "basic"], listing: "'certificate', 'basic' or 'auto'")
    static let cryptoki = SettingChoice(["off", "module", "socket"], listing: "off, module, socket")
    static let softwareAPI = SettingChoice(["legacy", "advanced"], listing: "legacy, advanced")
    static let logUpload = SettingChoice(
        ["never", "always", "on-failure"], listing: "'never', 'always' or 'on-failure'")
    static let aptConfig = SettingChoice(["keepold", "keepnew"], listing: "keepold, keepnew")
    static let timeFormat = SettingChoice(
        ["rfc-3339", "unix"], aliases: ["rfc3339": "rfc-3339"], printed: ["rfc-3339": "rfc3339"],
        listing: "'rfc-3339' or 'unix'")
}
