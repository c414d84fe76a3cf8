import Foundation

/// The words of the command line as other processes see them.
public enum CommandLineWords {
    /// Overwrites every word that is, or ends in `=` and, a secret, so that `ps` shows it no longer.
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
            if isSecret && (isWhole || followsEquals) { unsafe memset(start, Int32(UInt8(ascii: "x")), bytes.count) }
        }
    }
}
