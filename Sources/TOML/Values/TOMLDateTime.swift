/// A date of the proleptic Gregorian calendar, from year 0 to year 9999.
public struct TOMLLocalDate: Sendable, Equatable {
    /// The year, 0 to 9999.
    public let year: Int16
    /// The month, 1 to 12.
    public let month: Int8
    /// The day of the month, 1 to 28, 29, 30 or 31.
    public let day: Int8

    /// Makes a date, or nil if the calendar has no such day.
    public init?(year: Int, month: Int, day: Int) {
        guard (0...9999).contains(year), (1...12).contains(month),
            (1...Self.days(inMonth: month, of: year)).contains(day)
        else { return nil }
        (self.year, self.month, self.day) = (Int16(year), Int8(month), Int8(day))
    }

    /// The number of days of a month, 1 to 12.
    static func days(inMonth month: Int, of year: Int) -> Int {
        switch month {
        case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }
}

/// A time of day with nanoseconds.
public struct TOMLLocalTime: Sendable, Equatable {
    /// The hour, 0 to 23.
    public let hour: Int8
    /// The minute, 0 to 59.
    public let minute: Int8
    /// The second, 0 to 60; 60 is a leap second (RFC 3339, section 5.7).
    public let second: Int8
    /// The fraction of the second, 0 to 999,999,999.
    public let nanosecond: Int32

    /// Makes a time, or nil if a part is out of its range.
    public init?(hour: Int, minute: Int, second: Int, nanosecond: Int = 0) {
        guard (0...23).contains(hour), (0...59).contains(minute), (0...60).contains(second),
            (0...999_999_999).contains(nanosecond)
        else { return nil }
        (self.hour, self.minute, self.second) = (Int8(hour), Int8(minute), Int8(second))
        self.nanosecond = Int32(nanosecond)
    }
}

/// A date and a time without an offset from UTC.
public struct TOMLLocalDateTime: Sendable, Equatable {
    /// The date.
    public let date: TOMLLocalDate
    /// The time of day.
    public let time: TOMLLocalTime

    /// Makes the pair.
    public init(date: TOMLLocalDate, time: TOMLLocalTime) {
        (self.date, self.time) = (date, time)
    }
}

/// A date and a time with an offset from UTC.
public struct TOMLOffsetDateTime: Sendable, Equatable {
    /// The date at the offset.
    public let date: TOMLLocalDate
    /// The time of day at the offset.
    public let time: TOMLLocalTime
    /// How far the clock is ahead of UTC, in minutes: -1439 to 1439.
    public let offsetMinutes: Int16

    /// Makes the instant, or nil if the offset is a day or more.
    public init?(date: TOMLLocalDate, time: TOMLLocalTime, offsetMinutes: Int) {
        guard (-1439...1439).contains(offsetMinutes) else { return nil }
        (self.date, self.time, self.offsetMinutes) = (date, time, Int16(offsetMinutes))
    }
}

extension TOMLLocalDate: CustomStringConvertible {
    /// The date as RFC 3339 writes it, for example `1979-05-27`.
    public var description: String {
        "\(padded(Int(year), to: 4))-\(padded(Int(month), to: 2))-\(padded(Int(day), to: 2))"
    }
}

extension TOMLLocalTime: CustomStringConvertible {
    /// The time as RFC 3339 writes it, with as many digits of the fraction as it has, for example `07:32:00.5`.
    public var description: String {
        var text = "\(padded(Int(hour), to: 2)):\(padded(Int(minute), to: 2)):\(padded(Int(second), to: 2))"
        if nanosecond != 0 {
            var fraction = padded(Int(nanosecond), to: 9)[...]
            while fraction.utf8.last == UInt8(ascii: "0") { fraction.removeLast() }
            text += ".\(fraction)"
        }
        return text
    }
}

extension TOMLLocalDateTime: CustomStringConvertible {
    /// The date and the time with a `T` between them.
    public var description: String { "\(date)T\(time)" }
}

extension TOMLOffsetDateTime: CustomStringConvertible {
    /// The instant as RFC 3339 writes it; UTC is `Z`.
    public var description: String {
        guard offsetMinutes != 0 else { return "\(date)T\(time)Z" }
        let minutes = Int(offsetMinutes.magnitude)
        let sign = offsetMinutes < 0 ? "-" : "+"
        return "\(date)T\(time)\(sign)\(padded(minutes / 60, to: 2)):\(padded(minutes % 60, to: 2))"
    }
}

private func padded(_ number: Int, to width: Int) -> String {
    let digits = String(number)
    return String(repeating: "0", count: max(0, width - digits.utf8.count)) + digits
}
