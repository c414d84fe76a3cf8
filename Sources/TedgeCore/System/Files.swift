/// Who owns a file.
struct Owner: Sendable, Equatable {
    /// The numeric user id.
    var user: UInt32
    /// The numeric group id.
    var group: UInt32

    /// Names an owner by number.
    init(user: UInt32, group: UInt32) {
        self.user = user
        self.group = group
    }
}

/// What `stat` says of a file.
struct FileStatus: Sendable, Equatable {
    /// The kinds of file that make a difference here.
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
    /// Whether an access control list (acl(5)) says more than the permission bits; of a symbolic link itself never.
    var hasAccessList = false
    /// What tells the file from every other one that exists, whatever its name: device and inode.
    var identity: [UInt64]
}

/// What a file is and holds, of one file for certain.
struct FileSnapshot: Sendable {
    /// The largest file that is read, 1 MiB; larger than any that this program has to do with.
    static let limit = 1 << 20

    let status: FileStatus
    var contents: [UInt8]
}

/// Gives a file back what it had.
typealias FileRestoration = @Sendable () throws(FileError) -> Void

/// What went wrong with which file.
public struct FileError: Error, Sendable, Equatable {
    /// The step that failed.
    enum Operation: String, Sendable {
        case read, write, create, remove, makeDirectory, changeMode, changeOwner, list
    }

    /// What was tried.
    let operation: Operation
    /// The file as the caller named it.
    let path: String
    /// Why it failed.
    let reason: SystemError

    /// Names the operation, the file and the reason.
    init(_ operation: Operation, _ path: String, _ reason: SystemError) {
        self.operation = operation
        self.path = path
        self.reason = reason
    }
}

/// The files of the device. Paths are absolute; symbolic links are followed unless said otherwise.
protocol Files: Sendable {
    /// Reads a whole file, up to `limit` bytes; a larger file is the error `EFBIG`. Only a plain file is read, and `/dev/null`:
    /// a pipe, which may never end, or a device is an error (`SystemError.notPlain`).
    func read(_ path: String, limit: Int) throws(FileError) -> [UInt8]

    /// Reads what a person names on the command line, up to `limit` bytes: a pipe or a terminal as well, up to its end or a
    /// signal (`EINTR`).
    func readInput(_ path: String, limit: Int) throws(FileError) -> [UInt8]

    /// Reads the last bytes of a file, at most `count`; the rest is not looked at, however large it is.
    func readTail(_ path: String, count: Int) throws(FileError) -> [UInt8]

    /// Tells what is there; nil when nothing is.
    func status(_ path: String, followLinks: Bool) throws(FileError) -> FileStatus?

    /// Replaces a file as a whole, or creates it: a reader, and the disk after a power cut, sees all of the old or all of
    /// the new contents. A symbolic link stays one, and its target is replaced.
    ///
    /// - Parameters:
    ///   - mode: the permission bits of the new file, whatever the umask says.
    ///   - owner: the new owner; nil leaves it to the system.
    func replace(_ path: String, with contents: [UInt8], mode: UInt16, owner: Owner?) throws(FileError)

    /// Creates a file that must not exist yet (`EEXIST`); it appears under its name when it is complete.
    func create(_ path: String, with contents: [UInt8], mode: UInt16, owner: Owner?) throws(FileError)

    /// A plain file as it is at one moment; nil if there is none.
    func snapshot(_ path: String) throws(FileError) -> FileSnapshot?

    /// The file to write for a path: what a chain of symbolic links leads to. As root, links that somebody else can have
    /// planted are an error.
    func target(of path: String) throws(FileError) -> String

    /// The file that a chain of symbolic links leads to, whether it exists or not. Links among the directories above it
    /// stay as they are. For comparisons alone: nobody answers for the links.
    func resolved(_ path: String) -> String

    /// The path of a directory, or of the last one above it that exists, without symbolic links.
    func realPath(_ path: String) throws(FileError) -> String

    /// Gives a file a second name in the same directory; one that exists is an error (`EEXIST`). Not durable by itself.
    func link(_ path: String, to newPath: String) throws(FileError)

    /// Makes an empty file where there is none. It is on the disk with the next change in its directory.
    func touch(_ path: String) throws(FileError)

    /// Removes a file or an empty directory that nobody misses should it come back after a power cut. A failure counts for nothing.
    func discard(_ path: String)

    /// Takes the lock that a file stands for, which is made where it is missing, and writes into it who has it. Nil where
    /// another process has the lock. It ends with the returned object, or with the process.
    func lock(_ path: String, holder: String) throws(FileError) -> FileLock?

    /// Gives a file another name in the same directory, replacing what bears that name.
    func rename(_ path: String, to newPath: String) throws(FileError)

    /// Removes a file or an empty directory; false when there was none.
    @discardableResult
    func remove(_ path: String) throws(FileError) -> Bool

    /// Makes a directory and those above it that are missing; true when it made the last one.
    @discardableResult
    func makeDirectory(_ path: String, mode: UInt16, owner: Owner?) throws(FileError) -> Bool

    /// Changes the permission bits.
    func changeMode(_ path: String, to mode: UInt16) throws(FileError)

    /// Changes the owner of a file that is not a symbolic link (`ELOOP`) and has no second name elsewhere (`EMLINK`).
    ///
    /// - Parameter before: The file that is meant; another one that has its name by now, or its owner, is an error. Nil for
    ///   any file.
    /// - Returns: What gives owner and permission bits back to this very file, whatever its name is then.
    func changeOwner(_ path: String, to owner: Owner, of before: FileStatus?) throws(FileError) -> FileRestoration

    /// From now on changes are not made durable one by one, which takes a disk milliseconds each, until `settle`.
    func deferDurability()

    /// Makes all that was changed on the file system of a directory durable, and from now on each change again.
    func makeDurable(_ directory: String) throws(FileError)

    /// The names in a directory, sorted; empty when there is none.
    func list(_ path: String) throws(FileError) -> [String]

    /// Whether the calling process may read the file.
    func isReadable(_ path: String) -> Bool
}

extension Files {
    /// Reads a file of at most 1 MiB, larger than any file this program has to do with.
    func read(_ path: String) throws(FileError) -> [UInt8] {
        try read(path, limit: FileSnapshot.limit)
    }

    /// Tells status and contents by two calls, for files that nobody exchanges.
    func snapshot(_ path: String) throws(FileError) -> FileSnapshot? {
        guard let status = try status(path) else { return nil }
        return FileSnapshot(status: status, contents: try read(path))
    }

    /// Trusts all links.
    func target(of path: String) throws(FileError) -> String { resolved(path) }

    /// Reads what a person names on the command line, at most 1 MiB.
    func readInput(_ path: String) throws(FileError) -> [UInt8] {
        try readInput(path, limit: 1 << 20)
    }

    /// Reads a file; nil when there is none.
    func readIfPresent(_ path: String, limit: Int = 1 << 20) throws(FileError) -> [UInt8]? {
        do {
            return try read(path, limit: limit)
        } catch  where error.reason.isAbsence {
            return nil
        }
    }

    /// Tells what is there, following links.
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
    /// True for the codes that say that there is nothing under the name.
    var isAbsence: Bool {
        code == SystemError.noEntry.code || code == SystemError.notDirectory.code
    }
}
