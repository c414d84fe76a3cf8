/// The owner of a file.
struct Owner: Sendable, Equatable {
    /// The numeric user id.
    var user: UInt32
    /// The numeric group id.
    var group: UInt32

    /// Makes an owner from ids.
    init(user: UInt32, group: UInt32) {
        self.user = user
        self.group = group
    }
}

/// The status of a file, stat(2).
struct FileStatus: Sendable, Equatable {
    /// The kinds of files that are told apart.
    public enum Kind: Sendable {
        case file, directory, link, other
    }

    /// The kind of the file.
    var kind: Kind
    /// The permission bits, without those of the kind.
    var mode: UInt16
    /// The owner.
    var owner: Owner
    /// The size in bytes.
    var size: Int64
    /// Whether there is an access control list (acl(5)) besides the permission bits; always false for a symbolic link itself.
    var hasAccessList = false
    /// Device and inode, which identify the file whatever its name is.
    var identity: [UInt64]
}

/// The size of the largest file that is read.
enum FileLimit {
    /// 1 MiB, which is more than any file of this program needs.
    static let usual = 1 << 20
    /// 16 MiB for files that other programs own and this one edits, such as mosquitto's.
    static let edited = 16 << 20
}

/// The status and the contents of the same file at one moment.
struct FileSnapshot: Sendable {
    let status: FileStatus
    var contents: [UInt8]
}

/// Restores the owner and permissions of a file.
typealias FileRestoration = @Sendable () throws(FileError) -> Void

/// A failed operation on a file.
public struct FileError: Error, Sendable, Equatable {
    /// The step that failed.
    enum Operation: String, Sendable {
        case read, write, create, remove, makeDirectory, changeMode, changeOwner, list
    }

    /// The operation that failed.
    let operation: Operation
    /// The file as the caller named it.
    let path: String
    /// Why it failed.
    let reason: SystemError

    /// Makes an error.
    init(_ operation: Operation, _ path: String, _ reason: SystemError) {
        self.operation = operation
        self.path = path
        self.reason = reason
    }
}

/// The files of the device. Paths are absolute; symbolic links are followed unless said otherwise.
protocol Files: Sendable {
    /// Reads a whole file, up to `limit` bytes; a larger file is the error `EFBIG`. Only regular files and `/dev/null` are read:
    /// a pipe, which may never end, or a device is an error (`SystemError.notPlain`).
    func read(_ path: String, limit: Int) throws(FileError) -> [UInt8]

    /// Reads a file that a person names on the command line, up to `limit` bytes. It may be a pipe or a terminal, which is read
    /// up to its end or a signal (`EINTR`).
    func readInput(_ path: String, limit: Int) throws(FileError) -> [UInt8]

    /// Reads the last bytes of a file, at most `count`. The file may be of any size.
    func readTail(_ path: String, count: Int) throws(FileError) -> [UInt8]

    /// The status of a path; nil if there is nothing.
    func status(_ path: String, followLinks: Bool) throws(FileError) -> FileStatus?

    /// Replaces a file atomically, or creates it: readers, and the disk after a power cut, have either the old or the new
    /// contents. A symbolic link stays, and its target is replaced.
    ///
    /// - Parameters:
    ///   - mode: The permission bits of the new file, regardless of the umask.
    ///   - owner: The owner of the new file; nil for the default of the system.
    func replace(_ path: String, with contents: [UInt8], mode: UInt16, owner: Owner?) throws(FileError)

    /// Creates a file that must not exist yet (`EEXIST`); it appears under its name when it is complete.
    func create(_ path: String, with contents: [UInt8], mode: UInt16, owner: Owner?) throws(FileError)

    /// The status and contents of a regular file at one moment; nil if there is none.
    func snapshot(_ path: String) throws(FileError) -> FileSnapshot?

    /// The target of a chain of symbolic links, for writing. As root, links that another user may have planted are an error.
    func target(of path: String) throws(FileError) -> String

    /// The target of a chain of symbolic links, which may not exist. Links among the directories above it are not resolved. Only
    /// for comparisons: the links are not checked.
    func resolved(_ path: String) -> String

    /// The path of a directory, or of the last one above it that exists, without symbolic links.
    func realPath(_ path: String) throws(FileError) -> String

