/// The directory in which a support bundle is collected, which nobody else can look into.
struct BundleDirectory {
    /// The path. Its last name is also the name of the directory in the archive.
    let path: String
    private let mask: BundleMask
    private let files: any Files
    /// The names at the top, in the order in which they came.
    private(set) var names: [String] = []

    /// The size of the largest file of a plugin, and of all files of one, in bytes.
    static let pluginLimit: Int64 = 64 << 20

    /// Takes a directory that was just created.
    init(_ path: String, _ mask: BundleMask, _ files: any Files) {
        (self.path, self.mask, self.files) = (path, mask, files)
    }

    /// Writes a file without secrets, and the directories above it. A file that exists already stays.
    mutating func write(_ file: BundlePart.File) throws(FileError) {
        let contents = file.json.map { Array((mask.masked($0).text + "\n").utf8) } ?? mask.masked(file.contents)
        try write(file.name, contents)
    }

    private mutating func write(_ name: String, _ contents: [UInt8]) throws(FileError) {
        let target = Path.join(path, Path.parts(of: name).joined(separator: "/"))
        let parent = Path.directory(of: target)
        if parent != path { try makeDirectories(parent) }
        do throws(FileError) {
            try files.create(target, with: contents, mode: 0o600, owner: nil)
        } catch {
            guard error.reason == .exists else { throw error }
        }
        note(name)
    }

    private mutating func note(_ name: String) {
        guard let top = Path.parts(of: name).first, !names.contains(top) else { return }
        names.append(top)
    }

    private func makeDirectories(_ directory: String) throws(FileError) {
        guard !files.isDirectory(directory) else { return }
        let above = Path.directory(of: directory)
        if above != path { try makeDirectories(above) }
        try files.makeDirectory(directory, mode: 0o700, owner: nil)
    }

    /// Creates a directory at the top whose name is like this one, and not taken. Returns its path.
    mutating func makeDirectory(like name: String) throws(FileError) -> String {
        var free = name
        var number = 2
        while names.contains(free) || files.exists(Path.join(path, free)) {
            free = "\(name)-\(number)"
            number += 1
        }
        let directory = Path.join(path, free)
        try files.makeDirectory(directory, mode: 0o700, owner: nil)
        note(free)
        return directory
    }

    // MARK: What others have written

    /// The bytes of all files below a directory.
    static func size(of directory: String, _ files: any Files) -> Int64 {
        ((try? files.list(directory)) ?? []).reduce(0) { sum, name in
            let path = Path.join(directory, name)
            guard let status = (try? files.status(path, followLinks: false)) ?? nil else { return sum }
            return sum + (status.kind == .directory ? size(of: path, files) : status.size)
        }
    }

    /// Takes the secrets out of the files that a plugin has written, and removes what cannot be searched for them. Returns what was
    /// removed, and why.
    func clean(_ directory: String) throws(FileError) -> [String] {
        var removed: [String] = []
        for name in try files.list(directory) {
            let path = Path.join(directory, name)
            let shown = path.dropFirst(self.path.utf8.count + 1)
            guard let status = try files.status(path, followLinks: false) else { continue }
            switch status.kind {
            case .directory: removed += try clean(path)
            case .link: break
            case .other:
                files.discard(path)
                removed.append("\(shown): it is not a file")
            case .file:
                if let why = try clean(file: path) {
                    files.discard(path)
                    removed.append("\(shown): \(why)")
                }
            }
        }
        return removed
    }

    /// Returns why a file cannot stay; nil if it can.
    private func clean(file path: String) throws(FileError) -> String? {
        let bytes: [UInt8]
        do throws(FileError) {
            bytes = try files.read(path, limit: Int(Self.pluginLimit))
        } catch {
            return "it cannot be searched for secrets: \(error.reason)"
        }
        let packed = [
            [0x1F, 0x8B], [0x50, 0x4B, 0x03, 0x04], [0xFD, 0x37, 0x7A, 0x58], [0x28, 0xB5, 0x2F, 0xFD],
            [0x42, 0x5A, 0x68],
        ]
        if packed.contains(where: { bytes.starts(with: $0.map(UInt8.init)) }) {
            return "it is compressed, and cannot be searched for secrets"
        }
        let clean = bytes.prefix(4096).contains(0) ? mask.withoutKnown(bytes) : mask.masked(bytes)
        if clean != bytes { try files.replace(path, with: clean, mode: 0o600, owner: nil) }
        return nil
    }

    /// Removes a directory with all that is in it.
    static func remove(_ directory: String, _ files: any Files) {
        for name in (try? files.list(directory)) ?? [] {
            let path = Path.join(directory, name)
            if ((try? files.status(path, followLinks: false)) ?? nil)?.kind == .directory { remove(path, files) }
            files.discard(path)
        }
        files.discard(directory)
    }
}
