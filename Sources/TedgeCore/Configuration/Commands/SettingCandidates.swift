/// Finds what settings, values and profiles a command line can go on with.
///
/// It changes nothing, warns of nothing and does not fail: where the settings cannot be read, what is known without them is
/// offered.
public struct SettingCandidates {
    private let context: Context
    private let settings: Settings?

    /// Reads the settings of a world.
    public init(in context: Context) {
        self.context = context
        settings = try? Settings.load(from: context.settingsSource)
    }

    /// What a line can hold in place of a candidate where any path can be typed.
    static let (anyFile, anyDirectory) = ("\tfile", "\tdirectory")

    /// What can stand at the end of a command line: one candidate a line, where there is more to say with a tab and what it
    /// is for behind it. The line may be `anyFile` or `anyDirectory`.
    ///
    /// - Parameters:
    ///   - kind: What is asked for: `setting-key`, `setting-value`, `profile` or `cloud`.
    ///   - command: The words of the command, for example `config` and `set`.
    ///   - arguments: Its arguments so far, options left out.
    ///   - profile: The profile that is named by an option.
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

    /// The keys of all settings; where a profile is chosen already, those that can have one.
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

    /// What the files say: the entries of a list, or the value of another setting unless it is secret.
    private func current(_ name: SettingName) -> [String] {
        guard !name.key.isSecret, let settings = settings?.withoutEnvironment else { return [] }
        let isList = name.key.type == .list
        guard let setting = try? isList ? settings.resolve(name) : settings.stored(name) else { return [] }
        if case .list(let entries) = setting.value { return entries }
        return Masking.holdsSecret(setting.value.printed) ? [] : [setting.value.printed]
    }

    // MARK: Profiles

    /// The profiles of the cloud that is named by a word, or by the key of one of its settings, else of all clouds.
    private func profiles(_ words: [String]) -> [String] {
        guard let settings else { return [] }
        let named = words.lazy.compactMap { CloudName(rawValue: $0) ?? SettingName.lookUp($0)?.key.cloud }.first
        var lines: [String] = []
        for cloud in CloudName.allCases where named ?? cloud == cloud {
            for profile in settings.profiles(of: cloud) { lines.append("\(profile)\t\(cloud.productName)") }
        }
        return lines
    }

    /// The clouds, and the profiles of each in the form CLOUD.NAME.
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
