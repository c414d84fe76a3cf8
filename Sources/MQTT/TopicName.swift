/// Names that messages are published to (MQTT 3.1.1 §4.7).
public enum TopicName {
    /// Says why nothing can be published to `topic`; nil when it is fine.
    public static func problem(in topic: String) -> TopicProblem? {
        if let problem = TopicProblem.common(topic) { return problem }
        for byte in topic.utf8 where byte == UInt8(ascii: "+") || byte == UInt8(ascii: "#") {
            return .wildcardInName(Character(Unicode.Scalar(byte)))
        }
        return nil
    }
}
