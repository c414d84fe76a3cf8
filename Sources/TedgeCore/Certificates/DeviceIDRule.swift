/// Which device ids a certificate and the clouds accept: 1 to 64 bytes of letters, digits and `'=(),-.?_*@!%`.
public enum DeviceIDRule {
    /// What is wrong with an id.
    public enum Problem: Sendable, Equatable {
        case empty
        case tooLong
        case characters
    }

    /// The longest id in bytes: the limit of a common name (RFC 5280, appendix A, `ub-common-name`).
    public static let limit = 64

    /// Finds what is wrong with an id, or nil.
    public static func problem(of id: String) -> Problem? {
        if id.isEmpty { return .empty }
        if id.utf8.count > limit { return .tooLong }
        return id.utf8.allSatisfy(isAllowed) ? nil : .characters
    }

    private static func isAllowed(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        default: "'=(),-.?_*@!%".utf8.contains(byte)
        }
    }
}

extension DeviceIDRule.Problem {
    /// The problem in words, with the id.
    func text(of id: String) -> String {
        let escaped = id.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\\\"")
        return switch self {
        case .empty: "The empty string cannot be used as a name"
        case .tooLong: "The string '\"\(escaped)\"' is more than 64 characters long and cannot be used as a name"
        case .characters:
            "The string '\"\(escaped)\"' contains characters which cannot be used in a name "
                + "[use only A-Z, a-z, 0-9, ' = ( ) , - . ? % * _ ! @]"
        }
    }
}
