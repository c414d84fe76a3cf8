/// Removes secrets from lists, messages and logs.
enum Masking {
    /// The text that replaces a secret.
    static let word = "(secret)"

    /// The value of a setting for a list. Only `config get` prints secrets.
    static func shown(_ setting: Setting) -> String {
        setting.name.key.isSecret ? word : inMessage(setting.value.printed)
    }

    /// A text without the user names and passwords of the addresses in it (`user:password@host`, RFC 3986, section 3.2.1) and
    /// without the PINs of PKCS #11 URIs (`pin-value=1234`, RFC 7512, section 2.4).
    static func inMessage(_ text: String) -> String {
        let hasUser = text.utf8.contains(UInt8(ascii: "@")) && text.utf8.contains(UInt8(ascii: ":"))
        let hasPIN = text.utf8.contains(UInt8(ascii: "=")) && text.contains("pin-value=")
        guard hasUser || hasPIN else { return text }
        let masked = hasUser ? withoutUsers(text) : text
        return hasPIN ? withoutPINs(masked) : masked
    }

    /// Whether a text contains such a secret.
    static func holdsSecret(_ text: String) -> Bool { inMessage(text) != text }

    private static func withoutUsers(_ text: String) -> String {
        var result = ""
        var word: [Character] = []
        for character in text {
            if character.isWhitespace || "'\"`<>".contains(character) {
                result += withoutUser(word)
                result.append(character)
                word = []
            } else {
                word.append(character)
            }
        }
        return result + withoutUser(word)
    }

    /// A word without the part between `//`, or its beginning, and the last `@`, if that part contains a password.
    private static func withoutUser(_ word: [Character]) -> String {
        guard let end = word.lastIndex(of: "@") else { return String(word) }
        let slashes = word.indices.dropLast().first { word[$0] == "/" && word[$0 + 1] == "/" && $0 < end }
        let begin = slashes.map { $0 + 2 } ?? 0
        guard begin < end, word[begin..<end].contains(":") else { return String(word) }
        return String(word[..<begin]) + Self.word + String(word[end...])
    }

    private static func withoutPINs(_ text: String) -> String {
        let name = "pin-value="
        var result = ""
        var rest = text[...]
        while let found = rest.firstRange(of: name) {
            result += rest[..<found.upperBound] + word
            rest = rest[found.upperBound...].drop { !$0.isWhitespace && !";&?'\"".contains($0) }
        }
        return result + rest
    }
}
