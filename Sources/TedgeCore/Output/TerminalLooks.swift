import Foundation

/// The capabilities of the terminal on stdout, according to the environment.
public struct TerminalLooks: Sendable, Equatable {
    /// Whether to use colours and symbols: on a terminal that supports them, in a UTF-8 locale, and without `NO_COLOR`.
    public let isColourful: Bool
    /// Whether there is a terminal.
    public let isTerminal: Bool
    /// Whether the terminal is in a UTF-8 locale and supports more than plain text.
    public let isUTF8: Bool
    /// Whether to use colours, whatever the locale is.
    public let hasColours: Bool
    /// The columns of the terminal, at least 20; nil if there is no terminal or the number is unknown.
    public let columns: Int?

    /// Reads `NO_COLOR`, `TERM`, `COLUMNS`, `LC_ALL`, `LC_CTYPE` and `LANG`.
    ///
    /// - Parameters:
    ///   - isTerminal: Whether stdout is a terminal.
    ///   - size: Returns the columns that the terminal reports; called only if `COLUMNS` is not usable.
    public init(_ environment: [String: String], isTerminal: Bool, size: () -> Int? = { nil }) {
        let value = { (name: String) in environment[name].flatMap { $0.isEmpty ? nil : $0 } }
        let locale = (value("LC_ALL") ?? value("LC_CTYPE") ?? value("LANG") ?? "C").lowercased()
        let isSmart = isTerminal && (value("TERM") ?? "dumb") != "dumb"
        self.isTerminal = isTerminal
        isUTF8 = isSmart && (locale.hasSuffix("utf-8") || locale.hasSuffix("utf8") || locale.contains("utf-8@"))
        hasColours = isSmart && value("NO_COLOR") == nil
        isColourful = isUTF8 && hasColours
        let known = isTerminal ? value("COLUMNS").flatMap { Int($0) } ?? size() : nil
        columns = known.flatMap { $0 >= 20 ? $0 : nil }
    }

    /// The columns that the terminal on a descriptor reports (TIOCGWINSZ of ioctl_tty(2)).
    public static func columns(of descriptor: Int32) -> Int? {
        var size = winsize()
        guard unsafe ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return nil }
        return Int(size.ws_col)
    }
}
