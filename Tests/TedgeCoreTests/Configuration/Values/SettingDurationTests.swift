import Testing

@testable import TedgeCore

@Suite struct SettingDurationTests {
    @Test(
        "a length of time is a number of seconds, or numbers with units",
        arguments: [
            ("0", .zero), ("60", .seconds(60)), ("007", .seconds(7)), ("60s", .seconds(60)), ("1h", .seconds(3600)),
            ("10m", .seconds(600)), ("365d", .seconds(31_536_000)), ("20 minutes 34s", .seconds(1234)),
            ("1h30m", .seconds(5400)), (" 2 hrs ", .seconds(7200)), ("1w", .seconds(604_800)),
            ("1M", .seconds(2_630_016)), ("1y", .seconds(31_557_600)), ("500ms", .milliseconds(500)),
            ("3us", .microseconds(3)), ("3µs", .microseconds(3)), ("999999999ns 1ns", .seconds(1)),
            ("1s 1500ms", .milliseconds(2500)), ("9223372036", .seconds(9_223_372_036)),
            ("2 weeks 3 days 4 hours 5 min 6 sec", .seconds(1_483_506)),
        ] as [(String, Duration)])
    func lengths(_ typed: String, _ duration: Duration) throws {
        let parsed = try SettingDuration(parsing: typed)
        #expect(parsed.duration == duration)
        #expect(parsed.text == typed)
    }

    @Test(
        "a text that is not a length of time is refused with the reason",
        arguments: [
            ("", "value was empty"), ("  ", "value was empty"), ("s", "expected a number before 's'"),
            ("1h x", "expected a number before 'x'"), ("-1", "expected a number before '-1'"),
            ("1.5h", "a number with a fraction is not accepted"), ("0,5s", "a number with a fraction is not accepted"),
            ("1h 30", "the number 30 has no unit"),
            ("3 parsecs", "there is no unit 'parsecs'"), ("1S", "there is no unit 'S'"),
            ("9223372036854775808", "number is too large"), ("9223372037", "number is too large"),
            ("300y", "number is too large"), ("9223372036s 1s", "number is too large"),
            ("+5", "expected a number before '+5'"), ("9223372036854775807y", "number is too large"),
            ("9223372036854775807s 1s", "number is too large"), ("99999999999999999999s", "number is too large"),
            ("9223372036854775807s 1000ms", "number is too large"),
        ])
    func refusals(_ typed: String, _ reason: String) throws {
        let refusal = try #require(throws: SettingRefusal.self) { try SettingDuration(parsing: typed) }
        #expect(refusal.reason == reason)
    }
}
