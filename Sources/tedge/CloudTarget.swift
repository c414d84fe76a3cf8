import ArgumentParsing
import TedgeCore

/// A cloud with or without one of its profiles in one word: `c8y`, or `c8y.NAME` for what `--profile NAME` names as well.
struct CloudTarget: ExpressibleByArgument {
    /// The cloud.
    let cloud: CloudName
    private let profile: ProfileName?

    /// Reads a word. What follows the dot has to keep the rules of profiles.
    init(argument: String) throws {
        let parts = argument.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        cloud = try CloudName(argument: parts[0])
        profile = try parts.dropFirst().first.map { try ProfileName(argument: $0) }
    }

    /// The profile that is meant, by the word or by the option.
    func profile(or option: ProfileName?) -> ProfileName? { profile ?? option }

    /// Checks that the profile is not named twice.
    func check(_ option: ProfileName?) throws(UsageError) {
        guard let profile, let option, profile != option else { return }
        throw UsageError(.conflict("\(cloud.rawValue).\(profile)", with: "--profile \(option)"))
    }

    /// The clouds.
    static var allArgumentValues: [String] { CloudName.allArgumentValues }

    /// The cloud by another name, with the profile that stands behind a dot, colon, slash or at sign.
    static func meant(by word: String) -> String? {
        let separators = ".:/@"
        let name = word.prefix { !separators.contains($0) }
        guard let cloud = CloudName.meant(by: String(name)) else { return nil }
        let typed = word[name.endIndex...].dropFirst()
        guard let profile = try? ProfileName(parsing: String(typed)) else { return cloud }
        return "\(cloud).\(profile)"
    }

    /// The word.
    var argumentText: String { cloud.rawValue + (profile.map { ".\($0)" } ?? "") }
}
