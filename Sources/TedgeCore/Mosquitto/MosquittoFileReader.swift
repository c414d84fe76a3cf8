/// Reads mosquitto's files as mosquitto does: spaces separate words, a comment begins in the first column, and only the main
/// file includes directories.
struct MosquittoFileReader {
    private(set) var lines: [MosquittoFiles.Line] = []
    private(set) var obstacles: [MosquittoFiles.Obstacle] = []
    private(set) var readings: [MosquittoFiles.Reading] = []

    private let files: any Files
    private let planned: [String: [UInt8]?]
    /// Links that count as existing, by the paths of their directories without links and their names, with the targets; nil for
    /// one that counts as missing.
    private let links: [String: String?]
    /// How many bytes are read of one file at most: more than any configuration has.
    static let limit = FileLimit.edited
    /// How many bytes may still be read of all files together, to bound the use of memory.
    private var rest = limit

    init(_ files: any Files, _ planned: [String: [UInt8]?], _ links: [String: String?] = [:]) {
        self.files = files
        self.links = Dictionary(
            links.map { (Self.place(of: $0, files), $1.map { MosquittoFiles.canonical($0, files) }) },
            uniquingKeysWith: { _, last in last })
        self.planned = Dictionary(
            planned.map { (MosquittoFiles.canonical($0, files), $1) }, uniquingKeysWith: { _, last in last })
    }

    mutating func readMain(_ path: String) {
        for line in read(path, from: nil) {
            lines.append(line)
            if line.key == "include_dir" { readDirectory(line) }
        }
    }

    private mutating func readDirectory(_ line: MosquittoFiles.Line) {
        let directory = line.value
        let names: [String]
        do throws(FileError) {
            guard files.exists(Path.absolute(directory, relativeTo: "/")) || !plannedNames(in: directory).isEmpty else {
                throw FileError(.list, directory, .noEntry)
            }
            names = try files.list(Path.absolute(directory, relativeTo: "/"))
        } catch {
            obstacles.append(obstacle(directory, error.reason, line))
            return
        }
        for name in Set(names).union(plannedNames(in: directory)).sorted(by: Self.precedes) where Self.isRead(name) {
            lines += read(Path.join(directory, name), from: line)
        }
    }

    private func plannedNames(in directory: String) -> [String] {
        let canonical = MosquittoFiles.canonicalDirectory(directory, files)
        let paths = Array(planned.keys) + links.filter { $0.value != nil }.keys
        return paths.filter { Path.directory(of: $0) == canonical }.map { Path.name(of: $0) }
    }

    private mutating func read(_ path: String, from line: MosquittoFiles.Line?) -> [MosquittoFiles.Line] {
        let own = MosquittoFiles.canonical(path, files)
        let link = links[Self.place(of: path, files)]
        if case .some(.none) = link { return [] }
        let canonical = (link ?? nil) ?? own
        let bytes: [UInt8]
        if let plan = planned[canonical] {
            guard let plan else { return [] }
            bytes = plan
        } else {
            do throws(FileError) {
                let source = own == canonical ? Path.absolute(path, relativeTo: "/") : canonical
                bytes = try files.read(source, limit: rest)
                rest -= bytes.count
            } catch {
                obstacles.append(obstacle(path, error.reason, line))
                return []
            }
        }
        readings.append(.init(path: path, canonical: canonical, contents: bytes, line: line))
        if let form = TextForm.of(bytes), form != .plain {
            obstacles.append(.init(path: path, reason: "it is not plain text but \(form.name)", line: line))
            return []
        }
        return Self.lines(of: bytes, path, canonical: canonical, reading: readings.count)
    }

    /// The path of a file with its directory, but not itself, without links.
    private static func place(of path: String, _ files: any Files) -> String {
        let absolute = Path.absolute(path, relativeTo: "/")
        return Path.join(
            MosquittoFiles.canonicalDirectory(Path.directory(of: absolute), files), Path.name(of: absolute))
    }

    private func obstacle(
        _ path: String, _ reason: SystemError, _ line: MosquittoFiles.Line?
    ) -> MosquittoFiles.Obstacle {
        var words = reason.description
        if reason.isTooLarge, let status = (try? files.status(Path.absolute(path, relativeTo: "/"))) ?? nil {
            let all = rest < Self.limit ? " of all files together" : ""
            words = "it has \(status.size) bytes, and at most \(Self.limit)\(all) are read"
        }
        return .init(
            path: path, reason: words, line: line,
            isHidden: !reason.isAbsence && !reason.isPermission && reason != .isDirectory,
            error: reason)
    }

    /// Whether mosquitto reads a file of this name in a directory.
    static func isRead(_ name: String) -> Bool { name.hasSuffix(".conf") && name.utf8.count > 5 }

    /// The order in which mosquitto reads the files of a directory: letters without regard to case first, then by bytes.
    static func precedes(_ one: String, _ other: String) -> Bool {
        func upper(_ byte: UInt8) -> UInt8 { (0x61...0x7A).contains(byte) ? byte - 0x20 : byte }
        for (a, b) in zip(one.utf8, other.utf8) where a != b {
            return upper(a) == upper(b) ? a < b : upper(a) < upper(b)
        }
        return one.utf8.count < other.utf8.count
    }

    /// The lines of one file.
    static func lines(
        of bytes: [UInt8], _ path: String, canonical: String = "", reading: Int = 0
    ) -> [MosquittoFiles.Line] {
        let space = UInt8(ascii: " ")
        return bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).enumerated().compactMap {
            index, line in
            guard let first = line.first, first != UInt8(ascii: "#"), first != UInt8(ascii: "\r") else { return nil }
            let ended = line[..<(line.lastIndex { $0 != UInt8(ascii: "\r") }.map { $0 + 1 } ?? line.startIndex)]
            let words = ended.drop { $0 == space }
            guard !words.isEmpty else { return nil }
            let key = words.prefix { $0 != space }
            // mosquitto takes everything after one space as the name of a directory, and trims other values.
            let rest = words.dropFirst(key.count + 1)
            let name = String(decoding: key, as: UTF8.self)
            let value = name == "include_dir" ? rest : Self.trimmed(rest)
            return MosquittoFiles.Line(
                path: path, number: index + 1, key: name, value: String(decoding: value, as: UTF8.self),
                reading: reading, canonical: canonical)
        }
    }

    private static func trimmed(_ bytes: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        let isBlank = { (byte: UInt8) in byte == 0x20 || (0x09...0x0D).contains(byte) }
        let begun = bytes.drop(while: isBlank)
        return begun[..<(begun.lastIndex { !isBlank($0) }.map { $0 + 1 } ?? begun.startIndex)]
    }
}

/// How the characters of a text file are encoded.
enum TextForm {
    case plain, marked, wide

    /// For messages.
    var name: String {
        switch self {
        case .plain: "plain text"
        case .marked: "UTF-8 with a byte order mark"
        case .wide: "UTF-16"
        }
    }

    /// The form of a file; nil for an empty one. A file without a mark that contains a zero byte counts as UTF-16.
    static func of(_ bytes: [UInt8]) -> TextForm? {
        if bytes.isEmpty { return nil }
        if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { return .marked }
        if bytes.starts(with: [0xFF, 0xFE]) || bytes.starts(with: [0xFE, 0xFF]) || bytes.prefix(4096).contains(0) {
            return .wide
        }
        return .plain
    }
}
