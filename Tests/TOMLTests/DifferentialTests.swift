@testable import TOML
import TestSupport
import Testing

/// Python's `tomllib` reads TOML 1.0; both must agree but for what is new in TOML 1.1.
@Suite("compared with Python") struct DifferentialTests {
    /// Reads documents, hexadecimal and one a line, and writes each as `-` or as its values in one plain form.
    static let reader = """
        import datetime, math, sys, tomllib
        def text(value):
            return '"' + value.encode().hex() + '"'
        def plain(value):
            if isinstance(value, dict):
                return "{" + ",".join(sorted(text(k) + ":" + plain(v) for k, v in value.items())) + "}"
            if isinstance(value, list):
                return "[" + ",".join(map(plain, value)) + "]"
            if isinstance(value, bool):
                return str(value)
            if isinstance(value, int):
                # tomllib takes integers of any size.
                return f"i{value}" if -2**63 <= value < 2**63 else "big"
            if isinstance(value, float):
                return "nan" if math.isnan(value) else "f" + value.hex()
            if isinstance(value, str):
                return text(value)
            return type(value).__name__
        for line in sys.stdin:
            try:
                print(plain(tomllib.loads(bytes.fromhex(line).decode())))
            except (ValueError, RecursionError):
                print("-")
        """

    @Test("both accept and refuse the same documents, and read the same values")
    func documents() throws {
        var numbers = Numbers(seed: 4)
        var texts: [String] = []
        for _ in 0..<2500 {
            let text = randomDocument(&numbers)
            texts.append(text)
            guard !text.isEmpty else { continue }
            var scalars = Array(text.unicodeScalars)
            let place = Int(numbers.next() % UInt64(scalars.count))
            switch numbers.next() % 3 {
            case 0: scalars.remove(at: place)
            case 1: scalars.insert(numbers.one(of: Array("\"'=.,[]{}#\n\r\u{1}09-:T_e+x ".unicodeScalars)), at: place)
            default: scalars.swapAt(place, scalars.count - 1)
            }
            var changed = String.UnicodeScalarView()
            changed.append(contentsOf: scalars)
            texts.append(String(changed))
        }
        let lines = texts.map { text in text.utf8.map { hexadecimal($0) }.joined() + "\n" }.joined()
        let answer = try ChildProcess.run("/usr/bin/python3", ["-c", Self.reader], input: lines)
        let theirs = answer.output.split(separator: "\n").map(String.init)
        #expect(theirs.count == texts.count, "\(answer.errors)")
        var (taken, refused, newer) = (0, 0, 0)
        for (text, theirs) in zip(texts, theirs) where !theirs.contains("big") && !Self.isKnownToDiffer(text) {
            let read = try? TOMLDocument(parsing: Array(text.utf8))
            if read?.tree.isNewer == true {
                // Newer releases of Python may read it.
                newer += 1
                continue
            }
            let ours = read.map { plain(.table($0.root)) } ?? "-"
            #expect(ours == theirs, "\(text.debugDescription)")
            if ours == "-" { refused += 1 } else { taken += 1 }
        }
        #expect(taken > 1000 && refused > 300 && newer < 100)
    }

    /// Where Python's reader is known to keep its own rules: it has no leap seconds and no year 0, and it takes no byte
    /// order mark.
    private static func isKnownToDiffer(_ text: String) -> Bool {
        text.contains(":60") || text.contains("0000-") || text.unicodeScalars.first == "\u{FEFF}"
    }

    private func hexadecimal(_ byte: UInt8) -> String {
        (byte < 16 ? "0" : "") + String(byte, radix: 16)
    }

    private func text(_ text: String) -> String { "\"\(text.utf8.map { hexadecimal($0) }.joined())\"" }

    private func plain(_ value: TOMLValue) -> String {
        switch value {
        case .string(let string): text(string)
        case .integer(let number): "i\(number)"
        case .float(let number): number.isNaN ? "nan" : "f" + python(number)
        case .boolean(let bool): bool ? "True" : "False"
        case .offsetDateTime, .localDateTime: "datetime"
        case .localDate: "date"
        case .localTime: "time"
        case .array(let elements): "[\(elements.map(plain).joined(separator: ","))]"
        case .table(let table):
            "{\(table.map { "\(text($0.key)):\(plain($0.value))" }.sorted().joined(separator: ","))}"
        }
    }

    /// A number as Python's `float.hex` writes it.
    private func python(_ number: Double) -> String {
        let sign = number.sign == .minus ? "-" : ""
        if number.isInfinite { return sign + "inf" }
        if number == 0 { return sign + "0x0.0p+0" }
        let isSubnormal = number.exponent < -1022 || number.isSubnormal
        let digits = String(number.significandBitPattern, radix: 16)
        let fraction = String(repeating: "0", count: 13 - digits.count) + digits
        let exponent = isSubnormal ? -1022 : Int(number.exponent)
        return "\(sign)0x\(isSubnormal ? 0 : 1).\(fraction)p\(exponent < 0 ? "" : "+")\(exponent)"
    }
}
