import Foundation

/// The words of the command line, in the memory that other processes can see.
public enum ProcessArguments {
    nonisolated(unsafe) fileprivate static var count: Int32 = 0
    nonisolated(unsafe) fileprivate static var first: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?

    /// The words after the name of the program. Bytes that are not UTF-8 become U+FFFD.
    ///
    /// `CommandLine.arguments` reads `/proc/self/cmdline`, which does not exist in a chroot or with `ProcSubset=pid`.
    public static var typed: [String] { unsafe pointers.map { unsafe String(cString: $0) } }

    /// The name under which this program was started, without its directory.
    public static var programName: String {
        guard let name = unsafe vector[0] else { return "" }
        return Path.name(of: unsafe String(cString: name))
    }

    /// All words with the name of the program in front, as the system handed them over.
    static var vector: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?> { unsafe first ?? CommandLine.unsafeArgv }

    /// The words in memory, without the name of the program.
    static var pointers: [UnsafeMutablePointer<CChar>] {
        // If the C library passes nothing to initializers, the standard library has them.
        let (count, words) = unsafe first.map { unsafe (Self.count, $0) } ?? (CommandLine.argc, CommandLine.unsafeArgv)
        return unsafe (1..<max(1, Int(count))).compactMap { unsafe words[$0] }
    }

    /// Whether a word contains U+FFFD in place of bytes that are not UTF-8.
    static func isRepaired(_ word: String) -> Bool {
        guard word.unicodeScalars.contains("\u{FFFD}") else { return false }
        return unsafe pointers.contains { typed in
            let isValid = unsafe String(validatingCString: typed) != nil
            return unsafe !isValid && String(cString: typed).hasSuffix(word)
        }
    }

    /// Overwrites a secret in all words that are the secret, or end in it after `=` or a short option, so that `ps` no longer
    /// shows it.
    public static func wipe(_ secret: String) {
        let bytes = Array(secret.utf8)
        guard !bytes.isEmpty else { return }
        let words = unsafe pointers
        for index in unsafe words.indices {
            let word = unsafe words[index]
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

/// glibc calls the functions in this section before `main`, with the same arguments.
#if compiler(>=6.3)
    @section(".init_array") @used
#else
    @_section(".init_array") @_used
#endif
private let remember:
    @convention(c) (
        Int32, UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?, UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?
    ) -> Void = { count, words, _ in
        unsafe ProcessArguments.count = count
        unsafe ProcessArguments.first = words
    }
