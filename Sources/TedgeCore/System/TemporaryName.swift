/// The names under which files are written before they get their own, and kept until a change is final. What a run leaves
/// behind that is killed has such a name.
enum TemporaryName {
    /// A new name beside a file: `.NAME.XXXXXXXX.tmp` with eight random hexadecimal digits. mosquitto reads no such file.
    static func name(for path: String) -> String {
        let digits = String(UInt32.random(in: .min ... .max), radix: 16)
        let padding = String(repeating: "0", count: 8 - digits.utf8.count)
        return Path.join(Path.directory(of: path), ".\(Path.name(of: path)).\(padding)\(digits).tmp")
    }

    /// Whether a name was made for a file; for any file where `original` is nil.
    static func isName(_ name: String, of original: String? = nil) -> Bool {
        let bytes = Array(name.utf8)
        let ending = Array(".tmp".utf8)
        guard bytes.count > 14, bytes.first == UInt8(ascii: "."), bytes.suffix(4).elementsEqual(ending) else {
            return false
        }
        let digits = bytes.dropLast(4).suffix(8)
        let isHexadecimal = digits.allSatisfy { (48...57).contains($0) || (97...102).contains($0) }
        guard isHexadecimal, bytes[bytes.count - 13] == UInt8(ascii: ".") else { return false }
        return original.map { bytes.dropFirst().dropLast(13).elementsEqual($0.utf8) } ?? true
    }

    /// Removes what killed runs left in a directory: of one file, or of all where `original` is nil. What cannot be removed
    /// stays for the next time.
    static func sweep(_ directory: String, of original: String? = nil, _ files: any Files) {
        for name in (try? files.list(directory)) ?? [] where isName(name, of: original) {
            files.discard(Path.join(directory, name))
        }
    }
}
