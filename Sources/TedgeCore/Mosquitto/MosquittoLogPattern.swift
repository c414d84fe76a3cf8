/// What mosquitto writes to its log, in the versions 2.0.11 to 2.1.2 (their `log__printf`).
enum MosquittoLogPattern {
    /// The lines of the last start, from "mosquitto version … starting" on; all if none is there.
    static func lastStart(_ lines: [String]) -> [String] {
        // mosquitto 2.1 says that it terminates also after an error in its configuration.
        let lines = lines[..<(lines.lastIndex { !isEnd($0) }.map { $0 + 1 } ?? 0)]
        let start = lines.lastIndex { isStart($0) }
        // Errors in the configuration precede this line, after the end of the broker that ran before.
        let end = lines.lastIndex { isEnd($0) }
        let begin = max(start ?? 0, end.map { $0 + 1 } ?? 0)
        return Array(lines[begin...])
    }

    private static func isEnd(_ line: String) -> Bool {
        line.contains("mosquitto version ") && line.hasSuffix(" terminating")
    }

    private static func isStart(_ line: String) -> Bool {
        line.contains("mosquitto version ") && line.hasSuffix(" starting")
    }

    /// The lines of the first error: the error, where it was found, and what OpenSSL says about it. Deprecations and other
    /// warnings are not errors.
    static func errors(_ lines: [String]) -> [String] {
        let texts = lines.map { withoutTime($0) }.filter { !$0.isEmpty }
        let errors = texts.filter(isError)
        // mosquitto also names the line that includes the file with the error, which is right.
        var found: [String] = []
        var trailing: [String] = []
        for text in errors where !found.contains(text) {
            if text.hasPrefix("Error found at "), found.contains(where: { $0.hasPrefix("Error found at ") }) {
                continue
            }
            if text.hasPrefix("OpenSSL Error") { trailing.append(text) } else { found.append(text) }
        }
        return found + trailing
    }

    /// The last two lines except for the start, for a mosquitto that ended without naming an error.
    static func tail(_ lines: [String]) -> [String] {
        lines.map { withoutTime($0) }.filter { !$0.isEmpty && !isStart($0) }.suffix(2)
    }

    /// Whether a line is an error. One after which mosquitto goes on is not.
    static func isError(_ text: String) -> Bool {
        if text.hasPrefix("Warning: ") || text.contains("Unable to open log file") { return false }
        if text.contains("is now deprecated") || text.contains("Future versions will refuse") { return false }
        return text.contains("Error") || text.contains("error") || text.hasPrefix("Failed ")
            || text.hasPrefix("If you are trying to bind to a privileged port")
    }

    /// The file and line of `Error found at FILE:LINE.`; version 2.1 quotes some of them.
    static func place(_ text: String) -> String? {
        guard text.hasPrefix("Error found at "), text.hasSuffix(".") else { return nil }
        let place = text.dropFirst("Error found at ".count).dropLast()
        return place.hasPrefix("'") && place.hasSuffix("'") ? String(place.dropFirst().dropLast()) : String(place)
    }

    /// A line without the time that it begins with, in any `log_timestamp_format`: everything up to a colon and a blank that
    /// consists of digits, names of days, months and zones, and the literal words of the format.
    static func withoutTime(_ line: String, format: String? = nil) -> String {
        let own = format.map(ownWords) ?? []
        var text = line[...]
        var rest = line[...]
        while let colon = rest.firstRange(of: ": ") {
            rest = rest[colon.upperBound...]
            if isTime(line[..<colon.lowerBound], own) { text = rest } else { break }
        }
        return String(text)
    }

    private static func isTime(_ text: Substring, _ own: Set<String>) -> Bool {
        guard text.count(where: { $0.isASCII && $0.isNumber }) >= 4 else { return text == "Time error" }
        return text.split { !$0.isLetter && !$0.isNumber }.allSatisfy { word in
            word.allSatisfy(\.isNumber) || names.contains(word.lowercased()) || own.contains(String(word))
                // Such as `26T10` and `07Z`.
                || (word.first?.isNumber == true && word.count(where: \.isLetter) <= 2)
                || (word.count <= 5 && word.allSatisfy { $0.isUppercase && $0.isASCII })
        }
    }

    /// The literal words of a format of strftime(3).
    private static func ownWords(_ format: String) -> Set<String> {
        var plain = ""
        var isConversion = false
        for character in format {
            if isConversion {
                // Flags and modifiers stand before the letter.
                isConversion = "-_0^#EO".contains(character)
            } else if character == "%" {
                isConversion = true
                plain += " "
            } else {
                plain.append(character)
            }
        }
        return Set(plain.split { !$0.isLetter && !$0.isNumber }.map(String.init))
    }

    private static let names: Set<String> = {
        let long = [
            "monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday", "january", "february",
            "march",
            "april", "may", "june", "july", "august", "september", "october", "november", "december", "am", "pm",
        ]
        return Set(long + long.map { String($0.prefix(3)) })
    }()
}
