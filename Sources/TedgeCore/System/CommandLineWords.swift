import Foundation

/// The words of the command line as other processes see them.
public enum CommandLineWords {
    /// Whether a word stands for one that is not UTF-8: what is not has become U+FFFD in it.
    public static func isRepaired(_ word: String) -> Bool {
        guard word.unicodeScalars.contains("\u{FFFD}") else { return false }
        return (1..<max(1, Int(CommandLine.argc))).contains { index in
            guard let typed = unsafe CommandLine.unsafeArgv[index] else { return false }
            let isValid = unsafe String(validatingCString: typed) != nil
            return unsafe !isValid && String(cString: typed).hasSuffix(word)
        }
    }

    /// Overwrites every word that is a secret, or ends in one behind `=` or a short option, so that `ps` shows it no longer.
    public static func wipe(_ secret: String) {
        let bytes = Array(secret.utf8)
        guard !bytes.isEmpty else { return }
        for index in 1..<max(1, Int(CommandLine.argc)) {
            guard let word = unsafe CommandLine.unsafeArgv[index] else { continue }
            let length = unsafe Int(strlen(word))
            guard length >= bytes.count else { continue }
            let start = unsafe word.advanced(by: length - bytes.count)
            let isSecret = bytes.indices.allSatisfy { unsafe UInt8(bitPattern: start[$0]) == bytes[$0] }
            let isWhole = length == bytes.count
            let followsEquals = unsafe !isWhole && start[-1] == CChar(bitPattern: UInt8(ascii: "="))
            let followsOption = unsafe length == bytes.count + 2 && word[0] == CChar(bitPattern: UInt8(ascii: "-"))
            if isSecret && (isWhole || followsEquals || followsOption) {
                unsafe memset(start, Int32(UInt8(ascii: "x")), bytes.count)
            }
        }
    }
}
