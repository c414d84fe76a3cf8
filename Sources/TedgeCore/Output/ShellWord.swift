/// Words of commands that users copy into a shell.
enum ShellWord {
    /// The word, in quotes if the shell would interpret it: single ones if it would interpret something between double ones, too.
    static func quoted(_ word: String) -> String {
        let isPlain = word.utf8.allSatisfy { byte in
            switch byte {
            case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
            default: "/._-+,:@%=".utf8.contains(byte)
            }
        }
        if isPlain, !word.isEmpty { return word }
        let isLiteral = !word.utf8.contains { "\"$`\\!".utf8.contains($0) }
        return isLiteral ? "\"\(word)\"" : "'" + word.replacing("'", with: "'\\''") + "'"
    }
}
