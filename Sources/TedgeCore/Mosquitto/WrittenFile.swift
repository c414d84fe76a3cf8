/// A file that this program has written for mosquitto: a key and its value on each line.
struct WrittenFile {
    private let lines: [Substring]

    /// Reads the file; nil if there is none or the caller may not read it.
    init?(_ path: String, _ files: any Files) {
        guard let bytes = try? files.read(path) else { return nil }
        lines = String(decoding: bytes, as: UTF8.self).split(separator: Character("\n"))
    }

    /// The value of the first line with a key; nil if there is no such line.
    subscript(key: String) -> String? {
        let beginning = key + " "
        return lines.first { $0.hasPrefix(beginning) }.map { String($0.dropFirst(beginning.count)) }
    }
}
