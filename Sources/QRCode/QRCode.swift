/// A QR code (ISO/IEC 18004) of a short text, in byte mode with the lowest level of error correction, which screens need no more
/// than.
public struct QRCode: Sendable {
    /// The number of modules on a side, without the quiet zone.
    public private(set) var size: Int
    private var dark: [Bool]
    private var isFunction: [Bool]

    /// Whether a module is dark; false outside of the code.
    public func isDark(_ x: Int, _ y: Int) -> Bool {
        x >= 0 && y >= 0 && x < size && y < size && dark[y * size + x]
    }

    /// Makes the smallest code that holds a text; nil if the text is longer than 2953 bytes.
    public init?(_ text: String) {
        let bytes = Array(text.utf8)
        guard let version = Version.all.first(where: { $0.capacity >= bytes.count }) else { return nil }
        size = version.size
        dark = Array(repeating: false, count: size * size)
        isFunction = dark
        drawFunctions(of: version)
        place(version.codewords(of: bytes))
        let masks = (0..<8).map { masked($0) }
        let best = masks.indices.min { masks[$0].penalty < masks[$1].penalty } ?? 0
        self = masks[best]
    }

    // MARK: Patterns that every code has

    private mutating func set(_ x: Int, _ y: Int, _ value: Bool) {
        dark[y * size + x] = value
        isFunction[y * size + x] = true
    }

    private mutating func drawFunctions(of version: Version) {
        for index in 0..<size {
            set(6, index, index % 2 == 0)
            set(index, 6, index % 2 == 0)
        }
        for (x, y) in [(3, 3), (size - 4, 3), (3, size - 4)] { drawFinder(x, y) }
        let positions = version.alignments
        for x in positions {
            for y in positions where !isFinder(x, y) { drawAlignment(x, y) }
        }
        drawFormat(mask: 0)
        if version.number >= 7 { drawVersion(version.number) }
    }

    /// A finder with its separator, around its centre.
    private mutating func drawFinder(_ x: Int, _ y: Int) {
        for dy in -4...4 {
            for dx in -4...4 where (0..<size).contains(x + dx) && (0..<size).contains(y + dy) {
                let distance = max(abs(dx), abs(dy))
                set(x + dx, y + dy, distance != 2 && distance != 4)
            }
        }
    }

    private func isFinder(_ x: Int, _ y: Int) -> Bool {
        (x == 6 && y == 6) || (x == 6 && y == size - 7) || (x == size - 7 && y == 6)
    }

    private mutating func drawAlignment(_ x: Int, _ y: Int) {
        for dy in -2...2 {
            for dx in -2...2 { set(x + dx, y + dy, max(abs(dx), abs(dy)) != 1) }
        }
    }

    /// The level of error correction and the mask, twice, with a BCH code of their own.
    private mutating func drawFormat(mask: Int) {
        // Level L is 01.
        let data = 1 << 3 | mask
        var rest = data
        for _ in 0..<10 { rest = rest << 1 ^ (rest >> 9) * 0x537 }
        let bits = (data << 10 | rest) ^ 0x5412
        func bit(_ index: Int) -> Bool { bits >> index & 1 == 1 }
        for index in 0...5 { set(8, index, bit(index)) }
        set(8, 7, bit(6))
        set(8, 8, bit(7))
        set(7, 8, bit(8))
        for index in 9..<15 { set(14 - index, 8, bit(index)) }
        for index in 0..<8 { set(size - 1 - index, 8, bit(index)) }
        for index in 8..<15 { set(8, size - 15 + index, bit(index)) }
        set(8, size - 8, true)
    }

    private mutating func drawVersion(_ number: Int) {
        var rest = number
        for _ in 0..<12 { rest = rest << 1 ^ (rest >> 11) * 0x1F25 }
        let bits = number << 12 | rest
        for index in 0..<18 {
            let (a, b) = (size - 11 + index % 3, index / 3)
            set(a, b, bits >> index & 1 == 1)
            set(b, a, bits >> index & 1 == 1)
        }
    }

