import Foundation

/// The words of the command line as other processes see them.
public enum ProcessArguments {
    nonisolated(unsafe) fileprivate static var count: Int32 = 0
    nonisolated(unsafe) fileprivate static var first: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?

    /// The words behind the name of the program, as the system handed them to it. What is not UTF-8 is U+FFFD in them.
    ///
    /// `CommandLine.arguments` reads `/proc/self/cmdline`, which is not there in a chroot or under `ProcSubset=pid`.
    public static var typed: [String] { unsafe pointers.map { unsafe String(cString: $0) } }

    /// The words themselves, without the name of the program.
    static var pointers: [UnsafeMutablePointer<CChar>] {
        // A C library that hands nothing to initializers leaves it to the standard library.
        let (count, words) = unsafe first.map { unsafe (Self.count, $0) } ?? (CommandLine.argc, CommandLine.unsafeArgv)
        return unsafe (1..<max(1, Int(count))).compactMap { unsafe words[$0] }
    }

    /// Whether a word stands for one that is not UTF-8: what is not has become U+FFFD in it.
    static func isRepaired(_ word: String) -> Bool {
        guard word.unicodeScalars.contains("\u{FFFD}") else { return false }
        return unsafe pointers.contains { typed in
            let isValid = unsafe String(validatingCString: typed) != nil
            return unsafe !isValid && String(cString: typed).hasSuffix(word)
        }
    }

    /// Overwrites every word that is a secret, or ends in one behind `=` or a short option, so that `ps` shows it no longer.
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

/// glibc calls what stands in this section before `main`, with the same arguments.
@section(".init_array") @used
private let remember:
    @convention(c) (
        Int32, UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?, UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?
    ) -> Void = { count, words, _ in
        unsafe ProcessArguments.count = count
        unsafe ProcessArguments.first = words
    }
