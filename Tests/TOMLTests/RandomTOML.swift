@testable import TOML
import TestSupport

/// Text that TOML can hold: controls, quotes, line ends, letters of any plane, marks that combine.
func randomText(_ numbers: inout Numbers) -> String {
    var scalars = String.UnicodeScalarView()
    for _ in 0..<Int.random(in: 0...12, using: &numbers) {
        let number: UInt32 =
            switch numbers.next() % 4 {
            case 0: UInt32.random(in: 0...0x20, using: &numbers)
            case 1: UInt32(numbers.one(of: Array("\"'\\#=.[]{},\u{7F}".unicodeScalars)).value)
            case 2: UInt32.random(in: 0x20...0x7E, using: &numbers)
            default: numbers.one(of: [0xE9, 0x301, 0x2028, 0xFEFF, 0xFFFF, 0x1F600, 0x10FFFF, 0x85])
            }
        if let scalar = Unicode.Scalar(number) { scalars.append(scalar) }
    }
    return String(scalars)
}

/// Text of any Unicode scalars at all, now and then of those that need care.
func anyText(_ numbers: inout Numbers) -> String {
    var scalars = String.UnicodeScalarView(randomText(&numbers).unicodeScalars)
    for _ in 0..<Int.random(in: 0...12, using: &numbers) {
        let number = UInt32.random(in: 0...(numbers.once(in: 2) ? 0x10FFFF : 0x3000), using: &numbers)
        if let scalar = Unicode.Scalar(number) { scalars.append(scalar) }
    }
    return String(scalars)
}

/// A value of any kind.
func randomValue(_ numbers: inout Numbers, depth: Int = 0) -> TOMLValue {
    switch numbers.next() % (depth < 3 ? 9 : 7) {
    case 0: return .integer(Int64(bitPattern: numbers.next()) >> Int64(numbers.next() % 64))
    case 1:
        return .float(
            numbers.one(of: [0.1, -0.0, 1e300, .leastNonzeroMagnitude, .infinity, .nan, 123_456_789.123, 1e16, -2]))
    case 2: return .boolean(numbers.once(in: 2))
    case 3:
        let date = TOMLLocalDate(year: Int(numbers.next() % 10_000), month: 1 + Int(numbers.next() % 12), day: 28)
        return date.map(TOMLValue.localDate) ?? 0
    case 4:
        let time = TOMLLocalTime(hour: 23, minute: 1, second: 5, nanosecond: Int(numbers.next() % 1000) * 1_000_000)
        return time.map(TOMLValue.localTime) ?? 0
    case 7: return .array((0..<numbers.next() % 4).map { _ in randomValue(&numbers, depth: depth + 1) })
    case 8:
        var table = TOMLTable()
        for _ in 0..<numbers.next() % 4 { table[randomText(&numbers)] = randomValue(&numbers, depth: depth + 1) }
        return .table(table)
    default: return .string(randomText(&numbers))
    }
}

/// An inline table as TOML 1.1 allows it: over lines, with comments, with a comma at its end.
func spreadTable(_ names: [String], _ lineBreak: String, _ numbers: inout Numbers) -> String {
    var text = "{"
    func gap(_ numbers: inout Numbers) -> String {
        numbers.one(of: ["", " ", lineBreak, "\(lineBreak)  ", " # c\(lineBreak)\(lineBreak)\t"])
    }
    for _ in 0..<numbers.next() % 4 {
        if text != "{" { text += "," }
        let key = (0...numbers.next() % 2).map { _ in numbers.one(of: names) }.joined(separator: ".")
        text += gap(&numbers) + key + " = "
        text += numbers.once(in: 3) ? spreadTable(names, lineBreak, &numbers) : Spelling.value(randomValue(&numbers))
        text += gap(&numbers)
    }
    if text != "{", numbers.once(in: 2) { text += "," }
    return text + gap(&numbers) + "}"
}

/// A document as a person may write it: comments, blank lines, headers, dotted keys, inline tables.
///
/// - Parameter isNewer: Whether there is what is new in TOML 1.1.
func randomDocument(_ numbers: inout Numbers, isNewer: Bool = false) -> String {
    let names = ["a", "b", "c8y", "url", "x-y", "\"q k\"", "'l.k'"]
    let lineBreak = numbers.once(in: 3) ? "\r\n" : "\n"
    var lines: [String] = []
    for _ in 0..<Int.random(in: 0...12, using: &numbers) {
        let blank = numbers.one(of: ["", " ", "\t"])
        let key = (0...numbers.next() % 3).map { _ in numbers.one(of: names) }.joined(
            separator: numbers.one(of: [".", " . "]))
        switch numbers.next() % 7 {
        case 0: lines.append("\(blank)# \(numbers.one(of: names))")
        case 1: lines.append("")
        case 2: lines.append("[\(key)]\(blank)")
        case 3 where numbers.once(in: 3): lines.append("[[\(key)]]")
        case 4...6 where isNewer: lines.append("\(blank)\(key) = \(spreadTable(names, lineBreak, &numbers))\(blank)# c")
        default: lines.append("\(blank)\(key)\(blank)=\(blank)\(Spelling.value(randomValue(&numbers)))\(blank)# c")
        }
    }
    return lines.joined(separator: lineBreak) + (numbers.once(in: 4) ? "" : lineBreak)
}
