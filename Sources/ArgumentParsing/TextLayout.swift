/// Breaks lines and lines up columns.
public enum TextLayout {
    /// The default width of a line of help, in columns.
    public static let width = 100
    /// The widest label that shares its line with its text, of a line of so many columns.
    static func widestLabel(in width: Int) -> Int { width * 34 / 100 }

    /// Breaks the lines of a text at spaces so that none has more than `width` columns, if its words allow that.
    ///
    /// A line that is too long goes on below the text behind its first gap of two or more spaces, or else at its indentation.
    static func wrap(_ text: String, width: Int = width) -> [String] {
        text.split(separator: "\n", omittingEmptySubsequences: false).flatMap { wrap(line: $0, width: width) }
    }

    private static func wrap(line: Substring, width: Int) -> [String] {
        guard line.count > width else { return [String(line)] }
        let hang = min(continuationColumn(of: line), width / 2)
        let margin = String(repeating: " ", count: hang)
        var lines: [String] = []
        var current = String(line.prefix(hang))
        var hasWord = false
        for word in line.dropFirst(hang).split(separator: " ") {
            if hasWord, current.count + 1 + word.count > width {
                lines.append(current)
                (current, hasWord) = (margin, false)
            }
            current += (hasWord ? " " : "") + word
            hasWord = true
        }
        return lines + [current]
    }

    /// The column at which a line that is too long goes on.
    private static func continuationColumn(of line: Substring) -> Int {
        let indentation = line.prefix { $0 == " " }.count
        var spaces = 0
        for (column, letter) in line.enumerated().dropFirst(indentation) {
            if letter == " " {
                spaces += 1
            } else if spaces >= 2 {
                return column
            } else {
                spaces = 0
            }
        }
        return indentation
    }

    /// One row of a table. The note follows the text, on lines of its own if both do not fit on one.
    struct Row {
        var label: String
        var text: String
        var note = ""
    }

    /// The rows as lines; the texts begin in one column, below their label if that is too wide.
    static func columns(_ rows: [Row], width: Int = width) -> [String] {
        let widestLabel = widestLabel(in: width)
        let widest = rows.map(\.label.count).filter { $0 <= widestLabel }.max() ?? 0
        let margin = String(repeating: " ", count: widest + 4)
        return rows.flatMap { row in
            let isWide = row.label.count > widestLabel
            let padding = String(repeating: " ", count: isWide ? 0 : widest - row.label.count + 2)
            let texts = texts(of: row, width: width - margin.count)
            let beside = isWide ? "" : texts.first ?? ""
            let below = isWide ? texts : Array(texts.dropFirst())
            return [String("  \(row.label)\(padding)\(beside)".trimmingTrailingSpaces)] + below.map { margin + $0 }
        }
    }

    private static func texts(of row: Row, width: Int) -> [String] {
        let both = [row.text, row.note].filter { !$0.isEmpty }
        let line = both.joined(separator: " ")
        return line.count <= width ? [line] : both.flatMap { wrap($0, width: width) }
    }
}

extension String {
    fileprivate var trimmingTrailingSpaces: Substring {
        var rest = self[...]
        while rest.last == " " { rest.removeLast() }
        return rest
    }
}
