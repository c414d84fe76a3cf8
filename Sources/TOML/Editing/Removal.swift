extension TOMLDocument {
    /// Takes everything at and below a path out, in time linear in the size of the document: values and headers with the
    /// comments directly above them, a header with the blank lines above as well, and a header that only names other tables
    /// without its comments. Returns false where there is nothing.
    ///
    /// Throws where an array of tables stands at or below the path; nothing has changed then.
    @discardableResult
    public mutating func removeAll(_ path: [String]) throws(TOMLError) -> Bool {
        let editor = Editor(bytes: bytes, tree: tree)
        guard let node = try editor.route(to: path).node else { return false }
        var lines: [Editor.RemovedLines] = []
        try editor.gather(node, path, into: &lines)
        try apply(editor.cuts(lines))
        return true
    }
}

extension Editor {
    /// The lines of a key or a header, with the comments that go with it.
    struct RemovedLines {
        let range: Range<Int>
        /// Whether the blank lines above go as well.
        let takesBlankLines: Bool
    }

    func gather(_ node: Int, _ path: [String], into lines: inout [RemovedLines]) throws(TOMLError) {
        let place = tree.nodes[node]
        if case .tables = place.content { throw obstacle(node, path[...]) }
        let own = lineStart(Int(place.start))..<lineEnd(Int(place.end))
        let whole = startOfComments(above: own.lowerBound)..<own.upperBound
        guard case .table(let index) = place.content, tree.tables[Int(index)].origin != .inline else {
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

    /// What is cut out, in the order of the document. Lines that are cut out do not part what is above from what is below.
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
        // Nothing is left above that the blank lines below would set off.
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
