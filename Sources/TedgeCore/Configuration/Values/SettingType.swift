/// What the values of a setting are.
enum SettingType: Sendable, Equatable {
    /// Any text, also none.
    case text
    /// A text that is not empty.
    case name
    /// An absolute path. A relative one is completed when it is typed.
    case path
    /// A path that stays as it is typed.
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
    /// A host with or without a port; the number is the port where none is given.
    case hostPort(UInt16)
    /// The beginning of MQTT topics.
    case topicPrefix
    /// Four MQTT topic levels.
    case topicID
    /// A time, as a number of seconds or with units.
    case duration
    /// The address of an HTTP proxy.
    case proxyURL
    /// Texts, typed with commas between them.
    case list
    /// One of a few words.
    case choice(SettingChoice)
}

/// A few words of which a setting takes one.
struct SettingChoice: Sendable, Equatable {
    /// The words, as they are stored.
    let words: [String]
    /// Other spellings and the words that they stand for.
    let aliases: [String: String]
    /// The words that are printed in another form than they are stored in.
    let printed: [String: String]
    /// How the words are listed where another one is refused.
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
