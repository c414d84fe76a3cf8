extension Parser {
    /// Reads a date, and the time and offset that may follow it (RFC 3339, section 5.6).
    mutating func readDateOrDateTime() throws(TOMLError) -> TOMLValue {
        let date = try readDate()
        let isTime =
            switch byte {
            case UInt8(ascii: "T"), UInt8(ascii: "t"): true
            case UInt8(ascii: " "): byte(ahead: 1).isDigit
            default: false
            }
        guard isTime else { return .localDate(date) }
        offset += 1
        let time = try readTime()
        switch byte {
        case UInt8(ascii: "Z"), UInt8(ascii: "z"):
            offset += 1
            return try dateTime(date, time, offsetMinutes: 0, from: offset)
        case UInt8(ascii: "+"), UInt8(ascii: "-"):
            let (start, sign) = (offset, byte == UInt8(ascii: "-") ? -1 : 1)
            offset += 1
            let hours = try readField(digits: 2, in: 0...23, .offset)
            try readSeparator(":")
            let minutes = try readField(digits: 2, in: 0...59, .offset)
            return try dateTime(date, time, offsetMinutes: sign * (hours * 60 + minutes), from: start)
        default:
            return .localDateTime(TOMLLocalDateTime(date: date, time: time))
        }
    }

    private func dateTime(
        _ date: TOMLLocalDate, _ time: TOMLLocalTime, offsetMinutes: Int, from start: Int
    ) throws(TOMLError) -> TOMLValue {
        guard let instant = TOMLOffsetDateTime(date: date, time: time, offsetMinutes: offsetMinutes) else {
            throw error(.dateTimeOutOfRange(.offset), at: start)
        }
        return .offsetDateTime(instant)
    }

    private mutating func readDate() throws(TOMLError) -> TOMLLocalDate {
        let year = try readField(digits: 4, in: 0...9999, .day)
        try readSeparator("-")
        let month = try readField(digits: 2, in: 1...12, .month)
        try readSeparator("-")
        let start = offset
        let day = try readField(digits: 2, in: 1...31, .day)
        guard let date = TOMLLocalDate(year: year, month: month, day: day) else {
            throw error(.dateTimeOutOfRange(.day), at: start)
        }
        return date
    }

    /// Reads a time of day, whose seconds may be missing since TOML 1.1. Digits of the fraction after the ninth are ignored, as
    /// the standard demands.
    mutating func readTime() throws(TOMLError) -> TOMLLocalTime {
        let start = offset
        let hour = try readField(digits: 2, in: 0...23, .hour)
        try readSeparator(":")
        let minute = try readField(digits: 2, in: 0...59, .minute)
        var (second, nanosecond) = (0, 0)
        let hasSeconds = byte == UInt8(ascii: ":")
        if hasSeconds {
            offset += 1
            second = try readField(digits: 2, in: 0...60, .second)
        } else {
            tree.isNewer = true
        }
        if hasSeconds, byte == UInt8(ascii: ".") {
            offset += 1
            guard byte.isDigit else { throw unexpected(wanted: .digit) }
            var unit = 100_000_000
            while byte.isDigit {
                nanosecond += Int(byte - UInt8(ascii: "0")) * unit
                unit /= 10
                offset += 1
            }
        }
        guard let time = TOMLLocalTime(hour: hour, minute: minute, second: second, nanosecond: nanosecond) else {
            throw error(.dateTimeOutOfRange(.hour), at: start)
        }
        return time
    }

    private mutating func readField(
        digits: Int, in range: ClosedRange<Int>, _ part: TOMLError.DateTimePart
    ) throws(TOMLError) -> Int {
        let start = offset
        var number = 0
        for _ in 0..<digits {
            guard byte.isDigit else { throw unexpected(wanted: .digit) }
            number = number * 10 + Int(byte - UInt8(ascii: "0"))
            offset += 1
        }
        guard range.contains(number) else { throw error(.dateTimeOutOfRange(part), at: start) }
        return number
    }

    private mutating func readSeparator(_ separator: Unicode.Scalar) throws(TOMLError) {
        guard byte == UInt8(ascii: separator) else { throw unexpected(wanted: .dateTimeSeparator(separator)) }
        offset += 1
    }
}
