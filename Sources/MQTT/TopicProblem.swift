/// Why a text cannot be a topic name or a topic filter.
///
/// MQTT 3.1.1 §1.5.3 (UTF-8 strings), §4.7 (names and filters). A Swift string is valid Unicode, so an ill-formed
/// encoding cannot occur here.
public enum TopicProblem: Error, Equatable, Sendable {
    /// The text is empty (§4.7.3).
    case empty
    /// More than 65,535 bytes of UTF-8 (§4.7.3).
    case tooLong(bytes: Int)
    /// The null character (§1.5.3).
    case null
    /// A control character or non-character; the receiver may close the connection, as mosquitto does (§1.5.3).
    case unsuitable(Unicode.Scalar)
    /// `+` or `#` in a topic name for publishing (§4.7.1).
    case wildcardInName(Character)
    /// `#` that is not the last level on its own (§4.7.1.2). Levels are counted from 1.
    case misplacedMultiLevel(level: Int)
    /// `+` together with other characters in a level (§4.7.1.3). Levels are counted from 1.
    case misplacedSingleLevel(level: Int)
}

extension TopicProblem: CustomStringConvertible {
    /// The end of a sentence that starts with the topic, for example `must not be empty`.
    public var description: String {
        switch self {
        case .empty: "must not be empty"
        case .tooLong(let bytes): "is \(bytes) bytes long; at most 65535 are possible"
        case .null: "must not contain a null character"
        case .unsuitable(let scalar):
            "must not contain the control or non-character U+\(TopicProblem.hexadecimal(scalar))"
        case .wildcardInName(let wildcard): "must not contain '\(wildcard)': nothing can be published to a wildcard"
        case .misplacedMultiLevel(let level):
            "has '#' in level \(level): it must be the last level and stand alone, as in 'a/#'"
        case .misplacedSingleLevel(let level): "has '+' in level \(level): it must stand alone, as in 'a/+/b'"
        }
    }

    private static func hexadecimal(_ scalar: Unicode.Scalar) -> String {
        let digits = String(scalar.value, radix: 16, uppercase: true)
        return String(repeating: "0", count: max(0, 4 - digits.count)) + digits
    }
}

extension TopicProblem {
    /// The first problem of the kinds that are common to names and filters.
    static func common(_ text: String) -> TopicProblem? {
        if text.isEmpty { return .empty }
        if text.utf8.count > 65_535 { return .tooLong(bytes: text.utf8.count) }
        if text.utf8.allSatisfy({ (0x20..<0x7F).contains($0) }) { return nil }
        for scalar in text.unicodeScalars {
            switch scalar.value {
            case 0: return .null
            case 0x01...0x1F, 0x7F...0x9F, 0xFDD0...0xFDEF: return .unsuitable(scalar)
            case let value where value & 0xFFFE == 0xFFFE: return .unsuitable(scalar)
            default: continue
            }
        }
        return nil
    }
}
