/// The name of a profile, which is a second, third … account on the same cloud: letters, digits, `-` and `_`, in lower case.
public struct ProfileName: Sendable, Hashable, Comparable, CustomStringConvertible {
    /// The name.
    public let text: String

    /// Why a text is not a profile name.
    public enum Problem: Error, Sendable, Equatable {
        case empty
        case forbiddenCharacter
        case noLetterOrNumber

        /// The rule that the name breaks.
        public var text: String {
            switch self {
            case .empty: "Profile names cannot be empty"
            case .forbiddenCharacter: "Profile names can only contain letters, numbers, `-` or `_`"
            case .noLetterOrNumber: "Profile names must contain at least one letter or number"
            }
        }
    }

    /// Checks a name and converts it to lower case. Throws the rule that it breaks.
    public init(parsing typed: String) throws(Problem) {
        guard !typed.isEmpty else { throw .empty }
        let scalars = typed.unicodeScalars
        guard scalars.allSatisfy({ Self.isAlphanumeric($0) || $0 == "-" || $0 == "_" }) else {
            throw .forbiddenCharacter
        }
        guard scalars.contains(where: Self.isAlphanumeric) else { throw .noLetterOrNumber }
        text = typed.lowercased()
    }

    private static func isAlphanumeric(_ scalar: Unicode.Scalar) -> Bool {
        if scalar.properties.isAlphabetic { return true }
        return switch scalar.properties.generalCategory {
        case .decimalNumber, .letterNumber, .otherNumber: true
        default: false
        }
    }

    /// The name itself.
    public var description: String { text }

    /// Orders names by their Unicode scalars.
    public static func < (left: ProfileName, right: ProfileName) -> Bool { left.text < right.text }
}
