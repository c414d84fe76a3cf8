import MQTT
import Testing

@testable import TedgeCore

@Suite struct MessageWordsTests {
    @Test(
        "topics and filters that keep the rules are taken as they are",
        arguments: ["a", "/", "te/device/main///m/", "ä/b c"])
    func topics(_ word: String) throws {
        #expect(try MessageValidation.topicName(word) == word)
        #expect(try MessageValidation.topicFilter(word) == word)
    }

    @Test("a filter may have wildcards", arguments: ["#", "+", "a/+/b", "a/#", "+/+/#"])
    func filters(_ word: String) throws {
        #expect(try MessageValidation.topicFilter(word) == word)
        let problem = #expect(throws: MessageProblem.self) { try MessageValidation.topicName(word) }
        #expect(problem?.description.hasPrefix("Invalid topic name: it must not contain '") == true)
    }

    @Test("what breaks the rules is said")
    func wrongTopics() {
        #expect(throws: MessageProblem.topicName(.empty)) { try MessageValidation.topicName("") }
        #expect(throws: MessageProblem.topicFilter(.misplacedMultiLevel(level: 1))) {
            try MessageValidation.topicFilter("#/a")
        }
        #expect(throws: MessageProblem.topicFilter(.misplacedSingleLevel(level: 2))) {
            try MessageValidation.topicFilter("a/b+")
        }
        #expect(throws: MessageProblem.topicName(.unsuitable("\n"))) { try MessageValidation.topicName("a\n") }
        #expect(throws: MessageProblem.topicName(.tooLong(bytes: 65_536))) {
            try MessageValidation.topicName(String(repeating: "a", count: 65_536))
        }
        #expect("\(MessageProblem.topicFilter(.empty))" == "Invalid topic filter: it must not be empty")
    }

    @Test("there are three guarantees", arguments: ["0": 0, "1": 1, "2": 2])
    func qos(_ word: String, _ level: Int) throws {
        #expect(try MessageValidation.qos(word) == level)
    }

    @Test("there is no other", arguments: ["3", "-1", "", "x", "1.0", "256", " 1"])
    func noQoS(_ word: String) {
        #expect(throws: MessageProblem.qos) { try MessageValidation.qos(word) }
        #expect("\(MessageProblem.qos)" == "The input QoS should be 0, 1, or 2")
    }

    @Test("a message is its bytes, or what its base64 stands for")
    func payload() throws {
        #expect(try MessageValidation.payload("é", isBase64: false) == [0xC3, 0xA9])
        #expect(try MessageValidation.payload("", isBase64: false) == [])
        #expect(try MessageValidation.payload("AAEC/w==", isBase64: true) == [0, 1, 2, 255])
        #expect(try MessageValidation.payload("", isBase64: true) == [])
        #expect(try MessageValidation.payload("AAEC/w==", isBase64: false) == Array("AAEC/w==".utf8))
    }

    @Test("what is not base64 is refused", arguments: ["a", "ab", "abc", "ab=", "a?==", "ab c", "é===", "AA\n=="])
    func notBase64(_ word: String) {
        #expect(throws: MessageProblem.notBase64) { try MessageValidation.payload(word, isBase64: true) }
    }

    @Test("durations are those of the settings")
    func durations() throws {
        #expect(try MessageValidation.duration("90").duration == .seconds(90))
        #expect(try MessageValidation.duration("1m 30s").duration == .seconds(90))
        #expect(try MessageValidation.duration("250ms").duration == .milliseconds(250))
        let problem = #expect(throws: MessageProblem.self) { try MessageValidation.duration("5q") }
        #expect(
            problem?.description
                == "there is no unit 'q'. Give a number of seconds, or numbers with units: ns, us, ms, s, m, h, d, w, M, y."
        )
    }

    @Test("a word with U+FFFD that was typed so is no repaired one")
    func replacementCharacter() throws {
        #expect(try MessageValidation.payload("\u{FFFD}", isBase64: false) == [0xEF, 0xBF, 0xBD])
    }
}
