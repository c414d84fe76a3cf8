extension Parser {
    /// Reads a number, date or time.
    mutating func readNumberOrDate() throws(TOMLError) -> TOMLValue {
        if byte.isDigit, byte(ahead: 1).isDigit {
            if byte(ahead: 2) == UInt8(ascii: ":") { return .localTime(try readTime()) }
            if byte(ahead: 2).isDigit, byte(ahead: 3).isDigit, byte(ahead: 4) == UInt8(ascii: "-") {
                return try readDateOrDateTime()
            }
        }
        let start = offset
        let isNegative = byte == UInt8(ascii: "-")
        let hasSign = isNegative || byte == UInt8(ascii: "+")
        if hasSign { offset += 1 }
        if skip("inf") { return .float(isNegative ? -.infinity : .infinity) }
        if skip("nan") { return .float(.nan) }
        if byte == UInt8(ascii: "0") {
            switch byte(ahead: 1) {
            case UInt8(ascii: "x"): return .integer(try readInteger(base: 16, signAt: hasSign ? start : nil))
            case UInt8(ascii: "o"): return .integer(try readInteger(base: 8, signAt: hasSign ? start : nil))
            case UInt8(ascii: "b"): return .integer(try readInteger(base: 2, signAt: hasSign ? start : nil))
            default: break
            }
        }
        guard byte.isDigit else { throw hasSign ? unexpected(wanted: .digit) : unexpected(wanted: .value) }
        return try readDecimal(from: start)
    }

    /// Reads what follows the sign of a decimal integer or a float.
    private mutating func readDecimal(from start: Int) throws(TOMLError) -> TOMLValue {
        if byte == UInt8(ascii: "0"), byte(ahead: 1).isDigit || byte(ahead: 1) == UInt8(ascii: "_") {
            throw error(.leadingZero)
        }
        try skipDigits()
        var isFloat = false
        if byte == UInt8(ascii: ".") {
            isFloat = true
            offset += 1
            try skipDigits()
        }
        if byte == UInt8(ascii: "e") || byte == UInt8(ascii: "E") {
            isFloat = true
            offset += 1
            if byte == UInt8(ascii: "+") || byte == UInt8(ascii: "-") { offset += 1 }
            try skipDigits()
        }
        let digits = String(decoding: bytes[start..<offset].filter { $0 != UInt8(ascii: "_") }, as: UTF8.self)
        if isFloat, let number = Double(digits) { return .float(number) }
        guard let number = Int64(digits) else { throw error(.integerTooLarge, at: start) }
        return .integer(number)
    }

    /// Skips one or more digits with single underscores between them.
    private mutating func skipDigits() throws(TOMLError) {
        while true {
            guard byte.isDigit else { throw unexpected(wanted: .digit) }
            while byte.isDigit { offset += 1 }
            guard byte == UInt8(ascii: "_") else { return }
            offset += 1
        }
    }

    private mutating func readInteger(base: UInt8, signAt sign: Int?) throws(TOMLError) -> Int64 {
        if let sign { throw error(.signedPrefix, at: sign) }
        let start = offset
        offset += 2
        var number: Int64 = 0
        while true {
            guard let digit = byte.digitValue, digit < base else { throw unexpected(wanted: .digit) }
            let product = number.multipliedReportingOverflow(by: Int64(base))
            guard !product.overflow else { throw error(.integerTooLarge, at: start) }
            // A base that is a power of two leaves room for one more digit.
            number = product.partialValue + Int64(digit)
            offset += 1
            if byte == UInt8(ascii: "_") {
                offset += 1
            } else if byte.digitValue ?? base >= base {
                return number
            }
        }
    }
}