    /// Gives a file a second name in the same directory; an existing name is an error (`EEXIST`). Not durable by itself.
    func link(_ path: String, to newPath: String) throws(FileError)

    /// Creates a symbolic link; an existing name is an error (`EEXIST`).
    ///
    /// - Parameter target: The absolute path that the link leads to.
    func makeSymbolicLink(_ path: String, to target: String) throws(FileError)

    /// Creates an empty file if there is none. It becomes durable with the next change in its directory.
    func touch(_ path: String) throws(FileError)

    /// Removes a file or an empty directory that may come back after a power cut. Failures are ignored.
    func discard(_ path: String)

    /// Takes the lock of a lock file, which is created if it is missing, and writes the holder into it. Nil if another process
    /// holds the lock. The lock ends with the returned object, or with the process.
    func lock(_ path: String, holder: String) throws(FileError) -> FileLock?

    /// Renames a file in the same directory, replacing an existing one.
    func rename(_ path: String, to newPath: String) throws(FileError)

    /// Removes a file or an empty directory; returns false if there was none.
    @discardableResult
    func remove(_ path: String) throws(FileError) -> Bool

    /// Creates a directory and missing ones above it; returns whether it created the last one.
    @discardableResult
    func makeDirectory(_ path: String, mode: UInt16, owner: Owner?) throws(FileError) -> Bool

    /// Changes the permission bits.
    func changeMode(_ path: String, to mode: UInt16) throws(FileError)

    /// Changes the owner of a file that is not a symbolic link (`ELOOP`) and has no second name elsewhere (`EMLINK`).
    ///
    /// - Parameter before: The expected file; another file at the path, or another owner, is an error. Nil for any file.
    /// - Returns: A function that restores owner and permission bits of this very file, whatever its name is then.
    func changeOwner(_ path: String, to owner: Owner, of before: FileStatus?) throws(FileError) -> FileRestoration

    /// From now on changes are not made durable one by one, which takes a disk milliseconds each, until `makeDurable`.
    func deferDurability()

    /// Makes all changes on the file system of a directory durable, and from now on each change by itself again.
    func makeDurable(_ directory: String) throws(FileError)

    /// The names in a directory, sorted; empty if there is no such directory.
    func list(_ path: String) throws(FileError) -> [String]

    /// Whether the calling process may read the file.
    func isReadable(_ path: String) -> Bool
}

extension Files {
    /// Reads a file of at most 1 MiB.
    func read(_ path: String) throws(FileError) -> [UInt8] {
        try read(path, limit: FileLimit.usual)
    }

    /// Gets status and contents by two calls, for files that nobody replaces meanwhile.
    func snapshot(_ path: String) throws(FileError) -> FileSnapshot? {
        guard let status = try status(path) else { return nil }
        return FileSnapshot(status: status, contents: try read(path, limit: FileLimit.edited))
    }

    /// Follows all links without checks.
    func target(of path: String) throws(FileError) -> String { resolved(path) }

    /// Reads a file that a person names on the command line, at most 1 MiB.
    func readInput(_ path: String) throws(FileError) -> [UInt8] {
        try readInput(path, limit: FileLimit.usual)
    }

    /// Reads a file; nil if there is none.
    func readIfPresent(_ path: String, limit: Int = FileLimit.usual) throws(FileError) -> [UInt8]? {
        do throws(FileError) {
            return try read(path, limit: limit)
        } catch {
            if error.reason.isAbsence { return nil }
            throw error
        }
    }

    /// The status of a path, following links.
    func status(_ path: String) throws(FileError) -> FileStatus? {
        try status(path, followLinks: true)
    }

    /// Whether there is anything at the path; false also if the caller may not look.
    func exists(_ path: String) -> Bool {
        ((try? status(path)) ?? nil) != nil
    }

    /// Whether there is a directory at the path; false also if the caller may not look.
    func isDirectory(_ path: String) -> Bool {
        ((try? status(path)) ?? nil)?.kind == .directory
    }
}

extension SystemError {
    /// Whether the path does not exist.
    var isAbsence: Bool {
        code == SystemError.noEntry.code || code == SystemError.notDirectory.code
    }
}
