/// The line of mosquitto's main file that includes our directory.
struct IncludeLine {
    private let path: String
    private let text: [UInt8]

    /// Reads the main file. Throws `MosquittoConfigurationError.notText` if it cannot be edited, and `FileError`.
    init(_ path: String, _ files: any Files) throws {
        self.path = path
        text = try files.readIfPresent(path, limit: MosquittoFileReader.limit) ?? []
        if let form = TextForm.of(text), form != .plain {
            throw MosquittoConfigurationError.notText(path, form.name)
        }
    }

    /// The main file with the line in each possible place: before the first other directory, at the end, and before
    /// everything else. The place matters, because some settings must precede others.
    func placements(of directory: String) -> [[UInt8]] {
        guard !text.isEmpty else { return [] }
        let line = Array("include_dir \(directory)\n".utf8)
        let feed = UInt8(ascii: "\n")
        let end = text + (text.last == feed ? [] : [feed]) + line
        let first = firstInclude.map { Array(text[..<$0]) + line + Array(text[$0...]) }
        return [first, end, line + text].compactMap { $0 }
    }

    /// The offset of the first line that includes a directory.
    private var firstInclude: Int? {
        let lines = MosquittoFileReader.lines(of: text, path)
        guard let line = lines.first(where: { $0.key == "include_dir" }) else { return nil }
        return text.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).prefix(line.number - 1)
            .reduce(0) { $0 + $1.count + 1 }
    }
}
