/// The table of all settings, in the order of `tedge config list --doc`.
///
/// To add a setting, add a row to the array of its group (for example `SettingTable.mqtt` in MQTTKeys.swift). A new first word
/// also needs a case in `group(_:)`.
enum SettingTable {
    /// Every row. Each row of a cloud is here once, for the default profile.
    static let keys: [SettingKey] =
        device + certificate + c8y + az + aws + mqtt + http + agent + software + paths + services + system + proxy
        + plugins + flows

    /// The row of a canonical name, or nil. Creates only the rows of its group, once.
    static func key(_ name: String) -> SettingKey? {
        group(name.prefix { $0 != "." }).first { $0.name == name }
    }

    /// The rows of one cloud.
    static func keys(of cloud: CloudName) -> [SettingKey] { group(cloud.rawValue[...]) }

    /// The group with all rows whose names begin with a word and a dot.
    private static func group(_ root: Substring) -> [SettingKey] {
        switch root {
        case "device": device
        case "certificate": certificate
        case "c8y": c8y
        case "az": az
        case "aws": aws
        case "mqtt": mqtt
        case "http": http
        case "agent": agent
        case "software": software
        case "run", "logs", "tmp", "data": paths
        case "firmware", "service": services
        case "apt", "sudo": system
        case "proxy": proxy
        case "diag", "log", "configuration", "bootstrap": plugins
        case "flows": flows
        default: []
        }
    }

    /// The row of a name with all dots turned into underscores, or nil. Older names count, unless another setting has the name
    /// now.
    static func key(spelled folded: String) -> SettingKey? {
        spellings[folded].map { keys[$0] }
    }

    /// A name with all dots turned into underscores.
    static func folded(_ name: some StringProtocol) -> String {
        String(decoding: name.utf8.map { $0 == UInt8(ascii: ".") ? UInt8(ascii: "_") : $0 }, as: UTF8.self)
    }

    /// The length in bytes of the longest name that `key(spelled:)` knows.
    static let longestSpelling = spellings.keys.map(\.utf8.count).max() ?? 0

    private static let spellings: [String: Int] = {
        var spellings = [String: Int](minimumCapacity: keys.count * 2)
        for (position, key) in keys.enumerated() {
            spellings[folded(key.name)] = position
        }
        for (position, key) in keys.enumerated() {
            for name in key.older.map(folded) where spellings[name] == nil {
                spellings[name] = position
            }
        }
        return spellings
    }()
}
