/// Edits between braces, which may span lines since TOML 1.1. An inline table on one line stays on one line.
extension Editor {
    /// The splice that adds an entry to an inline table: on a line of its own if the one before it has its own, too.
    ///
    /// - Parameters:
    ///   - last: The node of the entry to add it after.
    ///   - table: The node of the inline table, which has no entries if this one is the first.
    func adding(_ entry: String, after last: Int, inBracesOf table: Int, isFirst: Bool) -> Splice {
        guard !isFirst else {
            let braces = tree.nodes[table]
            let content = Int(braces.value) + 1..<Int(braces.end) - 1
            // A comment may stand between the braces.
            guard bytes[content].allSatisfy(\.isBlank) else {
                return insertion(lineBreak + indentation(Int(braces.start)) + "  " + entry, at: content.lowerBound)
            }
            return Splice(range: Int(braces.value)..<Int(braces.end), text: "{ \(entry) }")
        }
        let (start, end) = (Int(tree.nodes[last].start), Int(tree.nodes[last].end))
        let comma = nextOnLine(end) == UInt8(ascii: ",") ? offsetOfNextOnLine(end) + 1 : nil
        guard isFirstOnLine(start), isLastOnLine(comma ?? end) else { return insertion(", \(entry)", at: end) }
        // The line end, behind the comment if there is one.
        var stop = lineEnd(comma ?? end) - 1
        if bytes[stop - 1] == UInt8(ascii: "\r") { stop -= 1 }
        let rest = String(decoding: bytes[(comma ?? end)..<stop], as: UTF8.self)
        let added = lineBreak + indentation(start) + entry
        guard comma != nil else { return Splice(range: end..<stop, text: ",\(rest)\(added)") }
        return insertion(added + ",", at: stop)
    }

    /// The splice that removes an entry of an inline table, with its line if it has one of its own, else with the comma that is
    /// no longer needed.
    func removing(_ node: Int, fromInline table: Int) -> Splice {
        var (start, end) = (Int(tree.nodes[node].start), Int(tree.nodes[node].end))
        let next = offsetOfNextOnLine(end)
        let hasComma = bytes[next] == UInt8(ascii: ",")
        if isFirstOnLine(start), isLastOnLine(hasComma ? next + 1 : end), hasComma || isLastEntry(node, in: table) {
            return Splice(range: lineStart(start)..<lineEnd(end), text: "")
        }
        var previous = start - 1
        while bytes[previous].isBlank { previous -= 1 }
        if hasComma {
            end = offsetOfNextOnLine(next + 1)
        } else if !isLastEntry(node, in: table) {
            end = comma(after: end) + 1
        } else if bytes[previous] == UInt8(ascii: ",") {
            start = previous
        } else if bytes[previous] == UInt8(ascii: "{"), bytes[next] == UInt8(ascii: "}") {
            (start, end) = (previous + 1, next)
        }
        return Splice(range: start..<end, text: "")
    }

    /// Whether no comma and so no other entry follows an entry.
    private func isLastEntry(_ node: Int, in table: Int) -> Bool {
        let at = comma(after: Int(tree.nodes[node].end))
        return bytes[at] != UInt8(ascii: ",")
    }

    /// The offset of the comma or brace after an entry, behind comments and line ends.
    private func comma(after end: Int) -> Int {
        var at = end
        while bytes[at].isBlank || bytes[at] == 0x0A || bytes[at] == 0x0D || bytes[at] == UInt8(ascii: "#") {
            at = bytes[at] == UInt8(ascii: "#") ? lineEnd(at) : at + 1
        }
        return at
    }

    // MARK: Places on a line

    private func offsetOfNextOnLine(_ offset: Int) -> Int {
        var at = offset
        while bytes[at].isBlank { at += 1 }
        return at
    }

    private func nextOnLine(_ offset: Int) -> UInt8 { bytes[offsetOfNextOnLine(offset)] }

    private func isFirstOnLine(_ offset: Int) -> Bool {
        bytes[lineStart(offset)..<offset].allSatisfy(\.isBlank)
    }

    /// Whether nothing but a comment follows on the line.
    private func isLastOnLine(_ offset: Int) -> Bool {
        [0x0A, 0x0D, UInt8(ascii: "#")].contains(nextOnLine(offset))
    }

    private func indentation(_ offset: Int) -> String {
        String(decoding: bytes[lineStart(offset)...].prefix(while: \.isBlank), as: UTF8.self)
    }
}
