import Foundation
import MQTT

/// Why arguments are not a valid message.
public enum MessageProblem: Error, Sendable, Equatable, CustomStringConvertible {
    /// Nothing can be published to this topic.
    case topicName(TopicProblem)
    /// Nothing can be subscribed to with this filter.
    case topicFilter(TopicProblem)
    /// The QoS does not exist.
    case qos
    /// The argument is not base64.
    case notBase64
    /// The argument is not UTF-8.
    case notUTF8
    /// The argument is not a duration.
    case duration(SettingRefusal)

    /// The reason, as the continuation of a sentence that starts with the argument.
    public var description: String {
        switch self {
        case .topicName(let problem): "Invalid topic name: it \(problem)"
        case .topicFilter(let problem): "Invalid topic filter: it \(problem)"
        case .qos: "The input QoS should be 0, 1, or 2"
        case .notBase64: "not base64: groups of four from A-Z, a-z, 0-9, + and /, the last one filled up with ="
        case .notUTF8: "not UTF-8; give the bytes in base64, with --base64"
        case .duration(let refusal): [refusal.reason, refusal.hint].compactMap(\.self).joined(separator: ". ")
        }
    }
}

/// Parses the arguments of `mqtt pub` and `mqtt sub`.
public enum MessageValidation {
    /// Parses a topic name for publishing.
    public static func topicName(_ word: String) throws(MessageProblem) -> String {
        if ProcessArguments.isRepaired(word) { throw .notUTF8 }
        if let problem = TopicName.problem(in: word) { throw .topicName(problem) }
        return word
    }

    /// Parses a topic filter for subscribing.
    public static func topicFilter(_ word: String) throws(MessageProblem) -> String {
        if ProcessArguments.isRepaired(word) { throw .notUTF8 }
        if let problem = TopicFilter.problem(in: word) { throw .topicFilter(problem) }
        return word
    }

    /// Parses a QoS: 0, 1 or 2.
    public static func qos(_ word: String) throws(MessageProblem) -> Int {
        guard let level = UInt8(digits: word), QoS(rawValue: level) != nil else { throw .qos }
        return Int(level)
    }

    /// Parses a duration, written as in the settings.
    public static func duration(_ word: String) throws(MessageProblem) -> SettingDuration {
        do {
            return try SettingDuration(parsing: word)
        } catch {
            throw .duration(error)
        }
    }

    /// Parses the bytes of a message.
    public static func payload(_ word: String, isBase64: Bool) throws(MessageProblem) -> [UInt8] {
        if ProcessArguments.isRepaired(word) { throw .notUTF8 }
        guard isBase64 else { return Array(word.utf8) }
        guard let data = Data(base64Encoded: word) else { throw .notBase64 }
        return Array(data)
    }
}
