/// A cloud by its short name, with which its keys, its files and its local topics begin.
public enum CloudName: String, Sendable, CaseIterable {
    case c8y, az, aws

    /// The name of the product, for messages.
    public var productName: String {
        switch self {
        case .c8y: "Cumulocity"
        case .az: "Azure"
        case .aws: "AWS"
        }
    }

    /// Finds the cloud for a short name or a product name, in any letter case; nil for other words.
    public init?(called word: String) {
        let word = word.lowercased()
        let names: [CloudName: [String]] = [
            .c8y: ["c8y", "cumulocity", "cumulocity-iot"],
            .az: ["az", "azure", "azure-iot", "iothub", "microsoft"],
            .aws: ["aws", "aws-iot", "amazon", "iotcore"],
        ]
        guard let cloud = Self.allCases.first(where: { names[$0]?.contains(word) == true }) else { return nil }
        self = cloud
    }

    /// The cloud as arguments of a command, for example `c8y --profile test`.
    public func words(_ profile: ProfileName?) -> String {
        rawValue + (profile.map { " --profile \($0)" } ?? "")
    }

    /// The prefixes of this cloud's keys and tables: the short name, then older ones.
    var prefixes: [String] {
        self == .az ? ["az", "azure"] : [rawValue]
    }

    /// Makes a row of the table, whose name is the cloud's prefix and a suffix.
    func key(
        _ suffix: String, _ type: SettingType, _ fallback: SettingDefault = .none, doc: String, note: String? = nil,
        examples: [String], older: [String] = [], isSecret: Bool = false
    ) -> SettingKey {
        SettingKey(
            "\(rawValue).\(suffix)", type, fallback, doc: doc, note: note, examples: examples,
            older: older.map { "\(rawValue).\($0)" }, cloud: self, isSecret: isSecret)
    }
}
