/// The environment of the programs that this one starts.
enum ChildEnvironment {
    /// The variables that hold a password and are not settings. A user name (`C8Y_USER`) gives no access without its password
    /// and is passed on.
    private static let passwords: Set = ["C8Y_PASSWORD", "C8YPASS", "DEVICE_ONE_TIME_PASSWORD"]
    private static let notSettings: Set = ["TEDGE_CONFIG_DIR", "TEDGE_CLOUD_PROFILE"]

    /// Removes the variables that hold a secret, and those that begin with `TEDGE_` and name no setting: a mistyped name may
    /// hold a secret as well.
    static func of(_ environment: [String: String]) -> [String: String] {
        environment.filter { name, value in !passwords.contains(name) && !isSecret(name, value) }
    }

    private static func isSecret(_ name: String, _ value: String) -> Bool {
        guard name.hasPrefix(SettingName.variablePrefix), !notSettings.contains(name) else { return false }
        guard let (key, _) = SettingName.lookUp(variable: name) else { return true }
        return key.isSecret || Masking.holdsSecret(value)
    }
}
