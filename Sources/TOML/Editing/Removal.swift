extension TOMLDocument {
    /// Removes everything at and below a path, in time linear in the size of the document: values and headers with the comments
    /// directly above them, and headers also with the blank lines above. A header that only contains other tables is removed
    /// without its comments. Returns false if there is nothing.
    ///
    /// Throws if there is an array of tables at or below the path; nothing has changed then.
    @discardableResult
    public mutating func removeAll(_ path: [String]) throws(TOMLError) -> Bool {
        let editor = Editor(bytes: bytes, tree: tree)
        let route = try editor.route(to: path)
        guard let node = route.node else { return false }
        guard route.inline == nil else {
            var changed = self
            for path in editor.paths(of: node, path) { try changed.remove(path) }
            self = changed
            return true
        }
        var lines: [Editor.RemovedLines] = []
        try editor.gather(node, path, into: &lines)
        try apply(editor.cuts(lines))
        return true
    }
}

extension Editor {
    /// The lines of a key or a header to remove, with their comments.
    struct RemovedLines {
        let range: Range<Int>
        /// Whether the blank lines above are removed as well.
        let takesBlankLines: Bool
    }

    /// The paths of a key's values: those of its dotted keys, or its own.
    func paths(of node: Int, _ path: [String]) -> [[String]] {
        guard !hasOwnValue(node), case .table(let index) = tree.nodes[node].content else { return [path] }
        return tree.tables[Int(index)].entries.keys.flatMap { key in
            tree.node(key, in: Int(index)).map { paths(of: $0, path + [key]) } ?? []
        }
    }

    func gather(_ node: Int, _ path: [String], into lines: inout [RemovedLines]) throws(TOMLError) {
        let found = tree.nodes[node]
        if case .tables = found.content { throw obstacle(node, path[...]) }
        let own = lineStart(Int(found.start))..<lineEnd(Int(found.end))
        let whole = startOfComments(above: own.lowerBound)..<own.upperBound
        guard case .table(let index) = found.content, tree.tables[Int(index)].origin != .inline else {
            return lines.append(RemovedLines(range: whole, takesBlankLines: false))
        }
        let table = tree.tables[Int(index)]
        var isHeaderAlone = !table.entries.keys.isEmpty
        for key in table.entries.keys {
            guard let child = tree.node(key, in: Int(index)) else { continue }
            if case .value = tree.nodes[child].content { isHeaderAlone = false }
            try gather(child, path + [key], into: &lines)
        }
        guard table.origin == .header else { return }
        lines.append(RemovedLines(range: isHeaderAlone ? own : whole, takesBlankLines: !isHeaderAlone))
    }

    /// The ranges to remove, in the order of the document. Removed lines do not separate the blank lines above and below them.
    func cuts(_ lines: [RemovedLines]) -> [Range<Int>] {
        var cuts: [Range<Int>] = []
        for line in lines.sorted(by: { $0.range.lowerBound < $1.range.lowerBound }) {
            var start = line.range.lowerBound
            while let last = cuts.last, last.upperBound >= start { start = min(start, cuts.removeLast().lowerBound) }
            while line.takesBlankLines, start > LineIndex.start(of: bytes), isBlankLine(lineStart(start - 1)) {
                start = lineStart(start - 1)
                while let last = cuts.last, last.upperBound >= start {
                    start = min(start, cuts.removeLast().lowerBound)
                }
            }
            cuts.append(start..<line.range.upperBound)
        }
        // At the beginning of the document the blank lines below separate nothing any more.
        if let first = cuts.first, first.lowerBound == LineIndex.start(of: bytes),
            lines.contains(where: { $0.takesBlankLines && first.contains($0.range.lowerBound) })
        {
            var end = first.upperBound
            while end < bytes.count, isBlankLine(end) { end = lineEnd(end) }
            cuts[0] = first.lowerBound..<end
        }
        return cuts
    }
}