    // MARK: Data

    /// Places the bits in columns of two, upwards and downwards, from the right.
    private mutating func place(_ codewords: [UInt8]) {
        var index = 0
        var column = size - 1
        while column >= 1 {
            if column == 6 { column = 5 }
            for step in 0..<size {
                for side in 0..<2 {
                    let x = column - side
                    let isUpwards = (column + 1) & 2 == 0
                    let y = isUpwards ? size - 1 - step : step
                    guard !isFunction[y * size + x], index < codewords.count * 8 else { continue }
                    dark[y * size + x] = codewords[index / 8] >> (7 - index % 8) & 1 == 1
                    index += 1
                }
            }
            column -= 2
        }
    }

    private func masked(_ mask: Int) -> QRCode {
        var code = self
        for y in 0..<size {
            for x in 0..<size where !isFunction[y * size + x] && Self.inverts(mask, x, y) {
                code.dark[y * size + x].toggle()
            }
        }
        code.drawFormat(mask: mask)
        return code
    }

    private static func inverts(_ mask: Int, _ x: Int, _ y: Int) -> Bool {
        switch mask {
        case 0: (x + y) % 2 == 0
        case 1: y % 2 == 0
        case 2: x % 3 == 0
        case 3: (x + y) % 3 == 0
        case 4: (x / 3 + y / 2) % 2 == 0
        case 5: x * y % 2 + x * y % 3 == 0
        case 6: (x * y % 2 + x * y % 3) % 2 == 0
        default: ((x + y) % 2 + x * y % 3) % 2 == 0
        }
    }

    /// How hard the code is to read: runs, blocks, what looks like a finder, and an uneven share of dark modules.
    private var penalty: Int {
        var result = 0
        let finders: [[Bool]] = [
            [true, false, true, true, true, false, true, false, false, false, false],
            [false, false, false, false, true, false, true, true, true, false, true],
        ]
        for isColumn in [false, true] {
            for line in 0..<size {
                let modules = (0..<size).map { isColumn ? isDark(line, $0) : isDark($0, line) }
                var run = 0
                for index in modules.indices {
                    run = index > 0 && modules[index] == modules[index - 1] ? run + 1 : 1
                    if run == 5 { result += 3 } else if run > 5 { result += 1 }
                    if index + 11 <= size, finders.contains(Array(modules[index..<index + 11])) { result += 40 }
                }
            }
        }
        for y in 0..<size - 1 {
            for x in 0..<size - 1 {
                let value = isDark(x, y)
                if isDark(x + 1, y) == value, isDark(x, y + 1) == value, isDark(x + 1, y + 1) == value { result += 3 }
            }
        }
        let share = dark.count { $0 } * 20 - size * size * 10
        return result + abs(share) / (size * size) * 10
    }
}

extension QRCode {
    /// A size of code with error correction of level L (tables 1, 7 and 9 of the standard).
    private struct Version {
        /// 1 to 40.
        let number: Int

        static let all = (1...40).map { Version(number: $0) }

        var size: Int { 17 + 4 * number }

        /// How many bytes of text it holds.
        var capacity: Int { dataCount - (number < 10 ? 2 : 3) }

        private static let corrections = [
            7, 10, 15, 20, 26, 18, 20, 24, 30, 18, 20, 24, 26, 30, 22, 24, 28, 30, 28, 28, 28, 28, 30, 30, 26, 28, 30,
            30, 30, 30,
            30, 30, 30, 30, 30, 30, 30, 30, 30, 30,
        ]
        private static let blockCounts = [
            1, 1, 1, 1, 1, 2, 2, 2, 2, 4, 4, 4, 4, 4, 6, 6, 6, 6, 7, 8, 8, 9, 9, 10, 12, 12, 12, 13, 14, 15, 16, 17, 18,
            19, 19,
            20, 21, 22, 24, 25,
        ]

