import Foundation

/// Takes secrets out of what goes into a support bundle: those that are known by their value, and those that are recognized by
/// what stands around them.
struct BundleMask: Sendable {
    /// The known secrets by their first byte, the longest first.
    private let known: [UInt8: [[UInt8]]]
    /// The length from which on a known secret is looked for: a shorter one is found in every other word.
    private static let shortest = 4
    private static let word = Array(Masking.word.utf8)
    /// What stands where a secret may stand, and is none.
    private static let words: Set = [Masking.word, "true", "false", "null", "none", "auto"]

    /// Takes the known secrets. They are also found percent-encoded, in JSON, in base64, and, with a user name and a colon before
    /// them, in base64 as HTTP sends them.
    ///
    /// - Parameter users: The user names that may stand before a secret.
    init(known secrets: some Sequence<String>, users: [String] = []) {
        var forms: Set<[UInt8]> = []
        for secret in Set(secrets) where secret.utf8.count >= Self.shortest && !Self.words.contains(secret) {
            forms.insert(Array(secret.utf8))
            forms.insert(Array(JSONValue.string(secret).text.utf8.dropFirst().dropLast()))
            if let encoded = secret.addingPercentEncoding(withAllowedCharacters: .alphanumerics) {
                forms.insert(Array(encoded.utf8))
            }
            for text in [secret] + users.map({ "\($0):\(secret)" }) {
                let encoded = Data(text.utf8).base64EncodedString()
                forms.insert(Array(encoded.utf8))
            }
        }
        known = Dictionary(grouping: forms.sorted { $0.count > $1.count }) { $0[0] }
    }

    /// A text without secrets.
    func masked(_ text: String) -> String { String(decoding: masked(Array(text.utf8)), as: UTF8.self) }

    /// The bytes of a text without secrets.
    func masked(_ bytes: [UInt8]) -> [UInt8] {
        var result: [UInt8] = []
        result.reserveCapacity(bytes.count)
        var isInKey = false
        var isNext = false
        for line in withoutKnown(bytes).split(separator: 0x0A, omittingEmptySubsequences: false) {
            if isNext { result.append(0x0A) }
            isNext = true
            let line = Array(line)
            if isInKey {
                isInKey = !line.contains(Self.keyEnd)
                // The line stays, so that numbers of lines stay.
                continue
            }
            if let begin = Self.keyBegin(in: line) {
                result += line[..<begin] + Self.word
                isInKey = !line[(begin + Self.begin.count)...].contains(Self.keyEnd)
                continue
            }
            result += Self.withoutAddresses(Self.maskedLine(line))
        }
        return result
    }

    /// The bytes without the secrets that are known by their value. For files that are not text.
    func withoutKnown(_ bytes: [UInt8]) -> [UInt8] {
        guard !known.isEmpty else { return bytes }
        var result: [UInt8] = []
        result.reserveCapacity(bytes.count)
        var index = 0
        while index < bytes.count {
            if let forms = known[bytes[index]],
                let form = forms.first(where: { bytes.count - index >= $0.count && Self.matches(bytes, index, $0) })
            {
                result += Self.word
                index += form.count
            } else {
                result.append(bytes[index])
                index += 1
            }
        }
        return result
    }

    private static func matches(_ bytes: [UInt8], _ start: Int, _ form: [UInt8]) -> Bool {
        for offset in form.indices where bytes[start + offset] != form[offset] { return false }
        return true
    }

    // MARK: Lines

    private static let begin = Array("-----BEGIN ".utf8)
    private static let keyEnd = Array("-----END ".utf8)
    private static let key = Array("PRIVATE KEY".utf8)

    /// Where a private key in PEM begins in a line; nil if none does.
    private static func keyBegin(in line: [UInt8]) -> Int? {
        guard let found = line.firstRange(of: begin), line[found.upperBound...].contains(key) else { return nil }
        return found.lowerBound
    }

    private static func maskedLine(_ line: [UInt8]) -> [UInt8] {
        let secrets = SecretScan.secrets(in: line)
        guard !secrets.isEmpty else { return line }
        var result: [UInt8] = []
        var index = 0
        for range in secrets {
            result += line[index..<range.lowerBound] + word
            index = range.upperBound
        }
        return result + line[index...]
    }

    /// A line without the users and passwords of addresses.
    private static func withoutAddresses(_ line: [UInt8]) -> [UInt8] {
        guard line.contains(UInt8(ascii: "@")) || line.contains(Array("pin-value=".utf8)) else { return line }
        return Array(Masking.inMessage(String(decoding: line, as: UTF8.self)).utf8)
    }

    /// The secrets that are recognized in a text by what stands around them, so that they can be found elsewhere. Comments are
    /// prose, whose words would be found everywhere.
    static func secrets(in bytes: [UInt8]) -> [String] {
        bytes.split(separator: 0x0A).flatMap { line in
            let line = Array(line)
            guard line.first(where: { $0 != 0x20 && $0 != 0x09 }) != UInt8(ascii: "#") else { return [String]() }
            return SecretScan.secrets(in: line).map { String(decoding: line[$0], as: UTF8.self) }
        }
    }

    /// The passwords of the addresses in a text, such as `http://user:password@host`.
    static func passwords(inAddressesOf text: String) -> [String] {
        var found: [String] = []
        for word in text.split(whereSeparator: { $0.isWhitespace || "'\"`<>".contains($0) }) {
            guard let end = word.lastIndex(of: "@") else { continue }
            let user = word[..<end]
            let begin = user.firstRange(of: "//")?.upperBound ?? user.startIndex
            guard let colon = user[begin...].firstIndex(of: ":") else { continue }
            found.append(String(user[user.index(after: colon)...]))
        }
        return found
    }
}

extension BundleMask {
    /// A value without secrets. Its strings are masked one by one, so that it stays a value.
    func masked(_ value: JSONValue) -> JSONValue {
        switch value {
        case .string(let text): .string(masked(text))
        case .array(let values): .array(values.map(masked))
        case .object(let members): .object(members.map { .init($0.key, masked($0.value)) })
        case .null, .bool, .number: value
        }
    }
}
