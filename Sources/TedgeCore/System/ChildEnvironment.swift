/// What the programs that this one starts find in their environment.
enum ChildEnvironment {
    /// The variables with a password that are no settings. A user name (`C8Y_USER`) gives no access without its password and
    /// is handed on.
    private static let passwords: Set = ["C8Y_PASSWORD", "C8YPASS", "DEVICE_ONE_TIME_PASSWORD"]
    private static let places: Set = ["TEDGE_CONFIG_DIR", "TEDGE_CLOUD_PROFILE"]

    /// The variables without those that hold a secret. Of the variables of settings only those are handed on that are known
    /// to hold none: a mistyped name may stand for a secret one.
    static func of(_ environment: [String: String]) -> [String: String] {
        environment.filter { name, value in !passwords.contains(name) && !isSecret(name, value) }
    }

    private static func isSecret(_ name: String, _ value: String) -> Bool {
        guard name.hasPrefix("TEDGE_"), !places.contains(name) else { return false }
        guard let (key, _) = SettingName.lookUp(name.dropFirst("TEDGE_".utf8.count).lowercased()) else { return true }
        return key.isSecret || Masking.holdsSecret(value)
    }
}
