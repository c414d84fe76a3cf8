import MQTT
import Testing

@Suite("Topics")
struct TopicTests {
    @Test(
        "a topic name may have any levels, including empty ones",
        arguments: ["a", "/", "a/b", "a//b", "/a/", "c8y/s/us", "te/device/main//", "$SYS/x", "тема/übung/日本/😀", "a b"])
    func goodNames(topic: String) {
        #expect(TopicName.problem(in: topic) == nil)
    }

    @Test(
        "a topic name with a wildcard cannot be published to",
        arguments: [("a/+", "+"), ("+", "+"), ("#", "#"), ("a#b", "#"), ("a/+/#", "+")] as [(String, Character)])
    func wildcardInName(topic: String, wildcard: Character) {
        #expect(TopicName.problem(in: topic) == .wildcardInName(wildcard))
    }

    @Test(
        "names and filters have 1 to 65535 bytes",
        arguments: [(0, TopicProblem.empty), (1, nil), (65_535, nil), (65_536, .tooLong(bytes: 65_536))])
    func length(count: Int, problem: TopicProblem?) {
        let text = String(repeating: "x", count: count)
        #expect(TopicName.problem(in: text) == problem)
        #expect(TopicFilter.problem(in: text) == problem)
    }

    @Test("the length is that of the UTF-8 bytes")
    func lengthInBytes() {
        let text = String(repeating: "ä", count: 32_768)
        #expect(TopicName.problem(in: text) == .tooLong(bytes: 65_536))
        #expect(TopicName.problem(in: String(text.dropLast())) == nil)
    }

    @Test("the null character is found")
    func null() {
        #expect(TopicName.problem(in: "a\u{0}b") == .null)
        #expect(TopicFilter.problem(in: "\u{0}") == .null)
    }

    @Test(
        "control and non-characters are found",
        arguments: [0x1, 0xA, 0x1F, 0x7F, 0x80, 0x9F, 0xFDD0, 0xFDEF, 0xFFFE, 0xFFFF, 0x1FFFE, 0x10FFFF] as [UInt32])
    func unsuitable(value: UInt32) throws {
        let scalar = try #require(Unicode.Scalar(value))
        #expect(TopicName.problem(in: "a/\(Character(scalar))") == .unsuitable(scalar))
        #expect(TopicFilter.problem(in: "\(Character(scalar))/+") == .unsuitable(scalar))
    }

    @Test(
        "the characters next to them are accepted",
        arguments: [0x20, 0x7E, 0xA0, 0xFDCF, 0xFDF0, 0xFFFD, 0x10FFFD] as [UInt32])
    func suitable(value: UInt32) throws {
        let scalar = try #require(Unicode.Scalar(value))
        #expect(TopicName.problem(in: "a/\(Character(scalar))") == nil)
    }

    @Test(
        "a wildcard is a whole level, and # is the last level",
        arguments: [
            ("#", nil), ("+", nil), ("a/#", nil), ("+/+", nil), ("/+", nil), ("+/a/#", nil), ("a/b", nil),
            ("a#", TopicProblem.misplacedMultiLevel(level: 1)), ("#/a", .misplacedMultiLevel(level: 1)),
            ("a/#/b", .misplacedMultiLevel(level: 2)), ("a/##", .misplacedMultiLevel(level: 2)),
            ("a+", .misplacedSingleLevel(level: 1)), ("a/b/+c", .misplacedSingleLevel(level: 3)),
            ("++", .misplacedSingleLevel(level: 1)), ("+#", .misplacedMultiLevel(level: 1)),
        ])
    func filters(text: String, problem: TopicProblem?) throws {
        #expect(TopicFilter.problem(in: text) == problem)
        if let problem {
            #expect(throws: problem) { try TopicFilter(text) }
        } else {
            #expect(try TopicFilter(text).text == text)
        }
    }

    @Test(
        "a filter matches",
        arguments: [
            ("a/b", "a/b"), ("a/+", "a/b"), ("a/+", "a/"), ("+", "a"), ("#", "a"), ("#", "a/b/c"), ("a/#", "a"),
            ("a/#", "a/"), ("a/#", "a/b/c"), ("+/+", "/a"), ("/+", "/a"), ("a/+/c", "a/b/c"), ("a/+/#", "a/b"),
            ("te/+/+/+/+/m/+", "te/device/main///m/x"), ("$SYS/#", "$SYS/a"), ("$SYS/+", "$SYS/a"), ("+/#", "a"),
            ("c8y/s/e", "c8y/s/e"), ("ä/+", "ä/ö"), ("/", "/"), ("/#", "/"),
        ])
    func matches(filter: String, topic: String) throws {
        #expect(try TopicFilter(filter).matches(topic))
    }

    @Test(
        "a filter does not match",
        arguments: [
            ("a/b", "a"), ("a/b", "a/b/c"), ("a", "A"), ("a/+", "a"), ("a/+", "a/b/c"), ("+", "/a"), ("+", "a/b"),
            ("a/#", "ab"), ("a/#", "b"), ("#", "$SYS/a"), ("+/a", "$SYS/a"), ("+/#", "$SYS"), ("a/+/#", "a"),
            ("/a", "a"), ("a/", "a"), ("te/+/+/+/+/m/+", "te/device/main///m"),
        ])
    func doesNotMatch(filter: String, topic: String) throws {
        #expect(try !TopicFilter(filter).matches(topic))
    }
}
