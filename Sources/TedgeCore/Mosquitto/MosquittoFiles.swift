/// Everything that mosquitto reads when it starts: its main file and the files of the directories that this includes, in the
/// order in which mosquitto reads them. The one reader of the format of mosquitto.conf(5).
struct MosquittoFiles {
    /// A setting and its position.
    struct Line: Sendable, Equatable {
        /// The file, as mosquitto names it.
        let path: String
        /// The number of the line, from 1.
        let number: Int
        /// The first word.
        let key: String
        /// The rest, without surrounding blanks.
        let value: String
        /// Which reading of a file it belongs to: a file that is included twice is read twice.
        var reading = 0
        /// The file without symbolic links.
        var canonical = ""

        /// The place as mosquitto itself names it.
        var place: String { "\(path):\(number)" }
    }

    /// A file or directory that mosquitto cannot read, and why.
    struct Obstacle: Sendable, Equatable {
        let path: String
        let reason: String
        /// The line that names it; nil for the main file.
        var line: Line?
        /// Whether something exists and the caller could read it, so that it is unknown what it means to mosquitto.
        var isHidden = false
        /// The error of the system; nil if it was read.
        var error: SystemError?
    }

    /// A file that is read.
    struct Reading: Sendable {
        /// The path that mosquitto uses, and the one without symbolic links.
        let path, canonical: String
        /// What is in it.
        let contents: [UInt8]
        /// The line that includes it; nil for the main file.
        let line: Line?
    }

    /// The lines in the order in which they are read.
    let lines: [Line]
    /// What cannot be read.
    let obstacles: [Obstacle]
    /// The files that are read, in their order.
    let readings: [Reading]

    /// Reads the files. Only the main file includes directories, and of these the files whose names end in `.conf`, sorted
    /// without regard to case (mosquitto.conf(5), `include_dir`).
    ///
    /// - Parameters:
    ///   - planned: Contents that replace those on the disk, by path; nil for a file that counts as missing.
    ///   - links: Symbolic links that count as existing, with their targets; nil for one that counts as missing.
    init(
        main path: String, files: any Files, planned: [String: [UInt8]?] = [:], links: [String: String?] = [:]
    ) {
        var reader = MosquittoFileReader(files, planned, links)
        reader.readMain(path)
        (lines, obstacles, readings) = (reader.lines, reader.obstacles, reader.readings)
    }

    /// The paths of what cannot be read.
    var unreadable: [String] { obstacles.map(\.path) }

    /// Throws `MosquittoConfigurationError.unreadable` or `untrusted` for the first thing that exists and cannot be read, instead
    /// of treating it as missing.
    func requireAll() throws(MosquittoConfigurationError) {
        guard let obstacle = obstacles.first(where: \.isHidden) else { return }
        if let error = obstacle.error, error.link != nil { throw .untrusted(FileError(.read, obstacle.path, error)) }
        throw .unreadable(obstacle)
    }

    /// The lines that include a directory, by any path.
    func inclusions(of directory: String, files: any Files) -> [Line] {
        let wanted = Self.canonicalDirectory(directory, files)
        return lines.filter {
            $0.key == "include_dir" && Self.canonicalDirectory($0.value, files) == wanted
        }
    }

    /// The names under which mosquitto reads a file, one for each time.
    func names(of path: String, files: any Files) -> [String] {
        let wanted = Self.canonical(path, files)
        return readings.filter { $0.canonical == wanted }.map(\.path)
    }

    /// The user that a mosquitto which is started as root becomes.
    var user: String { lines.last { $0.key == "user" && !$0.value.isEmpty }?.value ?? "mosquitto" }

    /// The path without symbolic links, so that two names of one file are the same.
    static func canonical(_ path: String, _ files: any Files) -> String {
        let target = files.resolved(Path.absolute(path, relativeTo: "/"))
        return Path.join(canonicalDirectory(Path.directory(of: target), files), Path.name(of: target))
    }

    /// The path of a directory without symbolic links; unchanged if it does not exist.
    static func canonicalDirectory(_ path: String, _ files: any Files) -> String {
        let absolute = Path.absolute(path, relativeTo: "/")
        guard let real = try? files.realPath(absolute), files.exists(absolute) else { return absolute }
        return real
    }
}
