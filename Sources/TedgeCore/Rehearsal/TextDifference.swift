/// The difference of two texts in the unified format of diff(1), with three lines of context.
struct TextDifference {
    private enum Line: Equatable {
        case same(Substring), removed(Substring), added(Substring)

        var text: String {
            switch self {
            case .same(let line): " \(line)"
            case .removed(let line): "-\(line)"
            case .added(let line): "+\(line)"
            }
        }

        var isChange: Bool { if case .same = self { false } else { true } }
    }

    private let lines: [Line]
    private static let context = 3
    /// Of longer texts only the parts that begin and end alike count as the same.
    private static let limit = 1 << 20

    /// Compares two texts line by line.
    init(_ before: String, _ after: String) {
        var old = Self.lines(of: before)[...]
        var new = Self.lines(of: after)[...]
        var (begin, end): ([Line], [Line]) = ([], [])
        while let line = old.first, line == new.first {
            begin.append(.same(line))
            (old, new) = (old.dropFirst(), new.dropFirst())
        }
        while let line = old.last, line == new.last {
            end.append(.same(line))
            (old, new) = (old.dropLast(), new.dropLast())
        }
        lines = begin + Self.compared(Array(old), Array(new)) + end.reversed()
    }

    private static func lines(of text: String) -> [Substring] {
        var lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        if lines.last == "" { lines.removeLast() }
        return lines
    }

    /// By the longest common subsequence.
    private static func compared(_ old: [Substring], _ new: [Substring]) -> [Line] {
        guard !old.isEmpty, !new.isEmpty, old.count * new.count <= limit else {
            return old.map(Line.removed) + new.map(Line.added)
        }
        var lengths = Array(repeating: Array(repeating: 0, count: new.count + 1), count: old.count + 1)
        for i in old.indices.reversed() {
            for j in new.indices.reversed() {
                lengths[i][j] =
                    old[i] == new[j] ? lengths[i + 1][j + 1] + 1 : max(lengths[i + 1][j], lengths[i][j + 1])
            }
        }
        var (lines, i, j): ([Line], Int, Int) = ([], 0, 0)
        while i < old.count || j < new.count {
            if i < old.count, j < new.count, old[i] == new[j] {
                lines.append(.same(old[i]))
                (i, j) = (i + 1, j + 1)
            } else if j == new.count || (i < old.count && lengths[i + 1][j] >= lengths[i][j + 1]) {
                lines.append(.removed(old[i]))
                i += 1
            } else {
                lines.append(.added(new[j]))
                j += 1
            }
        }
        return lines
    }

    /// The hunks; empty if the texts are the same.
    var text: String {
        var text = ""
        var index = 0
        var (oldLine, newLine) = (1, 1)
        while let first = lines[index...].firstIndex(where: \.isChange) {
            let begin = max(index, first - Self.context)
            (oldLine, newLine) = (oldLine + begin - index, newLine + begin - index)
            var end = first
            // Changes with little between them are one hunk.
            while let next = lines[end...].firstIndex(where: \.isChange), next - end <= 2 * Self.context {
                end = next + 1
            }
            end = min(lines.count, end + Self.context)
            let hunk = lines[begin..<end]
            let old = hunk.count { if case .added = $0 { false } else { true } }
            let new = hunk.count { if case .removed = $0 { false } else { true } }
            text += "@@ -\(Self.range(oldLine, old)) +\(Self.range(newLine, new)) @@\n"
            text += hunk.map { $0.text + "\n" }.joined()
            (oldLine, newLine, index) = (oldLine + old, newLine + new, end)
        }
        return text
    }

    private static func range(_ line: Int, _ count: Int) -> String {
        count == 1 ? "\(line)" : "\(count == 0 ? line - 1 : line),\(count)"
    }
}
