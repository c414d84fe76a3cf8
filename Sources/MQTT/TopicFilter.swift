/// A topic filter that follows the rules of MQTT 3.1.1 §4.7: `a/b`, `a/+/b`, `a/#`.
public struct TopicFilter: Hashable, Sendable {
    /// The filter as it is sent to the broker.
    public let text: String

    /// Throws the first problem of `text`.
    public init(_ text: String) throws(TopicProblem) {
        if let problem = TopicFilter.problem(in: text) { throw problem }
        self.text = text
    }

    /// Why `text` is not a topic filter; nil if it is one.
    public static func problem(in text: String) -> TopicProblem? {
        if let problem = TopicProblem.common(text) { return problem }
        let levels = split(text)
        for (index, level) in levels.enumerated() {
            if level.contains(multiLevel), level.count > 1 || index < levels.count - 1 {
                return .misplacedMultiLevel(level: index + 1)
            }
            if level.contains(singleLevel), level.count > 1 { return .misplacedSingleLevel(level: index + 1) }
        }
        return nil
    }

    /// Whether the filter matches a message published to `topic`.
    ///
    /// `a/#` matches `a` (§4.7.1.2); `+` matches an empty level (§4.7.1.3); a filter that begins with a wildcard does not
    /// match topics that begin with `$` (§4.7.2).
    public func matches(_ topic: String) -> Bool {
        let filters = Self.split(text)
        let levels = Self.split(topic)
        let beginsWithWildcard = filters[0].first == Self.multiLevel || filters[0].first == Self.singleLevel
        if beginsWithWildcard, topic.utf8.first == UInt8(ascii: "$") { return false }
        for (index, filter) in filters.enumerated() {
            if filter.first == Self.multiLevel { return true }
            guard index < levels.count else { return false }
            if filter.first != Self.singleLevel, !filter.elementsEqual(levels[index]) { return false }
        }
        return filters.count == levels.count
    }

    private static let separator = UInt8(ascii: "/")
    private static let multiLevel = UInt8(ascii: "#")
    private static let singleLevel = UInt8(ascii: "+")

    private static func split(_ text: String) -> [Substring.UTF8View] {
        text.utf8.split(separator: separator, omittingEmptySubsequences: false)
    }
}
