import Foundation

/// Packs the directory of a support bundle with tar and gzip.
struct BundleArchive {
    /// The directory, and the names in it in the order in which they are packed.
    let directory: String
    let names: [String]
    let context: Context
    /// How long it may take.
    let limit: Duration

    /// The programs that are needed.
    private static let programs = ["tar", "gzip"]

    /// The first program that does not exist; nil if all do.
    static func missingProgram(in context: Context) -> String? {
        programs.first { !context.processes.isOnPath($0) }
    }

    /// Packs into a new file that only its owner can read, which appears under its name when it is complete. Throws
    /// `SupportBundleError.exists` if there is one of this name.
    func create(_ path: String) throws {
        let temporary = TemporaryName.name(for: path)
        do {
            try pack(into: temporary)
            try publish(temporary, as: path)
        } catch {
            context.files.discard(temporary)
            throw error
        }
        try context.files.makeDurable(Path.directory(of: path))
    }

    /// Packs, and returns the archive.
    ///
    /// - Parameter path: Where it lies meanwhile.
    func bytes(by path: String) throws -> [UInt8] {
        let temporary = TemporaryName.name(for: path)
        defer { context.files.discard(temporary) }
        try pack(into: temporary)
        return try context.files.read(temporary, limit: 1 << 30)
    }

    private func pack(into path: String) throws {
        if let missing = Self.missingProgram(in: context) {
            throw SupportBundleError.archiverMissing(program: missing, directory: directory)
        }
        // tar keeps the permissions of a file that is there.
        try context.files.create(path, with: [], mode: 0o600, owner: nil)
        let name = Path.name(of: directory)
        let words =
            ["tar", "-C", Path.directory(of: directory), "-c", "-z", "-f", path] + names.map { "\(name)/\($0)" }
        let result: ProcessResult
        do throws(ProcessError) {
            result = try context.processes.report(
                words, with: ["LC_ALL": "C"], within: limit, grace: .zero, interruption: context.interruption)
        } catch {
            if case .interrupted(let interrupted) = error { throw interrupted }
            throw SupportBundleError.archiveFailed(BundleSource.why(error))
        }
        // GNU tar exits with 1 if a file has changed while it was read.
        if result.succeeded || result.ending == .exited(1) { return }
        if result.error.contains("No space left on device") { throw FileError(.write, path, SystemError(ENOSPC)) }
        let said = result.error.split(separator: Character("\n")).suffix(3).joined(separator: "\n")
        throw SupportBundleError.archiveFailed(said.isEmpty ? "tar failed" : said)
    }

    private func publish(_ temporary: String, as path: String) throws {
        do throws(FileError) {
            // Unlike a rename, this replaces nothing.
            try context.files.link(temporary, to: path)
            context.files.discard(temporary)
        } catch {
            if error.reason == .exists { throw SupportBundleError.exists(path) }
            // A file system without links, as that of a memory stick.
            guard [EPERM, EOPNOTSUPP, ENOSYS, EMLINK].contains(error.reason.code), !context.files.exists(path) else {
                throw error
            }
            try context.files.rename(temporary, to: path)
        }
    }
}

/// Why there is no support bundle.
enum SupportBundleError: ExplainedError, Equatable {
    /// Something has the name of the archive or of its directory.
    case exists(String)
    /// The archive cannot be packed.
    case archiveFailed(String)
    /// A program that packs it does not exist; the directory is kept.
    case archiverMissing(program: String, directory: String)
    /// There is no room, or nothing can be written at all.
    case noRoom(FileError)
    /// The places of secrets cannot be read in time, so that nothing can be left out.
    case secretsUnknown
    /// The name cannot be that of a file.
    case name(String)
    /// The archive would go to a terminal.
    case terminal
    /// The archive and a JSON object would both go to stdout.
    case objectOnOutput

    var id: ReasonID {
        switch self {
        case .exists: .bundleExists
        case .archiveFailed, .archiverMissing: .archiveFailed
        case .secretsUnknown: .unanswered
        case .noRoom(let error): error.id
        case .name, .terminal, .objectOnOutput: .wrongUsage
        }
    }

    var causes: [String] {
        switch self {
        case .exists(let path): ["\(path) exists already."]
        case .archiveFailed(let reason): ["The files could not be packed.", reason]
        case .archiverMissing(let program, let directory):
            ["There is no program \(program) to pack the files.", "The files are kept in \(directory)."]
        case .noRoom(let error): error.causes
        case .secretsUnknown:
            ["The settings could not be read within 8 seconds, so that secrets could not be left out."]
        case .name(let name): ["'\(name)' cannot be the name of a bundle."]
        case .terminal: ["The standard output is a terminal, and the archive is not text."]
        case .objectOnOutput: ["With --json the standard output is for the JSON object."]
        }
    }

    var hint: String? {
        switch self {
        case .exists: "Give another name with --name, or another directory with --output-dir."
        case .archiveFailed: "Run the command again with --keep-dir to keep the files without an archive."
        case .archiverMissing(let program, let directory):
            "Copy \(directory) to a computer that has tar, or run 'sudo apt install \(program)' and try again."
        case .noRoom:
            "Name another directory with '--output-dir', or send the archive to another computer with '--output -'."
        case .secretsUnknown: "Run 'mount' to see whether the configuration is on a file system that does not answer."
        case .name: "Give the name of the archive without a directory and without '.tar.gz'."
        case .terminal: "Send it to a file, for example by '> bundle.tar.gz' at the end of the command line."
        case .objectOnOutput: "Leave out --json, or --output."
        }
    }

    /// The exit status.
    var status: ExitStatus { id == .wrongUsage ? .misuse : .failure }
}
