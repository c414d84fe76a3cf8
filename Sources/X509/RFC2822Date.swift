import Glibc

/// Dates in the format of mail (RFC 2822, section 3.3), in UTC.
public enum RFC2822Date {
    private static let days = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"]
    private static let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]

    /// For example `Tue, 09 Mar 2021 14:10:30 +0000`.
    ///
    /// - Parameter seconds: Seconds since 1970.
    public static func text(_ seconds: Int64) -> String {
        var time = time_t(seconds)
        var parts = tm()
        guard gmtime_r(&time, &parts) != nil else { return "\(seconds) seconds after 1970" }
        let date = "\(two(parts.tm_mday)) \(months[Int(parts.tm_mon)]) \(Int(parts.tm_year) + 1900)"
        return
            "\(days[Int(parts.tm_wday)]), \(date) \(two(parts.tm_hour)):\(two(parts.tm_min)):\(two(parts.tm_sec)) +0000"
    }

    /// The seconds since 1970 of a date in the format of HTTP (RFC 9110, section 5.6.7): `Tue, 09 Mar 2021 14:10:30 GMT`. Nil
    /// for anything else.
    public static func seconds(ofHTTPDate text: String) -> Int64? {
        let words = text.split(separator: " ")
        let clock = words.count == 6 ? words[4].split(separator: ":") : []
        guard clock.count == 3, words[5] == "GMT", let day = number(words[1], in: 1...31),
            let month = months.firstIndex(of: String(words[2])), let year = number(words[3], in: 0...9999),
            let hour = number(clock[0], in: 0...23), let minute = number(clock[1], in: 0...59),
            let second = number(clock[2], in: 0...60)
        else { return nil }
        var parts = tm()
        (parts.tm_mday, parts.tm_mon, parts.tm_year) = (day, Int32(month), year - 1900)
        (parts.tm_hour, parts.tm_min, parts.tm_sec) = (hour, minute, second)
        return Int64(timegm(&parts))
    }

    private static func number(_ digits: Substring, in range: ClosedRange<Int32>) -> Int32? {
        // The initializer of the standard library also takes a sign.
        guard digits.utf8.allSatisfy({ $0 &- UInt8(ascii: "0") < 10 }) else { return nil }
        return Int32(digits).flatMap { range.contains($0) ? $0 : nil }
    }

    private static func two(_ number: Int32) -> String { number < 10 ? "0\(number)" : "\(number)" }
}
