/// Names of temporary files: files that are being written, and old versions that are kept until a change is final. A run that
/// is killed leaves only such files behind.
enum TemporaryName {
    /// A new name in the directory of a file: `.NAME.XXXXXXXX.tmp` with eight random hexadecimal digits. mosquitto ignores
    /// such files.
    static func name(for path: String) -> String {
        let digits = UInt32.random(in: .min ... .max).hexadecimal(8)
        return Path.join(Path.directory(of: path), ".\(Path.name(of: path)).\(digits).tmp")
    }

    /// Whether a name is a temporary name for a file; for any file if `original` is nil.
    static func isName(_ name: String, of original: String? = nil) -> Bool {
        let bytes = Array(name.utf8)
        let ending = Array(".tmp".utf8)
        guard bytes.count > 14, bytes.first == UInt8(ascii: "."), bytes.suffix(4).elementsEqual(ending) else {
            return false
        }
        let digits = bytes.dropLast(4).suffix(8)
        let isHexadecimal = digits.allSatisfy { $0.isDigit || $0 &- UInt8(ascii: "a") < 6 }
        guard isHexadecimal, bytes[bytes.count - 13] == UInt8(ascii: ".") else { return false }
        return original.map { bytes.dropFirst().dropLast(13).elementsEqual($0.utf8) } ?? true
    }

    /// Removes the temporary files that killed runs left in a directory: those for one file, or all if `original` is nil. What
    /// cannot be removed stays for the next time.
    static func sweep(_ directory: String, of original: String? = nil, _ files: any Files) {
        for name in (try? files.list(directory)) ?? [] where isName(name, of: original) {
            files.discard(Path.join(directory, name))
        }
    }
}
