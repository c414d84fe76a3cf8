import ArgumentParsing
import TedgeCore

extension CloudName: ExpressibleByArgument {
    /// The cloud by another name of the product, or by one that is spelled much like its own.
    public static func meant(by word: String) -> String? {
        CloudName(called: word)?.rawValue ?? closestMatch(to: word, in: allArgumentValues)
    }
}

/// The cloud whose certificate is meant.
struct CertificateCloud: ParsableArguments {
    @Argument("CLOUD", help: "Cloud whose own certificate is meant; the device's certificate without it.")
    var cloud: CloudName?
    @Option(
        .long("profile"), help: "Cloud profile whose certificate is meant. [env: TEDGE_CLOUD_PROFILE]",
        valueName: "NAME",
        completion: .custom("profile"))
    var profile: ProfileName?

    var arguments: [BoundArgument] { [$cloud, $profile] }
}

extension ProfileName: ExpressibleByArgument {
    /// Reads a name that keeps the rules of profiles.
    public init(argument: String) throws {
        do {
            self = try ProfileName(parsing: argument)
        } catch {
            throw InvalidValue(error.text)
        }
    }

    /// The name.
    public var argumentText: String { text }
}
