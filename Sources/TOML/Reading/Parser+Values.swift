extension Parser {
    /// Reads any value. An inline table is a table of the tree; everything else is a value.
    mutating func readValue() throws(TOMLError) -> Tree.Content {
        switch byte {
        case UInt8(ascii: "\""):
            let isMultiline = byte(ahead: 1) == UInt8(ascii: "\"") && byte(ahead: 2) == UInt8(ascii: "\"")
            return .value(.string(try isMultiline ? readMultilineBasicString() : readBasicString()))
        case UInt8(ascii: "'"):
            let isMultiline = byte(ahead: 1) == UInt8(ascii: "'") && byte(ahead: 2) == UInt8(ascii: "'")
            return .value(.string(try isMultiline ? readMultilineLiteralString() : readLiteralString()))
        case UInt8(ascii: "t") where skip("true"):
            return .value(.boolean(true))
        case UInt8(ascii: "f") where skip("false"):
            return .value(.boolean(false))
        case UInt8(ascii: "["):
            return .value(.array(try readArray()))
        case UInt8(ascii: "{"):
            return .table(Int32(try readInlineTable()))
        default:
            return .value(try readNumberOrDate())
        }
    }

    /// Skips a word, if it is here and ends here.
    mutating func skip(_ word: StaticString) -> Bool {
        let count = word.utf8CodeUnitCount
        guard bytes.count - offset >= count, !byte(ahead: count).isBareKey,
            bytes[offset..<offset + count].elementsEqual(word.description.utf8)
        else { return false }
        offset += count
        return true
    }

    private mutating func enter() throws(TOMLError) {
        depth += 1
        guard depth <= Self.deepest else { throw error(.tooDeep(limit: Self.deepest)) }
    }

    private mutating func readArray() throws(TOMLError) -> [TOMLValue] {
        try enter()
        defer { depth -= 1 }
        offset += 1
        var elements: [TOMLValue] = []
        while true {
            try skipBlanksAndLines()
            if byte == UInt8(ascii: "]") { break }
            elements.append(try readElement())
            try skipBlanksAndLines()
            if byte == UInt8(ascii: "]") { break }
            guard byte == UInt8(ascii: ",") else { throw unexpected(wanted: .commaOrBracket) }
            offset += 1
        }
        offset += 1
        return elements
    }

    /// Reads an element of an array. No key leads to it, so an inline table is removed from the tree again and becomes a value.
    private mutating func readElement() throws(TOMLError) -> TOMLValue {
        let (nodes, tables) = (tree.nodes.count, tree.tables.count)
        let content = try readValue()
        let value = tree.value(of: content)
        tree.nodes.removeSubrange(nodes...)
        tree.tables.removeSubrange(tables...)
        return value
    }

    private mutating func skipBlanksAndLines() throws(TOMLError) {
        repeat {
            skipBlanks()
            try skipComment()
        } while skipNewline()
    }

    private mutating func readInlineTable() throws(TOMLError) -> Int {
        try enter()
        defer { depth -= 1 }
        offset += 1
        let table = tree.addTable(.inline)
        try skipBetweenEntries()
        while byte != UInt8(ascii: "}") {
            try readAssignment(in: table)
            try skipBetweenEntries()
            if byte == UInt8(ascii: "}") { break }
            guard byte == UInt8(ascii: ",") else { throw unexpected(wanted: .commaOrBrace) }
            offset += 1
            try skipBetweenEntries()
            if byte == UInt8(ascii: "}") { tree.isNewer = true }
        }
        offset += 1
        return table
    }

    /// Skips what may stand between the entries of an inline table, since TOML 1.1 also comments and line ends.
    private mutating func skipBetweenEntries() throws(TOMLError) {
        let start = line
        try skipBlanksAndLines()
        if line != start { tree.isNewer = true }
    }
}