        private var correction: Int { Self.corrections[number - 1] }
        private var blocks: Int { Self.blockCounts[number - 1] }

        /// All codewords, those of the error correction included.
        private var count: Int {
            var modules = (16 * number + 128) * number + 64
            if number >= 2 {
                let positions = number / 7 + 2
                modules -= (25 * positions - 10) * positions - 55
                if number >= 7 { modules -= 36 }
            }
            return modules / 8
        }

        private var dataCount: Int { count - correction * blocks }

        /// Where the alignment patterns have their centres, in both directions.
        var alignments: [Int] {
            guard number > 1 else { return [] }
            let count = number / 7 + 2
            let step = number == 32 ? 26 : (number * 4 + count * 2 + 1) / (count * 2 - 2) * 2
            return [6] + (0..<count - 1).map { size - 7 - $0 * step }.reversed()
        }

        /// The text as codewords of data and error correction, in the order in which they are placed.
        func codewords(of bytes: [UInt8]) -> [UInt8] {
            var bits: [Bool] = []
            func append(_ value: Int, _ count: Int) {
                for index in (0..<count).reversed() { bits.append(value >> index & 1 == 1) }
            }
            append(4, 4)
            append(bytes.count, number < 10 ? 8 : 16)
            for byte in bytes { append(Int(byte), 8) }
            append(0, min(4, dataCount * 8 - bits.count))
            append(0, (8 - bits.count % 8) % 8)
            var data = stride(from: 0, to: bits.count, by: 8).map { start in
                bits[start..<start + 8].reduce(UInt8(0)) { $0 << 1 | ($1 ? 1 : 0) }
            }
            let filler: [UInt8] = [0xEC, 0x11]
            for index in 0..<dataCount - data.count { data.append(filler[index % 2]) }
            return interleaved(data)
        }

        private func interleaved(_ data: [UInt8]) -> [UInt8] {
            let short = dataCount / blocks
            let longCount = dataCount % blocks
            let divisor = ReedSolomon.divisor(degree: correction)
            var parts: [(data: ArraySlice<UInt8>, correction: [UInt8])] = []
            var rest = data[...]
            for index in 0..<blocks {
                let part = rest.prefix(short + (index < blocks - longCount ? 0 : 1))
                rest = rest.dropFirst(part.count)
                parts.append((part, ReedSolomon.remainder(of: part, divisor)))
            }
            var result: [UInt8] = []
            for index in 0...short {
                for part in parts where index < part.data.count {
                    result.append(part.data[part.data.startIndex + index])
                }
            }
            for index in 0..<correction {
                for part in parts { result.append(part.correction[index]) }
            }
            return result
        }
    }
}

/// Reed-Solomon codes over the field of 256 elements with the polynomial 0x11D.
private enum ReedSolomon {
    static func divisor(degree: Int) -> [UInt8] {
        var result = Array(repeating: UInt8(0), count: degree - 1) + [1]
        var root: UInt8 = 1
        for _ in 0..<degree {
            for index in result.indices {
                result[index] = product(result[index], root)
                if index + 1 < degree { result[index] ^= result[index + 1] }
            }
            root = product(root, 2)
        }
        return result
    }

    static func remainder(of data: ArraySlice<UInt8>, _ divisor: [UInt8]) -> [UInt8] {
        var result = Array(repeating: UInt8(0), count: divisor.count)
        for byte in data {
            let factor = byte ^ result.removeFirst()
            result.append(0)
            for index in divisor.indices { result[index] ^= product(divisor[index], factor) }
        }
        return result
    }

    private static func product(_ a: UInt8, _ b: UInt8) -> UInt8 {
        var result = 0
        for index in (0..<8).reversed() {
            result = result << 1 ^ (result >> 7) * 0x11D
            result ^= Int(b >> index & 1) * Int(a)
        }
        return UInt8(result)
    }
}
