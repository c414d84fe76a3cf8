/// Reads a document in one pass over its bytes, in linear time.
struct Parser {
    /// How deep tables, arrays and dotted keys may be nested. The standard has no limit; this one bounds recursion.
    static let deepest = 128

    let bytes: [UInt8]
    var offset: Int
    /// The line of the offset, counted from 1.
    var line: Int32 = 1
    var tree = Tree()
    /// The table to which `key = value` lines are added now.
    var section = 0
    /// The number of open levels of tables and arrays.
    var depth = 0
    /// The parts of the key that was read last.
    var path: [KeyPart] = []
    /// The tables through which this key leads.
    var steps: [Int] = []

    /// One part of a dotted key, and its offset.
    struct KeyPart {
        var text: String
        var offset: Int
    }

    /// Reads a whole document.
    static func parse(_ bytes: [UInt8]) throws(TOMLError) -> Tree {
        guard bytes.count <= Int(Int32.max) else {
            throw TOMLError(line: 1, column: 1, kind: .documentTooLarge)
        }
        var parser = Parser(bytes: bytes, offset: LineIndex.start(of: bytes))
        do throws(UTF8.ValidationError) {
            _ = try UTF8Span(validating: bytes.span)
        } catch {
            throw parser.error(.invalidUTF8, at: error.byteOffsets.lowerBound)
        }
        try parser.readDocument()
        return parser.tree
    }

    private init(bytes: [UInt8], offset: Int) {
        self.bytes = bytes
        self.offset = offset
    }

    private mutating func readDocument() throws(TOMLError) {
        while true {
            skipBlanks()
            switch byte {
            case UInt8(ascii: "["):
                try readHeader()
                try readLineEnd()
            case UInt8(ascii: "\n"), UInt8(ascii: "\r"), UInt8(ascii: "#"):
                try readLineEnd()
            case 0 where atEnd:
                return
            default:
                try readAssignment(in: section)
                try readLineEnd()
            }
        }
    }

    /// Reads `key = value` and adds it to a table.
    mutating func readAssignment(in table: Int) throws(TOMLError) {
        let start = offset
        try readKey()
        guard byte == UInt8(ascii: "=") else { throw unexpected(wanted: .equals) }
        let (node, parts) = (try declareKey(in: table, from: start), path.count)
        offset += 1
        skipBlanks()
        depth += parts
        tree.nodes[node].value = Int32(offset)
        tree.nodes[node].content = try readValue()
        tree.nodes[node].end = Int32(offset)
        depth -= parts
    }

    /// Reads `[name]` or `[[name]]` and makes that table the current one.
    private mutating func readHeader() throws(TOMLError) {
        let start = offset
        if tree.firstHeader == nil { tree.firstHeader = start }
        offset += 1
        let isArray = byte == UInt8(ascii: "[")
        if isArray { offset += 1 }
        depth = 0
        skipBlanks()
        try readKey()
        for _ in 0..<(isArray ? 2 : 1) {
            guard byte == UInt8(ascii: "]") else { throw unexpected(wanted: .headerEnd) }
            offset += 1
        }
        section = try isArray ? openArrayTable(from: start) : openTable(from: start)
        depth = path.count
    }

    /// Reads the rest of a line: blanks, a comment, the line end.
    private mutating func readLineEnd() throws(TOMLError) {
        skipBlanks()
        try skipComment()
        guard atEnd || skipNewline() else { throw unexpected(wanted: .lineEnd) }
    }
}

extension Parser {
    /// The byte at the offset, or 0 at the end. A real 0 is never valid.
    var byte: UInt8 { offset < bytes.count ? bytes[offset] : 0 }

    /// The byte at a distance from the offset, or 0 after the end.
    func byte(ahead distance: Int) -> UInt8 {
        offset + distance < bytes.count ? bytes[offset + distance] : 0
    }

    var atEnd: Bool { offset >= bytes.count }

    mutating func skipBlanks() {
        while byte.isBlank { offset += 1 }
    }

    /// Skips one line end, if there is one.
    mutating func skipNewline() -> Bool {
        if byte == UInt8(ascii: "\n") {
            offset += 1
        } else if byte == UInt8(ascii: "\r"), byte(ahead: 1) == UInt8(ascii: "\n") {
            offset += 2
        } else {
            return false
        }
        line += 1
        return true
    }

    /// Skips a comment up to its line end, if there is one.
    mutating func skipComment() throws(TOMLError) {
        guard byte == UInt8(ascii: "#") else { return }
        while !atEnd, !byte.isControl { offset += 1 }
        guard atEnd || atNewline else { throw error(.controlCharacter(byte)) }
    }

    var atNewline: Bool {
        byte == UInt8(ascii: "\n") || (byte == UInt8(ascii: "\r") && byte(ahead: 1) == UInt8(ascii: "\n"))
    }

    /// An error at an offset, or at the current one.
    func error(_ kind: TOMLError.Kind, at position: Int? = nil) -> TOMLError {
        let (line, column) = LineIndex.lineAndColumn(of: min(position ?? offset, bytes.count), in: bytes)
        return TOMLError(line: line, column: column, kind: kind)
    }

    /// The error for a current byte that the grammar does not allow.
    func unexpected(wanted: TOMLError.Wanted) -> TOMLError {
        guard !atEnd else { return error(.unexpected(nil, wanted: wanted)) }
        if byte.isControl, !atNewline { return error(.controlCharacter(byte)) }
        let following = bytes[offset..<min(offset + 4, bytes.count)]
        return error(.unexpected(String(decoding: following, as: UTF8.self).unicodeScalars.first, wanted: wanted))
    }
}
