import Foundation
import Synchronization

/// A lock that one process holds at a time. The lock file names the process and its command. It exists as long as the lock;
/// the file of a killed process is reused.
final class FileLock: Sendable {
    private let entry: DirectoryEntry
    private let descriptor: Atomic<Int32>
    /// Whether the file system has no locks, so that the existence of the file is the lock.
    let isFileAlone: Bool

    private init(_ entry: DirectoryEntry, _ descriptor: Int32, isFileAlone: Bool) {
        self.entry = entry
        self.isFileAlone = isFileAlone
        self.descriptor = Atomic(descriptor)
    }

    deinit { release() }

    /// Releases the lock. Does nothing the second time.
    func release() {
        let descriptor = descriptor.exchange(-1, ordering: .relaxed)
        guard descriptor >= 0 else { return }
        // Nobody else can hold the lock now: the name belongs to this file, or to one that a person put there.
        if Self.isSame(entry, descriptor) { unsafe unlinkat(entry.directory, entry.name, 0) }
        close(descriptor)
    }

    /// Takes the lock without waiting; nil if another process, also of another user, holds it.
    static func take(_ path: String, _ entry: DirectoryEntry, holder: String) throws(FileError) -> FileLock? {
        // An existing file may belong to somebody else: its owner and contents stay until it is known to be a lock.
        let isNew: Bool
        var descriptor = unsafe openat(
            entry.directory, entry.name, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC, 0o600)
        isNew = descriptor >= 0
        if descriptor < 0, errno == EEXIST {
            descriptor = unsafe openat(entry.directory, entry.name, O_RDWR | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC)
        }
        guard descriptor >= 0 else {
            let reason = SystemError.last
            let status = entry.status
            if reason.code == ENOENT { return nil }
            if reason.code == EACCES, status != nil, unsafe faccessat(entry.directory, ".", W_OK, 0) == 0 { return nil }
            throw FileError(.write, path, status?.isFile ?? true ? reason : .notOurs)
        }
        guard Self.isPlain(descriptor) else {
            close(descriptor)
            throw FileError(.write, path, .notOurs)
        }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            let reason = SystemError.last
            if LockFile.isNeeded(reason) { return takeWithoutLocks(path, entry, descriptor, isNew: isNew, holder) }
            close(descriptor)
            if reason.code == EWOULDBLOCK || reason.code == EINTR { return nil }
            if isNew { unsafe unlinkat(entry.directory, entry.name, 0) }
            throw FileError(.write, path, reason)
        }
        // The former holder may have removed the file between opening and locking.
        guard isSame(entry, descriptor) else {
            close(descriptor)
            return nil
        }
        guard isNew || isLock(entry, descriptor) else {
            close(descriptor)
            throw FileError(.write, path, .notOurs)
        }
        let lock = FileLock(entry, descriptor, isFileAlone: false)
        lock.describe(descriptor, holder, isNew: isNew)
        return lock
    }

    /// Takes the lock on a file system without flock(2): the process that created the file holds the lock.
    private static func takeWithoutLocks(
        _ path: String, _ entry: DirectoryEntry, _ descriptor: Int32, isNew: Bool, _ holder: String
    ) -> FileLock? {
        guard isNew else {
            let isOurs = isLock(entry, descriptor)
            close(descriptor)
            if isOurs { LockFile.removeIfStale(entry.name, in: entry.directory) }
            return nil
        }
        let lock = FileLock(entry, descriptor, isFileAlone: true)
        lock.describe(descriptor, holder, isNew: true)
        return lock
    }

    /// Whether a file can be a lock: a regular one without a second name, or one that its holder has just removed.
    private static func isPlain(_ descriptor: Int32) -> Bool {
        stat(of: descriptor).map { $0.isFile && $0.st_nlink <= 1 } ?? false
    }

    /// Whether an existing file is a lock file: it belongs to the caller, to root or to the owner of the directory, and has the
    /// contents of a lock file.
    private static func isLock(_ entry: DirectoryEntry, _ descriptor: Int32) -> Bool {
        guard let file = stat(of: descriptor), let directory = stat(of: entry.directory) else { return false }
        guard [geteuid(), 0, directory.st_uid].contains(file.st_uid), file.st_size < 4096 else { return false }
        guard let bytes = LockFile.contents(descriptor) else { return false }
        // A killed process leaves its number and command in one line, or a part of it, or nothing; without flock(2) its start
        // and boot follow in a second line.
        let line = bytes.prefix { $0 != UInt8(ascii: "\n") }
        let digits = line.prefix { $0 != UInt8(ascii: " ") }
        guard digits.count <= 10, digits.allSatisfy(\.isDigit) else { return false }
        return line.count >= bytes.count - 1 || LockOwner(contents: bytes) != nil
    }

    /// Lets all users who may write the directory, and nobody else, open the lock file, and writes the holder into it. The lock
    /// holds even if this fails. An existing file keeps its owner.
    private func describe(_ descriptor: Int32, _ holder: String, isNew: Bool) {
        if isNew, let directory = stat(of: entry.directory) {
            _ = fchown(descriptor, directory.st_uid, directory.st_gid)
            _ = fchmod(descriptor, directory.st_mode & 0o020 == 0 ? 0o600 : 0o660)
        }
        let line = Array("\(getpid()) \(holder)\n".utf8)
        LockFile.write(isFileAlone ? LockOwner.contents(holder: holder) : line, to: descriptor)
    }

    /// Whether a name belongs to an open regular file without a second name.
    private static func isSame(_ entry: DirectoryEntry, _ descriptor: Int32) -> Bool {
        guard let named = entry.status, let opened = stat(of: descriptor) else { return false }
        return named.st_dev == opened.st_dev && named.st_ino == opened.st_ino && opened.st_nlink == 1 && opened.isFile
    }
}
