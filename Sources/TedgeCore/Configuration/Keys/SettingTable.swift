/// All settings, in the order in which they are explained.
enum SettingTable {
    /// Every row. The rows of a cloud stand here once, for its default profile.
    static let keys: [SettingKey] =
        device + certificate + c8y + az + aws + mqtt + http + agent + software + places + services + system + proxy
        + plugins + flows

    /// The row of a canonical name, or nil. Only the rows that begin like it are made for that, once.
    static func key(_ name: String) -> SettingKey? {
        group(name.prefix { $0 != "." }).first { $0.name == name }
    }

    /// The rows of one cloud.
    static func keys(of cloud: CloudName) -> [SettingKey] { group(cloud.rawValue[...]) }

    /// Rows among which are all whose names begin with a word and a dot.
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
        case "run", "logs", "tmp", "data": places
        case "firmware", "service": services
        case "apt", "sudo": system
        case "proxy": proxy
        case "diag", "log", "configuration": plugins
        case "flows": flows
        default: []
        }
    }

    /// The row of a spelling in which dots and underscores are alike, older names included, or nil. A name that is now
    /// another setting's is that setting.
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
