extension Parser {
    /// Reads `'…'`.
    mutating func readLiteralString() throws(TOMLError) -> String {
        let start = offset
        offset += 1
        while byte != UInt8(ascii: "'") {
            try checkStringByte(openedAt: start)
            offset += 1
        }
        offset += 1
        return text(start + 1..<offset - 1)
    }

    /// Reads `"…"`.
    mutating func readBasicString() throws(TOMLError) -> String {
        let start = offset
        offset += 1
        while byte != UInt8(ascii: "\""), byte != UInt8(ascii: "\\") {
            try checkStringByte(openedAt: start)
            offset += 1
        }
        var content = bytes[start + 1..<offset]
        while byte != UInt8(ascii: "\"") {
            if byte == UInt8(ascii: "\\") {
                try readEscape(into: &content)
            } else {
                try checkStringByte(openedAt: start)
                content.append(byte)
                offset += 1
            }
        }
        offset += 1
        return String(decoding: content, as: UTF8.self)
    }

    /// Reads `'''…'''`.
    mutating func readMultilineLiteralString() throws(TOMLError) -> String {
        try readMultilineString { (_, _) throws(TOMLError) in false }
    }

    /// Reads `"""…"""`.
    mutating func readMultilineBasicString() throws(TOMLError) -> String {
        try readMultilineString { (parser, content) throws(TOMLError) in
            guard parser.byte == UInt8(ascii: "\\") else { return false }
            if try !parser.skipFoldedLines() { try parser.readEscape(into: &content) }
            return true
        }
    }

    /// Reads a string in three quotes. Line ends become line feeds, as the standard allows.
    private mutating func readMultilineString(
        escape: (inout Parser, inout ArraySlice<UInt8>) throws(TOMLError) -> Bool
    ) throws(TOMLError) -> String {
        let (start, quote) = (offset, byte)
        var content: ArraySlice<UInt8> = []
        offset += 3
        _ = skipNewline()
        while true {
            if byte == quote {
                // Up to two quotes may precede the closing three.
                var count = 1
                while count < 5, byte(ahead: count) == quote { count += 1 }
                offset += count
                content.append(contentsOf: repeatElement(quote, count: count < 3 ? count : count - 3))
                if count >= 3 { return String(decoding: content, as: UTF8.self) }
            } else if skipNewline() {
                content.append(UInt8(ascii: "\n"))
            } else if try !escape(&self, &content) {
                try checkStringByte(openedAt: start)
                content.append(byte)
                offset += 1
            }
        }
    }

    /// Throws if the byte is not allowed in a string.
    private func checkStringByte(openedAt start: Int) throws(TOMLError) {
        guard byte.isControl else { return }
        throw atEnd || atNewline ? error(.unterminatedString, at: start) : error(.controlCharacter(byte))
    }

    /// If this is a backslash at the end of a line, skips it with all blanks and line ends after it.
    private mutating func skipFoldedLines() throws(TOMLError) -> Bool {
        let start = offset
        offset += 1
        skipBlanks()
        guard skipNewline() else {
            offset = start
            return false
        }
        repeat { skipBlanks() } while skipNewline()
        return true
    }

    private mutating func readEscape(into content: inout ArraySlice<UInt8>) throws(TOMLError) {
        let start = offset
        offset += 2
        switch bytes.indices.contains(start + 1) ? bytes[start + 1] : 0 {
        case UInt8(ascii: "b"): content.append(0x08)
        case UInt8(ascii: "t"): content.append(0x09)
        case UInt8(ascii: "n"): content.append(0x0A)
        case UInt8(ascii: "f"): content.append(0x0C)
        case UInt8(ascii: "r"): content.append(0x0D)
        case UInt8(ascii: "e"):
            tree.isNewer = true
            content.append(0x1B)
        case UInt8(ascii: "\""): content.append(UInt8(ascii: "\""))
        case UInt8(ascii: "\\"): content.append(UInt8(ascii: "\\"))
        case UInt8(ascii: "x"):
            tree.isNewer = true
            try readCodePoint(digits: 2, from: start, into: &content)
        case UInt8(ascii: "u"): try readCodePoint(digits: 4, from: start, into: &content)
        case UInt8(ascii: "U"): try readCodePoint(digits: 8, from: start, into: &content)
        default: throw error(.invalidEscape, at: start)
        }
    }

    private mutating func readCodePoint(
        digits: Int, from start: Int, into content: inout ArraySlice<UInt8>
    ) throws(TOMLError) {
        var number: UInt32 = 0
        for _ in 0..<digits {
            guard let digit = byte.digitValue else { throw error(.invalidUnicodeEscape, at: start) }
            number = number << 4 | UInt32(digit)
            offset += 1
        }
        guard let scalar = Unicode.Scalar(number) else { throw error(.invalidUnicodeEscape, at: start) }
        if let encoded = UTF8.encode(scalar) { content.append(contentsOf: encoded) }
    }
}
