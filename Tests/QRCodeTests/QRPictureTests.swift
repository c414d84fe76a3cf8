import QRCode
import Testing

@Suite struct QRPictureTests {
    private let code: QRCode

    init() throws { code = try #require(QRCode("tedge")) }

    /// The modules that a picture shows, the quiet zone included; true is dark.
    private func modules(_ lines: [Substring], dark: [Character: [Bool]]) -> [[Bool]] {
        lines.flatMap { line in
            (0..<2).map { half in line.map { dark[$0]?[half] ?? false } }
        }
    }

    private var expected: [[Bool]] {
        (-4..<code.size + 4).map { y in (-4..<code.size + 4).map { code.isDark($0, y) } }
    }

    @Test("half blocks show two rows of modules in each line, with a light margin of four, in colours of their own")
    func coloured() {
        let lines = code.picture(.halfBlocks, isColoured: true).split(separator: "\n")
        #expect(lines.count == 15 && code.columns(.halfBlocks) == 29)
        #expect(lines.allSatisfy { $0.hasPrefix("\u{1B}[30;47m") && $0.hasSuffix("\u{1B}[0m") })
        let plain = lines.map { $0.dropFirst(8).dropLast(4) }
        #expect(plain.allSatisfy { $0.count == 29 })
        let dark: [Character: [Bool]] = [
            "█": [true, true], "▀": [true, false], "▄": [false, true], " ": [false, false],
        ]
        #expect(Array(modules(plain, dark: dark).prefix(29)) == expected)
    }

    @Test("without colours the characters are the light modules")
    func plain() {
        let lines = code.picture(.halfBlocks, isColoured: false).split(separator: "\n")
        let dark: [Character: [Bool]] = [
            " ": [true, true], "▄": [true, false], "▀": [false, true], "█": [false, false],
        ]
        #expect(Array(modules(lines, dark: dark).prefix(29)) == expected)
        #expect(lines.allSatisfy { !$0.contains("\u{1B}") })
    }

    @Test("in ASCII a module has two characters")
    func ascii() {
        let plain = code.picture(.ascii, isColoured: false).split(separator: "\n")
        #expect(code.columns(.ascii) == 58)
        #expect(plain.map { line in stride(from: 0, to: 58, by: 2).map { Array(line)[$0] == " " } } == expected)
        let coloured = code.picture(.ascii, isColoured: true)
        let shown = coloured.split(separator: "\n").map { line -> [Bool] in
            var (row, isDark): ([Bool], Bool) = ([], false)
            for part in line.split(separator: "\u{1B}") {
                if part.hasPrefix("[40m") { isDark = true } else if part.hasPrefix("[47m") { isDark = false }
                row += Array(repeating: isDark, count: part.filter { $0 == " " }.count / 2)
            }
            return row
        }
        #expect(shown == expected && coloured.utf8.allSatisfy { $0 < 0x80 })
    }
}
