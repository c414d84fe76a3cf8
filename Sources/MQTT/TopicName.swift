/// Topic names for publishing (MQTT 3.1.1 §4.7).
public enum TopicName {
    /// Why nothing can be published to `topic`; nil if it is valid.
    public static func problem(in topic: String) -> TopicProblem? {
        if let problem = TopicProblem.common(topic) { return problem }
        for byte in topic.utf8 where byte == UInt8(ascii: "+") || byte == UInt8(ascii: "#") {
            return .wildcardInName(Character(Unicode.Scalar(byte)))
        }
        return nil
    }
}
