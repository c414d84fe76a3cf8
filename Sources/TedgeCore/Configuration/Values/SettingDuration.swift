/// A length of time, with the text that was typed.
public struct SettingDuration: Sendable, Equatable {
    /// What was typed, for example `60s`, `1h 30m` or `3600`.
    public let text: String
    /// The length.
    public let duration: Duration

    /// Reads a number of seconds, or numbers with units such as `20 minutes 34s`. A month has 30.44 and a year 365.25
    /// days.
    public init(parsing text: String) throws(SettingRefusal) {
        self.text = text
        if text.isDigits {
            guard let seconds = Int64(text), seconds <= Self.longest else { throw .durationTooLarge }
            duration = .seconds(seconds)
            return
        }
        var rest = text[...].drop(while: \.isWhitespace)
        guard !rest.isEmpty else { throw SettingRefusal("value was empty", hint: SettingDuration.hint) }
        var (seconds, nanoseconds): (Int64, Int64) = (0, 0)
        while !rest.isEmpty {
            let digits = rest.prefix { $0.isASCII && $0.isNumber }
            guard !digits.isEmpty else {
                throw SettingRefusal("expected a number before '\(rest)'", hint: SettingDuration.hint)
            }
            rest = rest[digits.endIndex...].drop(while: \.isWhitespace)
            if let mark = rest.first, mark == "." || mark == "," { throw .durationWithFraction }
            let word = rest.prefix(while: \.isLetter)
            guard let unit = DurationUnit(named: word) else {
                let problem = word.isEmpty ? "the number \(digits) has no unit" : "there is no unit '\(word)'"
                throw SettingRefusal(problem, hint: SettingDuration.hint)
            }
            rest = rest[word.endIndex...].drop(while: \.isWhitespace)
            guard let number = Int64(digits), unit.add(number, to: &seconds, &nanoseconds) else {
                throw .durationTooLarge
            }
        }
        guard seconds <= Self.longest else { throw .durationTooLarge }
        duration = .seconds(seconds) + .nanoseconds(nanoseconds)
    }

    /// The longest time in seconds, 292 years, which still fits into 64 bits as nanoseconds.
    private static let longest = Int64.max / 1_000_000_000
    fileprivate static let hint = "Give a number of seconds, or numbers with units: ns, us, ms, s, m, h, d, w, M, y."
}

extension SettingRefusal {
    fileprivate static let durationTooLarge = SettingRefusal(
        "number is too large", hint: "The longest time is 9223372036 seconds, or 292 years.")
    fileprivate static let durationWithFraction = SettingRefusal(
        "a number with a fraction is not accepted",
        hint: "Use a smaller unit, for example '1h 30m' instead of '1.5h'.")
}

/// A unit of time.
private struct DurationUnit {
    let seconds: Int64
    let nanoseconds: Int64

    init?(named name: Substring) {
        switch name {
        case "ns", "nsec", "nanos": (seconds, nanoseconds) = (0, 1)
        case "us", "usec", "µs", "micros": (seconds, nanoseconds) = (0, 1_000)
        case "ms", "msec", "millis": (seconds, nanoseconds) = (0, 1_000_000)
        case "s", "sec", "secs", "second", "seconds": (seconds, nanoseconds) = (1, 0)
        case "m", "min", "mins", "minute", "minutes": (seconds, nanoseconds) = (60, 0)
        case "h", "hr", "hrs", "hour", "hours": (seconds, nanoseconds) = (3_600, 0)
        case "d", "day", "days": (seconds, nanoseconds) = (86_400, 0)
        case "w", "wk", "wks", "week", "weeks": (seconds, nanoseconds) = (604_800, 0)
        case "M", "month", "months": (seconds, nanoseconds) = (2_630_016, 0)
        case "y", "yr", "yrs", "year", "years": (seconds, nanoseconds) = (31_557_600, 0)
        default: return nil
        }
    }

    /// Adds a number of these units to a sum whose nanoseconds are less than a second. Returns false on overflow.
    func add(_ number: Int64, to sumOfSeconds: inout Int64, _ sumOfNanoseconds: inout Int64) -> Bool {
        let whole = number.multipliedReportingOverflow(by: seconds)
        let part = number.multipliedReportingOverflow(by: nanoseconds)
        guard !whole.overflow, !part.overflow else { return false }
        let fraction = sumOfNanoseconds + part.partialValue % 1_000_000_000
        let carried = whole.partialValue.addingReportingOverflow(
            part.partialValue / 1_000_000_000 + fraction / 1_000_000_000)
        let sum = carried.partialValue.addingReportingOverflow(sumOfSeconds)
        guard !carried.overflow, !sum.overflow else { return false }
        (sumOfSeconds, sumOfNanoseconds) = (sum.partialValue, fraction % 1_000_000_000)
        return true
    }
}
