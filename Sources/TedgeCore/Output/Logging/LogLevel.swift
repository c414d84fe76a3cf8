import TOML

/// How important a message on stderr is. Errors are always printed.
public enum LogLevel: String, CaseIterable, Sendable, Comparable {
    /// Only errors.
    case error
    /// Also warnings and advice: the default level.
    case warn
    /// Also changes: files written, programs run.
    case info
    /// Also reads: files read, messages and requests sent and received.
    case debug
    /// Also the output of programs.
    case trace

    /// A level is less than the levels that print more.
    public static func < (one: LogLevel, other: LogLevel) -> Bool {
        one.position < other.position
    }

    private var position: Int { Self.allCases.firstIndex(of: self) ?? 0 }
}

extension LogLevel {
    /// The default level: that of `RUST_LOG`, else of `tedge` in the table `[log]` of `system.toml`, else `warn`.
    ///
    /// Invalid values are ignored: another command reports what is wrong with the file.
    static func configured(_ environment: [String: String], _ path: String, _ files: any Files) -> LogLevel {
        if let level = environment["RUST_LOG"].flatMap(ofDirectives) { return level }
        // Every command reads the file, so it is parsed only if it can contain a level.
        guard let bytes = try? files.readIfPresent(path), bytes.holds("log"),
            let root = try? TOMLDocument(parsing: bytes).root, case .table(let table)? = root["log"],
            case .string(let word)? = table["tedge"]
        else { return .warn }
        return LogLevel(rawValue: word.lowercased()) ?? .warn
    }

    /// The level of directives such as `debug` or `info,tedge=trace`: that of `tedge`, else the general one.
    private static func ofDirectives(_ text: String) -> LogLevel? {
        let directives = text.split(separator: ",").map { $0.split(separator: "=", omittingEmptySubsequences: false) }
        let own = directives.last { $0.count == 2 && $0[0] == "tedge" }?[1]
        return (own ?? directives.last { $0.count == 1 }?[0]).flatMap { LogLevel(rawValue: $0.lowercased()) }
    }
}

extension [UInt8] {
    fileprivate func holds(_ word: StaticString) -> Bool {
        let word = Array("\(word)".utf8)
        return indices.contains { self[$0...].starts(with: word) }
    }
}
