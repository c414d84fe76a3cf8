extension QRCode {
    /// How a terminal shows a code.
    public enum Look: Sendable, Equatable {
        /// Two modules in each character, one above the other: the half blocks of Unicode.
        case halfBlocks
        /// One module in two ASCII characters.
        case ascii
    }

    /// The light margin that the standard demands, in modules.
    static let quietZone = 4

    /// The columns that the picture takes.
    public func columns(_ look: Look) -> Int {
        let width = size + 2 * Self.quietZone
        return look == .ascii ? 2 * width : width
    }

    /// The code with its quiet zone as lines of text; each ends with a line feed.
    ///
    /// - Parameter isColoured: Whether the terminal takes colours. With colours the picture has its own background, so that
    ///   dark modules are dark on each terminal. Without them, the characters are the light modules, which is right on a dark
    ///   terminal; most readers read the inverted picture of a light one, too.
    public func picture(_ look: Look, isColoured: Bool) -> String {
        let range = -Self.quietZone..<size + Self.quietZone
        switch look {
        case .halfBlocks:
            return stride(from: range.lowerBound, to: range.upperBound, by: 2).map { y in
                let line = range.map { x in
                    let isBelow = isDark(x, y + 1)
                    return Self.block(isDark(x, y) == isColoured, isBelow == isColoured)
                }
                // The colours are black on white (ECMA-48, SGR).
                return isColoured ? "\u{1B}[30;47m\(line.joined())\u{1B}[0m\n" : line.joined() + "\n"
            }.joined()
        case .ascii:
            return range.map { y in
                guard isColoured else { return range.map { isDark($0, y) ? "  " : "##" }.joined() + "\n" }
                var line = ""
                var shown: Bool?
                for x in range {
                    if isDark(x, y) != shown { line += isDark(x, y) ? "\u{1B}[40m" : "\u{1B}[47m" }
                    shown = isDark(x, y)
                    line += "  "
                }
                return line + "\u{1B}[0m\n"
            }.joined()
        }
    }

    /// The character with this upper and lower half.
    private static func block(_ isAbove: Bool, _ isBelow: Bool) -> String {
        switch (isAbove, isBelow) {
        case (true, true): "\u{2588}"
        case (true, false): "\u{2580}"
        case (false, true): "\u{2584}"
        case (false, false): " "
        }
    }
}
