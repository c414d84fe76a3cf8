/// A cloud by its short name, which begins its keys, its files and its local topics.
public enum CloudName: String, Sendable, CaseIterable {
    case c8y, az, aws

    /// The name of the product as messages give it.
    public var productName: String {
        switch self {
        case .c8y: "Cumulocity"
        case .az: "Azure"
        case .aws: "AWS"
        }
    }

    /// Reads a short name in any letter case, or a name of the product.
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

    /// The cloud as words of a command line, with the profile where it is not the default one.
    func words(_ profile: ProfileName?) -> String {
        rawValue + (profile.map { " --profile \($0)" } ?? "")
    }

    /// What keys and tables of this cloud may begin with: its short name first, then older ones.
    var prefixes: [String] {
        self == .az ? ["az", "azure"] : [rawValue]
    }

    /// Makes a row of the table whose name is the given one after the cloud's prefix.
    func key(
        _ suffix: String, _ type: SettingType, _ fallback: SettingDefault = .none, doc: String, note: String? = nil,
        examples: [String], older: [String] = [], isSecret: Bool = false
    ) -> SettingKey {
        SettingKey(
            "\(rawValue).\(suffix)", type, fallback, doc: doc, note: note, examples: examples,
            older: older.map { "\(rawValue).\($0)" }, cloud: self, isSecret: isSecret)
    }
}
