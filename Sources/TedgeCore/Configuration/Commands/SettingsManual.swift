/// The documentation of the settings, for `config list --doc`.
enum SettingsManual {
    /// Each setting whose name contains a text, with its documentation, a note and examples. The names end in the same
    /// column. If `spaced` is true, an empty line follows each setting.
    static func text(filter: String? = nil, spaced: Bool) -> String {
        let keys = SettingTable.keys.filter { key in filter.map(key.name.contains) ?? true }
        let width = keys.map(\.name.count).max() ?? 0
        let margin = String(repeating: " ", count: width + 2)
        return keys.map { key in
            let name = String(repeating: " ", count: width - key.name.count) + key.name
            let more = notes(of: key).map { "\(margin)\($0)\n" }.joined()
            return "\(name)  \(key.doc)\n\(more)\(spaced ? "\n" : "")"
        }.joined()
    }

    private static func notes(of key: SettingKey) -> [String] {
        var lines = key.note.map { ["Note: \($0)"] } ?? []
        if !key.examples.isEmpty {
            lines.append("\(key.examples.count == 1 ? "Example" : "Examples"): \(key.examples.joined(separator: ", "))")
        }
        return lines
    }
}
