/// Finds secrets in a line by what stands around them: `password=VALUE`, `"token": "VALUE"`, `--one-time-password VALUE`,
/// `remote_password VALUE`, `Authorization: Bearer VALUE`, JSON Web Tokens.
///
/// It rather masks too much than too little: what it masks is the text behind the name of a secret, whatever that text is.
struct SecretScan {
    /// A line in parts, each of them a secret or not.
    typealias Part = (range: Range<Int>, isSecret: Bool)

    private let line: [UInt8]
    private var parts: [Part] = []
    private var position = 0
    /// The quotation mark that is open.
    private var quote: UInt8?
    /// Whether no word was met yet, as at the beginning of a line of mosquitto's configuration.
    private var isFirst = true

    /// The secrets of a line, in its order.
    static func secrets(in line: [UInt8]) -> [Range<Int>] {
        var scan = SecretScan(line: line)
        scan.run()
        return scan.parts.filter(\.isSecret).map(\.range)
    }

    private init(line: [UInt8]) { self.line = line }

    private mutating func run() {
        while position < line.count {
            let byte = line[position]
            if Self.isWord(byte) {
                word()
            } else {
                if byte == 0x22 || byte == 0x27 { quote = quote == nil ? byte : quote == byte ? nil : quote }
                position += 1
            }
        }
    }

    private mutating func word() {
        let begin = position
        position = line[begin...].firstIndex { !Self.isWord($0) } ?? line.count
        let name = String(decoding: line[begin..<position], as: UTF8.self)
        defer { isFirst = false }
        if Self.isToken(line[begin..<position]) { return mask(begin..<position) }
        if let scheme = Self.schemes[name.lowercased()] {
            let value = blanks(after: position)
            let end = line[value...].firstIndex { Self.isBlank($0) || $0 == 0x22 || $0 == 0x27 } ?? line.count
            if value > position, end - value >= scheme { return mask(value..<end) }
        }
        guard Self.namesSecret(name), let value = value(isOption: name.hasPrefix("-")) else { return }
        mask(value)
    }

    private mutating func mask(_ range: Range<Int>) {
        guard !range.isEmpty else { return }
        parts.append((range, true))
        position = range.upperBound
    }

    /// The value behind the name of a secret, which ends at `position`; nil if none follows.
    private func value(isOption: Bool) -> Range<Int>? {
        // A quotation mark of the name, escaped or not.
        var index = position
        while index < line.count, index < position + 4, [0x5C, 0x22, 0x27, 0x5D].contains(line[index]) { index += 1 }
        let isQuoted = index > position
        index = blanks(after: index)
        var takesRest = false
        if index < line.count, line[index] == UInt8(ascii: "=") || line[index] == UInt8(ascii: ":") {
            index += 1
            if index < line.count, line[index] == UInt8(ascii: ">") { index += 1 }
            index = blanks(after: index)
        } else {
            guard index > position, !isQuoted, isFirst || isOption else { return nil }
            takesRest = isFirst && !isOption
        }
        guard index < line.count else { return nil }
        var begin = index
        if line[begin] == 0x5C, begin + 1 < line.count { begin += 1 }
        if line[begin] == 0x22 || line[begin] == 0x27 {
            return begin + 1..<end(of: line[begin], from: begin + 1, isEscaped: begin > index)
        }
        if takesRest { return index..<lastPrintable }
        let stop = line[index...].firstIndex { byte in
            Self.isBlank(byte) || byte == UInt8(ascii: "&") || byte == 0x22 || (quote != nil && byte == quote)
        }
        // In quotes, blanks are part of the value.
        if let quote, let close = line[index...].firstIndex(of: quote) { return index..<close }
        let end = stop ?? line.count
        // `Authorization: Basic VALUE` has two words.
        let word = String(decoding: line[index..<end], as: UTF8.self).lowercased()
        guard Self.schemes[word] != nil, end < line.count else { return index..<end }
        let second = blanks(after: end)
        return second..<(line[second...].firstIndex { Self.isBlank($0) || $0 == 0x22 || $0 == 0x27 } ?? line.count)
    }

    /// Where a quoted value ends: at the same mark, if that is not escaped itself.
    private func end(of mark: UInt8, from begin: Int, isEscaped: Bool) -> Int {
        var index = begin
        while index < line.count {
            if line[index] == 0x5C {
                if isEscaped { return index }
                index += 1
            } else if line[index] == mark {
                return index
            }
            index += 1
        }
        return line.count
    }

    private var lastPrintable: Int { line.lastIndex { !Self.isBlank($0) && $0 != 0x0D }.map { $0 + 1 } ?? line.count }

    private func blanks(after index: Int) -> Int { line[index...].firstIndex { !Self.isBlank($0) } ?? line.count }

    // MARK: Words

    private static func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 }

    private static func isWord(_ byte: UInt8) -> Bool {
        byte.isDigit || (byte | 0x20) &- UInt8(ascii: "a") < 26 || byte == UInt8(ascii: "_")
            || byte == UInt8(ascii: ".")
            || byte == UInt8(ascii: "-")
    }

    /// The schemes of HTTP that a secret follows, with the length from which on a word is taken for one.
    private static let schemes = ["bearer": 8, "basic": 16, "digest": 16]

    /// Whether a word is a JSON Web Token, or a part of one that was cut off: its first part is an object in base64.
    private static func isToken(_ word: ArraySlice<UInt8>) -> Bool {
        word.count >= 20 && word.starts(with: [0x65, 0x79, 0x4A]) && word.contains(UInt8(ascii: "."))
    }

    private static let endings = [
        "password", "passwd", "passphrase", "pass", "pwd", "secret", "token", "authorization", "psk", "credential",
    ]
    /// A misspelled setting is ignored, and its value is a secret all the same.
    private static let misspelled = ["passw", "pasw", "pswd", "passp", "secre"]
    private static let whole: Set = ["pin", "otp", "sig"]
    private static let keys = ["apikey", "accesskey", "accountkey", "secretkey", "privatekey"]
    /// Such a word says that the value is where a secret is, and not the secret.
    private static let places: Set = ["file", "path", "dir", "hint", "uri", "url", "required", "method"]

    /// Whether the value of this name is a secret.
    static func namesSecret(_ name: String) -> Bool {
        // The current directory, in the environment.
        if name == "PWD" || name == "OLDPWD" { return false }
        let parts = name.lowercased().split { $0 == "_" || $0 == "." || $0 == "-" }
        if let last = parts.last, places.contains(String(last)) { return false }
        let isSecret = parts.contains { part in
            whole.contains(String(part)) || endings.contains { part.hasSuffix($0) }
                || misspelled.contains { part.contains($0) }
        }
        if isSecret { return true }
        let joined = parts.joined()
        return keys.contains { joined.hasSuffix($0) }
    }
}
