extension UInt8 {
    var isDigit: Bool { self &- UInt8(ascii: "0") < 10 }

    var isBareKey: Bool {
        isDigit || (self | 0x20) &- UInt8(ascii: "a") < 26 || self == UInt8(ascii: "_") || self == UInt8(ascii: "-")
    }

    var isBlank: Bool { self == 0x20 || self == 0x09 }

    /// Whether TOML forbids the byte in comments and strings. Line ends are included, because they are handled separately.
    var isControl: Bool { (self < 0x20 && self != 0x09) || self == 0x7F }

    /// The value of a digit of any base up to 16, or nil.
    var digitValue: UInt8? {
        let letter = (self | 0x20) &- UInt8(ascii: "a")
        return isDigit ? self - UInt8(ascii: "0") : letter < 6 ? letter + 10 : nil
    }
}

/// Positions in a text.
enum LineIndex {
    static let byteOrderMark: [UInt8] = [0xEF, 0xBB, 0xBF]

    /// The beginning of the text, after a byte order mark if there is one.
    static func start(of bytes: [UInt8]) -> Int {
        bytes.starts(with: byteOrderMark) ? byteOrderMark.count : 0
    }

    /// The line and column of an offset, both counted from 1, columns in Unicode scalars. The bytes before the offset
    /// are valid UTF-8.
    static func lineAndColumn(of offset: Int, in bytes: [UInt8]) -> (line: Int, column: Int) {
        var (line, lineStart) = (1, min(start(of: bytes), offset))
        for index in lineStart..<offset where bytes[index] == UInt8(ascii: "\n") {
            line += 1
            lineStart = index + 1
        }
        let column = bytes[lineStart..<offset].reduce(1) { $1 & 0xC0 == 0x80 ? $0 : $0 + 1 }
        return (line, column)
    }
}
