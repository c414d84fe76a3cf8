extension Parser {
    /// Reads a bare, quoted or dotted key into `path`, and the blanks after it.
    mutating func readKey() throws(TOMLError) {
        path.removeAll(keepingCapacity: true)
        while true {
            guard depth + path.count < Self.deepest else { throw error(.tooDeep(limit: Self.deepest)) }
            let start = offset
            path.append(KeyPart(text: try readKeyPart(), offset: start))
            skipBlanks()
            guard byte == UInt8(ascii: ".") else { return }
            offset += 1
            skipBlanks()
        }
    }

    private mutating func readKeyPart() throws(TOMLError) -> String {
        let start = offset
        let quote = byte
        if quote == UInt8(ascii: "\"") || quote == UInt8(ascii: "'") {
            guard byte(ahead: 1) != quote || byte(ahead: 2) != quote else { throw error(.multilineKey) }
            return quote == UInt8(ascii: "'") ? try readLiteralString() : try readBasicString()
        }
        while byte.isBareKey { offset += 1 }
        guard offset > start else { throw unexpected(wanted: .key) }
        return text(start..<offset)
    }

    /// The text of a range of bytes.
    func text(_ range: Range<Int>) -> String {
        String(decoding: bytes[range], as: UTF8.self)
    }
}
