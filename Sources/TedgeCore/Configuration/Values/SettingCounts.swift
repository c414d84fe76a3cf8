/// Lists of `NAME:COUNT`, in which each name is once.
extension SettingType {
    /// Checks the entries and sorts them by name, `*` first. A name without a count stands for one; of two entries with the same
    /// name the later one counts.
    static func counts(_ entries: [String]) throws(SettingRefusal) -> SettingValue {
        var counts: [String: UInt32] = [:]
        for entry in entries {
            let text = trimmed(entry)
            let plain =
                text.hasPrefix("\"") && text.hasSuffix("\"") && text.utf8.count > 1
                ? trimmed(String(text.dropFirst().dropLast())) : text
            let name = trimmed(String(plain.prefix { $0 != ":" }))
            let count = plain.contains(":") ? trimmed(String(plain.drop { $0 != ":" }.dropFirst())) : "1"
            guard !name.isEmpty, let number = UInt32(count), count.isDigits else {
                throw SettingRefusal(
                    "Not a comma-separated list of name:count pairs: \(entry.beginning)",
                    hint: "For example '*:5,software_list:1'.")
            }
            counts[name] = number
        }
        return .counts(sorted(counts.map { "\($0.key):\($0.value)" }))
    }

    /// The entries of a list, changed by others: one with the same name is replaced.
    static func counts(_ current: [String], adding entries: [String]) -> SettingValue {
        .counts(sorted(current.filter { entry in !entries.contains { name($0) == name(entry) } } + entries))
    }

    /// The entries of a list without those that have one of these names.
    static func counts(_ current: [String], removing entries: [String]) -> SettingValue {
        .counts(current.filter { entry in !entries.contains { name($0) == name(entry) } })
    }

    private static func name(_ entry: String) -> Substring { entry.prefix { $0 != ":" } }

    /// `*` is before all letters, but not before all other signs.
    private static func sorted(_ entries: [String]) -> [String] {
        entries.sorted { (name($0) == "*" ? 0 : 1, $0) < (name($1) == "*" ? 0 : 1, $1) }
    }
}
