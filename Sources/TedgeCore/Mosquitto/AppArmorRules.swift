/// Rules that let a program read files (apparmor.d(5)).
enum AppArmorRules {
    /// The rule for a file.
    static func file(_ path: String) -> [String] { isUsable(path) ? ["\(quoted(escaped(path))) r,"] : [] }

    /// The rules for a directory and everything below it.
    static func directory(_ path: String) -> [String] {
        let base = escaped(path.hasSuffix("/") ? String(path.dropLast()) : path) + "/"
        return isUsable(path) ? ["\(quoted(base)) r,", "\(quoted(base + "**")) r,"] : []
    }

    /// Whether rules let a path be read. Only rules as they are made here are understood.
    static func allow(_ path: String, _ rules: [String]) -> Bool {
        let rules = Set(rules)
        if file(path).contains(where: rules.contains) || directory(path).first.map(rules.contains) == true {
            return true
        }
        var parent = Path.directory(of: path)
        while parent != "/" {
            if directory(parent).last.map(rules.contains) == true { return true }
            parent = Path.directory(of: parent)
        }
        return false
    }

    /// No rule spans several lines.
    private static func isUsable(_ path: String) -> Bool {
        path.hasPrefix("/") && !path.unicodeScalars.contains { $0.value < 0x20 || $0.value == 0x7F }
    }

    private static func escaped(_ path: String) -> String {
        path.reduce(into: "") { text, character in
            if "\\*?[]{}^\"".contains(character) { text.append("\\") }
            text.append(character)
        }
    }

    private static func quoted(_ path: String) -> String {
        let isPlain = path.utf8.allSatisfy { byte in
            (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
                || "/._-+*".utf8.contains(byte)
        }
        return isPlain ? path : "\"\(path)\""
    }
}

/// Our lines in the file with the owner's additions to a profile. The package's removal takes them out again.
enum AppArmorBlock {
    static let begin = "# BEGIN tedge-swift"
    static let end = "# END tedge-swift"

    /// The rules between our lines; nil if there are none.
    static func rules(in text: String) -> [String]? {
        let lines = text.split(separator: Character("\n"), omittingEmptySubsequences: false)
        return range(in: lines).map { lines[$0].dropFirst().dropLast().map(String.init) }
    }

    /// The text with other rules between our lines, which are added at the end if they are missing. Everything else stays.
    static func replacing(_ text: String, with rules: [String]) -> String {
        var lines = text.split(separator: Character("\n"), omittingEmptySubsequences: false).map(String.init)
        let block = [begin] + rules + [end]
        if let range = range(in: lines) {
            lines.replaceSubrange(range, with: block)
            return lines.joined(separator: "\n")
        }
        let separator = text.isEmpty || text.hasSuffix("\n") ? "" : "\n"
        return text + separator + block.joined(separator: "\n") + "\n"
    }

    private static func range(in lines: [some StringProtocol]) -> ClosedRange<Int>? {
        guard let first = lines.lastIndex(where: { $0 == begin }),
            let last = lines[first...].firstIndex(where: { $0 == end })
        else { return nil }
        return first...last
    }
}

/// A file access that AppArmor denied mosquitto, from a line of the kernel's audit.
struct AppArmorDenial: Equatable {
    /// The path.
    let path: String
    /// What was denied, as a rule names it: `r` for reading.
    let access: String

    /// The rule that allows it.
    var rule: String { "\(path) \(access)," }

    /// The last denial to mosquitto in lines of the journal that `isKnown` does not explain.
    static func last(in lines: [String], besides isKnown: (AppArmorDenial) -> Bool) -> AppArmorDenial? {
        lines.reversed().lazy.compactMap(AppArmorDenial.init).first { !isKnown($0) }
    }

    init?(_ line: String) {
        guard line.contains("apparmor=\"DENIED\""), line.contains("comm=\"mosquitto\""),
            let path = Self.value("name", in: line), path.hasPrefix("/")
        else { return nil }
        // The kernel also knows creating and deleting, which are writing in a rule.
        let denied = Self.value("denied_mask", in: line) ?? "r"
        let mask: [Character] = denied.map { "cd".contains($0) ? "w" : $0 }
        let letters = "rwaklmx".filter { mask.contains($0) }
        (self.path, access) = (path, letters.isEmpty ? "r" : letters)
    }

    init(path: String, access: String) { (self.path, self.access) = (path, access) }

    /// The value of a field: between quotes, or as hexadecimal digits if it has unusual characters.
    private static func value(_ key: String, in line: String) -> String? {
        guard let start = line.firstRange(of: " \(key)=") else { return nil }
        let rest = line[start.upperBound...]
        if rest.first == "\"" { return String(rest.dropFirst().prefix { $0 != "\"" }) }
        let digits = Array(rest.prefix { $0.isHexDigit })
        guard digits.count > 1, digits.count % 2 == 0 else { return nil }
        let bytes = stride(from: 0, to: digits.count, by: 2).compactMap {
            UInt8(String(digits[$0..<$0 + 2]), radix: 16)
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
