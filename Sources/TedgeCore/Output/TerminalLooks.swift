import Foundation

/// What the terminal on stdout can show, by the environment.
public struct TerminalLooks: Sendable, Equatable {
    /// Whether colours and symbols are wanted: on a terminal that knows them, in a UTF-8 locale, and without `NO_COLOR`.
    public let isColourful: Bool
    /// The columns of the terminal, from 20 on; nil without a terminal or where nobody knows them.
    public let columns: Int?

    /// Reads `NO_COLOR`, `TERM`, `COLUMNS`, `LC_ALL`, `LC_CTYPE` and `LANG`.
    ///
    /// - Parameters:
    ///   - isTerminal: Whether stdout is a terminal.
    ///   - size: The columns that the terminal itself tells; it is asked only when `COLUMNS` says nothing.
    public init(_ environment: [String: String], isTerminal: Bool, size: () -> Int? = { nil }) {
        let value = { (name: String) in environment[name].flatMap { $0.isEmpty ? nil : $0 } }
        let locale = (value("LC_ALL") ?? value("LC_CTYPE") ?? value("LANG") ?? "C").lowercased()
        let isUTF8 = locale.hasSuffix("utf-8") || locale.hasSuffix("utf8") || locale.contains("utf-8@")
        isColourful = isTerminal && isUTF8 && value("NO_COLOR") == nil && (value("TERM") ?? "dumb") != "dumb"
        let known = isTerminal ? value("COLUMNS").flatMap { Int($0) } ?? size() : nil
        columns = known.flatMap { $0 >= 20 ? $0 : nil }
    }

    /// The columns that the terminal on a descriptor tells (TIOCGWINSZ of ioctl_tty(2)).
    public static func columns(of descriptor: Int32) -> Int? {
        var size = winsize()
        guard unsafe ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return nil }
        return Int(size.ws_col)
    }
}
