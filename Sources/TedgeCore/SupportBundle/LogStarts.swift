/// The log of a service, start by start: of each start the first lines, which say what it began with, and the last ones, which
/// say how it ended.
struct LogStarts {
    /// How many of its last starts are kept.
    static let starts = 8
    /// How many of the first and of the last lines of a start are kept.
    private static let (first, last) = (10, 60)

    /// The lines of a log from start to start. What stands before the first one is the rest of an earlier start.
    static func split(_ lines: [String], isStart: (String) -> Bool) -> [[String]] {
        var parts: [[String]] = []
        for line in lines {
            if parts.isEmpty || isStart(line) { parts.append([]) }
            parts[parts.count - 1].append(line)
        }
        return parts
    }

    /// The text of the last starts, with a heading for each.
    static func text(_ parts: [[String]]) -> String {
        let kept = parts.filter { !$0.isEmpty }.suffix(starts)
        return kept.enumerated().map { index, lines in
            "== start \(index + 1) of \(kept.count) ==\n" + shortened(lines).map { "\($0)\n" }.joined()
        }.joined(separator: "\n")
    }

    private static func shortened(_ lines: [String]) -> [String] {
        guard lines.count > first + last else { return lines }
        return lines.prefix(first) + ["(\(lines.count - first - last) lines are left out)"] + lines.suffix(last)
    }

    /// Whether mosquitto says in this line that it starts.
    static func isStartOfMosquitto(_ line: String) -> Bool {
        line.contains("mosquitto version ") && line.hasSuffix(" starting")
    }

    /// The ids of a unit's starts in the JSON lines of journalctl, each once, in their order (systemd.journal-fields(7),
    /// `INVOCATION_ID`).
    static func invocations(in text: String) -> [String] {
        var found: [String] = []
        let name = "\"INVOCATION_ID\":\""
        for line in text.split(separator: Character("\n")) {
            guard let begin = line.firstRange(of: name) else { continue }
            let id = String(line[begin.upperBound...].prefix { $0.isHexDigit })
            if id.utf8.count == 32, !found.contains(id) { found.append(id) }
        }
        return found
    }
}
