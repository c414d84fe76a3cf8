/// The text of a key's value, as it is written, with its comments.
public struct TOMLFragment: Sendable, Equatable {
    /// The lines of comments directly above, each with its line end.
    public let comments: String
    /// The value, or the header of a table that has one.
    public let value: String
    /// The rest of the line: blanks and a comment.
    public let remark: String
}

extension TOMLDocument {
    /// The text at a path of keys, as it is written; nil if there is nothing, or a table without a header or braces. Entries of
    /// inline tables have neither comments nor a remark.
    public func fragment(of path: [String]) -> TOMLFragment? {
        Editor(bytes: bytes, tree: tree).fragment(of: path)
    }

    /// Moves a value, as it is written and with its remark, to another path. It stays in its line if the new key can be written
    /// there; else it is added like a new key.
    ///
    /// Throws as `set` and `remove` do, and if there is a value at the new path; nothing has changed then.
    public mutating func move(_ path: [String], to newPath: [String]) throws(TOMLError) {
        let editor = Editor(bytes: bytes, tree: tree)
        if let splice = try editor.renaming(path, to: newPath), (try? apply(splice)) != nil { return }
        guard let fragment = fragment(of: path) else {
            _ = try editor.removing(path)
            return
        }
        var changed = self
        try changed.remove(path)
        try changed.apply(
            try Editor(bytes: changed.bytes, tree: changed.tree).adding(
                newPath, fragment.value, remark: fragment.remark))
        self = changed
    }

    /// A key of several parts as it is written, with quotes if they are needed.
    public static func dottedKey(_ path: some Collection<String>) -> String { Spelling.dottedKey(path) }
}

extension Editor {
    func fragment(of path: [String]) -> TOMLFragment? {
        guard let route = try? route(to: path), let node = route.node else { return nil }
        let found = tree.nodes[node]
        guard hasText(node) else { return nil }
        let start = hasOwnValue(node) ? Int(found.value) : Int(found.start)
        let value = text(start..<Int(found.end))
        if route.inline != nil { return TOMLFragment(comments: "", value: value, remark: "") }
        let line = lineStart(Int(found.start))
        var remark = Int(found.end)..<lineEnd(Int(found.end))
        while remark.count > 0, bytes[remark.upperBound - 1] == 0x0A || bytes[remark.upperBound - 1] == 0x0D {
            remark = remark.lowerBound..<remark.upperBound - 1
        }
        return TOMLFragment(comments: text(startOfComments(above: line)..<line), value: value, remark: text(remark))
    }

    /// The splice that writes the new key in the line of the old one; nil if the new key belongs into another table.
    func renaming(_ path: [String], to newPath: [String]) throws(TOMLError) -> Splice? {
        let route = try route(to: path)
        guard let node = route.node, route.inline == nil, hasOwnValue(node), newPath.count > route.section,
            newPath.starts(with: path.prefix(route.section))
        else { return nil }
        var end = Int(tree.nodes[node].value)
        // The key ends before the blanks before the equals sign.
        while bytes[end - 1] != UInt8(ascii: "=") { end -= 1 }
        end -= 1
        while bytes[end - 1].isBlank { end -= 1 }
        return Splice(range: Int(tree.nodes[node].start)..<end, text: Spelling.dottedKey(newPath[route.section...]))
    }

    /// The splice that adds a key with a value and a remark, which is omitted in an inline table.
    func adding(_ path: [String], _ value: String, remark: String) throws(TOMLError) -> Splice {
        let route = try route(to: path)
        if let node = route.node { throw obstacle(node, path[...]) }
        return adding(path, route.inline == nil ? value + remark : value, route)
    }

    func isBlankLine(_ start: Int) -> Bool {
        bytes[start..<lineEnd(start)].allSatisfy { $0.isBlank || $0 == 0x0A || $0 == 0x0D }
    }

    /// The beginning of the comments directly above a line.
    func startOfComments(above line: Int) -> Int {
        var at = line
        while at > LineIndex.start(of: bytes) {
            let above = lineStart(at - 1)
            guard bytes[above..<at].first(where: { !$0.isBlank }) == UInt8(ascii: "#") else { break }
            at = above
        }
        return at
    }

    /// Whether the node has a text of its own: a value, braces or a header.
    private func hasText(_ node: Int) -> Bool {
        guard case .table(let table) = tree.nodes[node].content else { return hasOwnValue(node) }
        return tree.tables[Int(table)].origin == .header || hasOwnValue(node)
    }

    private func text(_ range: Range<Int>) -> String { String(decoding: bytes[range], as: UTF8.self) }
}
