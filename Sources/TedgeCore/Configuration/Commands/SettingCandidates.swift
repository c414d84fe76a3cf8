/// Finds the settings, values and profiles with which a command line can continue.
///
/// It changes nothing, prints no warnings and does not fail: if the settings cannot be read, it offers what is known without
/// them.
public struct SettingCandidates {
    private let context: Context
    private let settings: Settings?

    /// Reads the settings of a context.
    public init(in context: Context) {
        self.context = context
        settings = try? Settings.load(from: context.settingsSource)
    }

    /// Lines that stand for any path.
    static let (anyFile, anyDirectory) = ("\tfile", "\tdirectory")

    /// The candidates for the last word of a command line, one per line, some with a tab and a description behind them. A line
    /// may also be `anyFile` or `anyDirectory`.
    ///
    /// - Parameters:
    ///   - kind: The kind of word: `setting-key`, `setting-value`, `profile` or `cloud`.
    ///   - command: The words of the command, for example `config` and `set`.
    ///   - arguments: Its arguments so far, without options.
    ///   - profile: The profile of the `--profile` option.
    public func lines(_ kind: String, command: [String], arguments: [String], profile: String?) -> [String] {
        switch kind {
        case "setting-key": keys(ofProfile: profile != nil)
        case "setting-value": values(of: arguments.first ?? "", profile: profile, isRemoved: command.last == "remove")
        case "profile": profiles(command + arguments)
        case "cloud": clouds
        default: []
        }
    }

    // MARK: Keys

    /// The keys of all settings; if a profile is given by an option, only of those that can have one.
    private func keys(ofProfile: Bool) -> [String] {
        var lines: [String] = []
        for key in SettingTable.keys where !ofProfile || key.cloud != nil { lines.append("\(key.name)\t\(key.doc)") }
        guard !ofProfile, let settings else { return lines }
        for cloud in CloudName.allCases {
            for profile in settings.profiles(of: cloud) {
                for key in SettingTable.keys(of: cloud) {
                    lines.append("\(SettingName.text(of: key, profile.text))\t\(key.doc)")
                }
            }
        }
        return lines
    }

    // MARK: Values

    private func values(of key: String, profile: String?, isRemoved: Bool) -> [String] {
        let environment = context.environment["TEDGE_CLOUD_PROFILE"]
        guard let name = try? SettingName.parse(key, profile: profile, environmentProfile: environment).name else {
            return []
        }
        if isRemoved { return current(name) }
        switch name.key.type {
        case .flag: return ["true", "false"]
        case .choice(let choice): return choice.words
        case .path, .plainPath:
            let isDirectory = name.key.name.hasSuffix(".path") || name.key.name.hasSuffix("_dir")
            return [isDirectory ? Self.anyDirectory : Self.anyFile]
        default: return []
        }
    }

    /// The value in the files: the entries of a list, or the value of another setting unless it is secret.
    private func current(_ name: SettingName) -> [String] {
        guard !name.key.isSecret, let settings = settings?.withoutEnvironment else { return [] }
        let isList = name.key.type == .list || name.key.type == .counts
        guard let setting = try? isList ? settings.resolve(name) : settings.stored(name) else { return [] }
        if case .list(let entries) = setting.value { return entries }
        if case .counts(let entries) = setting.value { return entries }
        return Masking.holdsSecret(setting.value.printed) ? [] : [setting.value.printed]
    }

    // MARK: Profiles

    /// The profiles of the cloud that a word names, directly or by the key of a setting, else of all clouds.
    private func profiles(_ words: [String]) -> [String] {
        guard let settings else { return [] }
        let named = words.lazy.compactMap { CloudName(rawValue: $0) ?? SettingName.lookUp($0)?.key.cloud }.first
        var lines: [String] = []
        for cloud in CloudName.allCases where named ?? cloud == cloud {
            for profile in settings.profiles(of: cloud) { lines.append("\(profile)\t\(cloud.productName)") }
        }
        return lines
    }

    /// The clouds, and their profiles as `CLOUD.NAME`.
    private var clouds: [String] {
        var lines = CloudName.allCases.map { "\($0.rawValue)\t\($0.productName)" }
        for cloud in CloudName.allCases {
            for profile in settings?.profiles(of: cloud) ?? [] {
                lines.append("\(cloud.rawValue).\(profile)\t\(cloud.productName)")
            }
        }
        return lines
    }
}
