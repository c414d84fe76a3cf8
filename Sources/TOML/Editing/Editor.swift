/// A replacement of bytes by a text.
struct Splice {
    var range: Range<Int>
    var text: String
}

/// Finds the bytes that an edit changes.
struct Editor {
    let bytes: [UInt8]
    let tree: Tree

    /// The splice that sets a key to a value; nil if the key has that value already.
    func setting(_ path: [String], to value: TOMLValue) throws(TOMLError) -> Splice? {
        let route = try route(to: path)
        guard let node = route.node else { return adding(path, Spelling.value(value), route) }
        let found = tree.nodes[node]
        if case .value(value) = found.content { return nil }
        guard hasOwnValue(node) else { throw obstacle(node, path[...]) }
        return Splice(range: Int(found.value)..<Int(found.end), text: Spelling.value(value))
    }

    /// The splice that removes a key; nil if there is no such key.
    func removing(_ path: [String]) throws(TOMLError) -> Splice? {
        let route = try route(to: path)
        guard let node = route.node else { return nil }
        guard hasOwnValue(node) || isEmptyHeader(node) else { throw obstacle(node, path[...]) }
        if let inline = route.inline { return removing(node, fromInline: inline.node) }
        let range = lineStart(Int(tree.nodes[node].start))..<lineEnd(Int(tree.nodes[node].end))
        return Splice(range: range, text: "")
    }

    /// Whether the node is a `key = value`, and not a table of several lines.
    func hasOwnValue(_ node: Int) -> Bool {
        switch tree.nodes[node].content {
        case .value: true
        case .table(let table): tree.tables[Int(table)].origin == .inline
        case .tables: false
        }
    }

    private func isEmptyHeader(_ node: Int) -> Bool {
        guard case .table(let table) = tree.nodes[node].content else { return false }
        return tree.tables[Int(table)].origin == .header && tree.tables[Int(table)].entries.keys.isEmpty
    }

    // MARK: New keys

    func adding(_ path: [String], _ value: String, _ route: Route) -> Splice {
        let table = tree.tables[route.table]
        if let inline = route.inline {
            let entry = "\(Spelling.dottedKey(path[inline.known...])) = \(value)"
            return adding(entry, after: Int(table.last), inBracesOf: inline.node, isFirst: table.entries.keys.isEmpty)
        }
        switch table.origin {
        case .header, .dotted:
            return line("\(Spelling.dottedKey(path[route.section...])) = \(value)", after: Int(table.last))
        case .root where path.count == 1:
            return lineOfRoot("\(Spelling.key(path[0])) = \(value)", last: Int(table.last))
        case .root, .implicit, .inline:
            let header = "[\(Spelling.dottedKey(path.dropLast()))]"
            return atEnd("\(header)\(lineBreak)\(Spelling.key(path[path.count - 1])) = \(value)", isSection: true)
        }
    }

    /// The splice that adds a line after that of a node, with the same indentation.
    private func line(_ text: String, after node: Int) -> Splice {
        let at = lineEnd(Int(tree.nodes[node].end))
        guard at < bytes.count || bytes[at - 1] == UInt8(ascii: "\n") else { return atEnd(text, isSection: false) }
        let start = lineStart(Int(tree.nodes[node].start))
        let indentation = bytes[start...].prefix(while: \.isBlank)
        return insertion("\(String(decoding: indentation, as: UTF8.self))\(text)\(lineBreak)", at: at)
    }

    /// The splice that adds a line to the document's own table, which ends at the first header or the comments directly above
    /// that header.
    private func lineOfRoot(_ text: String, last: Int) -> Splice {
        if last != 0 { return line(text, after: last) }
        guard let header = tree.firstHeader else { return atEnd(text, isSection: false) }
        let at = startOfComments(above: lineStart(header))
        return insertion("\(text)\(lineBreak)\(lineBreak)", at: at)
    }

    /// The splice that adds lines at the end of the document, a section after a blank line.
    private func atEnd(_ text: String, isSection: Bool) -> Splice {
        var before = ""
        if bytes.count > LineIndex.start(of: bytes) {
            if bytes[bytes.count - 1] != UInt8(ascii: "\n") { before += lineBreak }
            let lastLine = bytes[lineStart(bytes.count - 1)...]
            if isSection, !lastLine.allSatisfy({ $0.isBlank || $0 == 0x0A || $0 == 0x0D }) { before += lineBreak }
        }
        return insertion("\(before)\(text)\(lineBreak)", at: bytes.count)
    }

    func insertion(_ text: String, at offset: Int) -> Splice { Splice(range: offset..<offset, text: text) }

    // MARK: Lines

    /// The line end of the document.
    var lineBreak: String {
        guard let first = bytes.firstIndex(of: UInt8(ascii: "\n")), first > 0 else { return "\n" }
        return bytes[first - 1] == UInt8(ascii: "\r") ? "\r\n" : "\n"
    }

    /// The beginning of the line of an offset; the first line begins after the byte order mark.
    func lineStart(_ offset: Int) -> Int {
        var start = offset
        while start > LineIndex.start(of: bytes), bytes[start - 1] != UInt8(ascii: "\n") { start -= 1 }
        return start
    }

    /// The beginning of the line after that of an offset.
    func lineEnd(_ offset: Int) -> Int {
        bytes[offset...].firstIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? bytes.count
    }
}
