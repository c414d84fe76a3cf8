/// What stands at a key, as it is written.
public struct TOMLFragment: Sendable, Equatable {
    /// The lines of comments directly above, each with its line end.
    public let comments: String
    /// The value; the header where the key is that of a table with one.
    public let value: String
    /// What follows on the line: blanks and a comment.
    public let remark: String
}

extension TOMLDocument {
    /// What stands at a path of keys, as it is written; nil if there is nothing, or a table without a place of its own. What
    /// is between braces has neither comments nor a remark.
    public func fragment(of path: [String]) -> TOMLFragment? {
        Editor(bytes: bytes, tree: tree).fragment(of: path)
    }

    /// Moves a value to another path, as it is written and with the remark behind it. It stays in its line where the new key
    /// can be written there, else it goes where a new key goes.
    ///
    /// Throws as `set` and `remove` do, and where there is a value at the new path; nothing has changed then.
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

    /// A key of several parts as it is written, in quotes where they are needed.
    public static func dottedKey(_ path: some Collection<String>) -> String { Spelling.dottedKey(path) }

    /// Takes a key out as `remove` does, with the comments directly above it, and a header with the blank lines above as well.
    @discardableResult
    public mutating func removeWithComments(_ path: [String]) throws(TOMLError) -> Bool {
        let editor = Editor(bytes: bytes, tree: tree)
        guard let splice = try editor.removing(path) else { return false }
        try apply(Splice(range: editor.whole(splice.range, of: path), text: splice.text))
        return true
    }
}

extension Editor {
    func fragment(of path: [String]) -> TOMLFragment? {
        guard let route = try? route(to: path), let node = route.node else { return nil }
        let place = tree.nodes[node]
        guard hasPlace(node) else { return nil }
        let start = hasOwnValue(node) ? Int(place.value) : Int(place.start)
        let value = text(start..<Int(place.end))
        if route.inline != nil { return TOMLFragment(comments: "", value: value, remark: "") }
        let line = lineStart(Int(place.start))
        var remark = Int(place.end)..<lineEnd(Int(place.end))
        while remark.count > 0, bytes[remark.upperBound - 1] == 0x0A || bytes[remark.upperBound - 1] == 0x0D {
            remark = remark.lowerBound..<remark.upperBound - 1
        }
        return TOMLFragment(comments: text(startOfComments(above: line)..<line), value: value, remark: text(remark))
    }

    /// What writes the new key in the line of the old one; nil if the line is in another table.
    func renaming(_ path: [String], to newPath: [String]) throws(TOMLError) -> Splice? {
        let route = try route(to: path)
        guard let node = route.node, route.inline == nil, hasOwnValue(node), newPath.count > route.section,
            newPath.starts(with: path.prefix(route.section))
        else { return nil }
        var end = Int(tree.nodes[node].value)
        // The key ends where the blanks before the equals sign begin.
        while bytes[end - 1] != UInt8(ascii: "=") { end -= 1 }
        end -= 1
        while bytes[end - 1].isBlank { end -= 1 }
        return Splice(range: Int(tree.nodes[node].start)..<end, text: Spelling.dottedKey(newPath[route.section...]))
    }

    /// What adds a key with a value and what follows it on its line, which is left out between braces.
    func adding(_ path: [String], _ value: String, remark: String) throws(TOMLError) -> Splice {
        let route = try route(to: path)
        if let node = route.node { throw obstacle(node, path[...]) }
        return adding(path, route.inline == nil ? value + remark : value, route)
    }

    /// The place of a key with what goes with it.
    func whole(_ range: Range<Int>, of path: [String]) -> Range<Int> {
        guard let route = try? route(to: path), let node = route.node, route.inline == nil else { return range }
        var (start, end) = (startOfComments(above: range.lowerBound), range.upperBound)
        guard !hasOwnValue(node) else { return start..<end }
        while start > LineIndex.start(of: bytes), isBlankLine(lineStart(start - 1)) { start = lineStart(start - 1) }
        // Nothing is left that the blank lines below would set off.
        while start == LineIndex.start(of: bytes), end < bytes.count, isBlankLine(end) { end = lineEnd(end) }
        return start..<end
    }

    func isBlankLine(_ start: Int) -> Bool {
        bytes[start..<lineEnd(start)].allSatisfy { $0.isBlank || $0 == 0x0A || $0 == 0x0D }
    }

    /// Where the comments that stand directly above a line begin.
    func startOfComments(above line: Int) -> Int {
        var at = line
        while at > LineIndex.start(of: bytes) {
            let above = lineStart(at - 1)
            guard bytes[above..<at].first(where: { !$0.isBlank }) == UInt8(ascii: "#") else { break }
            at = above
        }
        return at
    }

    private func hasPlace(_ node: Int) -> Bool {
        guard case .table(let table) = tree.nodes[node].content else { return hasOwnValue(node) }
        return tree.tables[Int(table)].origin == .header || hasOwnValue(node)
    }

    private func text(_ range: Range<Int>) -> String { String(decoding: bytes[range], as: UTF8.self) }
}
