import ArgumentParsing
import TedgeCore

// Everything that one word of the command line is read into.

/// A cloud with or without one of its profiles in one word: `c8y`, or `c8y.NAME` for the same as `--profile NAME`.
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

    /// The profile that the word or the option names.
    func profile(or option: ProfileName?) -> ProfileName? { profile ?? option }

    /// Checks that word and option do not name different profiles.
    func check(_ option: ProfileName?) throws(UsageError) {
        guard let profile, let option, profile != option else { return }
        throw UsageError(.conflict("\(cloud.rawValue).\(profile)", with: "--profile \(option)"))
    }

    /// The clouds.
    static var allArgumentValues: [String] { CloudName.allArgumentValues }

    /// The cloud by another name, with the profile behind a dot, colon, slash or at sign.
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

/// What `connect` is about: a cloud or, to be checked only, a mapper of another name.
enum ConnectTarget: ExpressibleByArgument {
    case cloud(CloudTarget)
    case mapper(String)

    /// Reads a word. One that cannot be the name of a mapper is read as that of a cloud.
    init(argument: String) throws {
        do {
            self = .cloud(try CloudTarget(argument: argument))
        } catch {
            guard MapperTest.isName(argument), CloudName(rawValue: Self.beginning(of: argument)) == nil else {
                throw error
            }
            self = .mapper(argument)
        }
    }

    private static func beginning(of word: String) -> String { String(word.prefix { $0 != "." }) }

    /// The clouds.
    static var allArgumentValues: [String] { CloudTarget.allArgumentValues }

    static func meant(by word: String) -> String? { CloudTarget.meant(by: word) }

    /// The word.
    var argumentText: String {
        switch self {
        case .cloud(let target): target.argumentText
        case .mapper(let name): name
        }
    }
}

extension CloudName: ExpressibleByArgument {
    /// The cloud by another name of the product, or by one that is spelled much like its own.
    public static func meant(by word: String) -> String? {
        CloudName(called: word)?.rawValue ?? closestMatch(to: word, in: allArgumentValues)
    }
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

extension LogLevel: ExpressibleByArgument {
    /// Reads the name of a level; letter case does not count.
    public init(argument: String) throws {
        guard let level = LogLevel(rawValue: argument.lowercased()) else { throw InvalidValue("") }
        self = level
    }
}

extension CertificateRenewer.Authority: ExpressibleByArgument {}

extension SettingDuration: ExpressibleByArgument {
    /// Reads a length of time as the settings do.
    public init(argument: String) throws { self = try MessageValidation.duration(argument) }

    /// What was typed.
    public var argumentText: String { text }
}

extension SettingDuration {
    /// Reads a length of time from `shortest`, which is 0 or 1 second, to a year.
    static func upToAYear(from shortest: Duration) -> (String) throws -> SettingDuration {
        { word in
            let parsed: SettingDuration
            do throws(SettingRefusal) {
                parsed = try SettingDuration(parsing: word)
            } catch {
                throw InvalidValue(error.reason)
            }
            guard parsed.duration >= shortest, parsed.duration <= .seconds(365 * 86_400) else {
                throw InvalidValue(shortest > .zero ? "from 1s to 365d is expected" : "at most 365d is expected")
            }
            return parsed
        }
    }

    /// Reads a length of time that is not 0.
    static func nonzero(_ word: String) throws -> SettingDuration {
        let parsed = try MessageValidation.duration(word)
        guard parsed.duration > .zero else { throw InvalidValue("a duration longer than 0 is expected") }
        return parsed
    }
}

extension Int {
    /// Reads a whole number that is not less than `lowest`.
    static func from(_ lowest: Int) -> (String) throws -> Int {
        { word in
            guard let number = try? Int(argument: word), number >= lowest else {
                throw InvalidValue("a whole number of \(lowest) or more is expected")
            }
            return number
        }
    }

    /// Reads a whole number in a range.
    static func within(_ range: ClosedRange<Int>) -> (String) throws -> Int {
        { word in
            guard let number = try? Int(argument: word), range.contains(number) else {
                throw InvalidValue("a whole number from \(range.lowerBound) to \(range.upperBound) is expected")
            }
            return number
        }
    }
}

extension CheckID: ExpressibleByArgument {
    /// Reads a name. The reason of an error names the command that lists them: they are too many for one line.
    public init(argument: String) throws {
        guard let check = CheckID(rawValue: argument) else {
            throw InvalidValue("'tedge doctor --list' lists all checks")
        }
        self = check
    }

    /// None, so that help and errors do not list them.
    public static var allArgumentValues: [String] { [] }
}

extension KeySource: ExpressibleByArgument {
    /// The help of the option that names the key.
    static let help =
        "Key in hardware: tpm2, a new one in the TPM, or pkcs11:URI, one in a token. The file of the key then stands for it."

    /// Reads `tpm2` or `pkcs11:URI`.
    public init(argument: String) throws {
        guard let source = KeySource(argument) else {
            throw InvalidValue("'tpm2', or the address of a key that begins with 'pkcs11:', is expected")
        }
        self = source
    }
}
