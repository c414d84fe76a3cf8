/// What `systemctl show` prints for one unit.
struct SystemdProperties: Equatable {
    private let values: [String: [String]]

    /// Reads the lines, `NAME=VALUE`; a name may occur several times.
    init(_ text: String) {
        var values: [String: [String]] = [:]
        for line in text.split(separator: "\n", omittingEmptySubsequences: true) {
            guard let equals = line.firstIndex(of: "=") else { continue }
            values[String(line[..<equals]), default: []].append(String(line[line.index(after: equals)...]))
        }
        self.values = values
    }

    /// A value; nil if the property is missing or empty.
    subscript(name: String) -> String? { values[name]?.last { !$0.isEmpty } }

    /// A value as a number; nil if it is none.
    func number(_ name: String) -> UInt64? { self[name].flatMap { UInt64($0) } }

    /// All values of a property that is printed once for each.
    func all(_ name: String) -> [String] { (values[name] ?? []).filter { !$0.isEmpty } }

    /// The words of a value, which systemd quotes if they contain blanks (systemd.syntax(7), "Quoting").
    func words(_ name: String) -> [String] { all(name).flatMap(Self.words) }

    /// Splits a line as systemd does: at blanks, with quotes and the escapes of C.
    static func words(_ line: String) -> [String] {
        var words: [String] = []
        var word: [UInt8]?
        var quote: UInt8?
        var bytes = Array(line.utf8)[...]
        while let byte = bytes.popFirst() {
            switch byte {
            case UInt8(ascii: "\\"):
                word = (word ?? []) + escaped(&bytes)
            case UInt8(ascii: "\""), UInt8(ascii: "'"):
                if quote == byte {
                    quote = nil
                } else if quote == nil {
                    quote = byte
                } else {
                    word = (word ?? []) + [byte]
                }
                word = word ?? []
            case UInt8(ascii: " "), UInt8(ascii: "\t"):
                if quote != nil {
                    word = (word ?? []) + [byte]
                } else if let done = word {
                    words.append(String(decoding: done, as: UTF8.self))
                    word = nil
                }
            default: word = (word ?? []) + [byte]
            }
        }
        if let word { words.append(String(decoding: word, as: UTF8.self)) }
        return words
    }

    private static func escaped(_ bytes: inout ArraySlice<UInt8>) -> [UInt8] {
        guard let kind = bytes.popFirst() else { return [UInt8(ascii: "\\")] }
        let simple: [Character: UInt8] = ["a": 7, "b": 8, "f": 12, "n": 10, "r": 13, "t": 9, "v": 11, "s": 32]
        let character = Character(UnicodeScalar(kind))
        if let byte = simple[character] { return [byte] }
        let (digits, radix) = character == "x" ? (2, 16) : ("0"..."7").contains(character) ? (3, 8) : (0, 0)
        guard digits > 0 else { return [kind] }
        let code = (radix == 8 ? [kind] : []) + bytes.prefix(radix == 8 ? 2 : 2)
        guard code.count == digits, let byte = UInt8(String(decoding: code, as: UTF8.self), radix: radix) else {
            return [UInt8(ascii: "\\"), kind]
        }
        bytes = bytes.dropFirst(2)
        return [byte]
    }
}
