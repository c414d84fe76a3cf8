import Foundation
import Synchronization

/// A lock that one process has at a time, by a file that holds the process and what it does. The file is there while the
/// lock is; that of a killed process is taken over.
final class FileLock: Sendable {
    private let entry: DirectoryEntry
    private let descriptor: Atomic<Int32>
    /// Whether the file system knows no locks, so that the existence of the file stands for one.
    let isFileAlone: Bool

    private init(_ entry: DirectoryEntry, _ descriptor: Int32, isFileAlone: Bool) {
        self.entry = entry
        self.isFileAlone = isFileAlone
        self.descriptor = Atomic(descriptor)
    }

    deinit { release() }

    /// Gives the lock back; once is enough.
    func release() {
        let descriptor = descriptor.exchange(-1, ordering: .relaxed)
        guard descriptor >= 0 else { return }
        // Nobody else can have the file locked now: what bears the name is this file, or one that a person put there.
        if Self.isSame(entry, descriptor) { unsafe unlinkat(entry.directory, entry.name, 0) }
        close(descriptor)
    }

    /// Takes the lock without waiting; nil if another process has it, or has it under another user.
    static func take(_ path: String, _ entry: DirectoryEntry, holder: String) throws(FileError) -> FileLock? {
        // What is there already belongs to somebody: it is neither given away nor emptied before it is known whose it is.
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
        // The one who had it may have removed the file between opening and locking.
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

    /// The same if the file system knows no flock(2): who made the file has the lock.
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

    /// Whether a file can be a lock: a plain one with no second name, or one that its holder has removed meanwhile.
    private static func isPlain(_ descriptor: Int32) -> Bool {
        stat(of: descriptor).map { $0.isFile && $0.st_nlink <= 1 } ?? false
    }

    /// Whether a file that was there is a lock: it belongs to the caller, to root, or to the owner of the directory, and
    /// holds nothing but what a lock does.
    private static func isLock(_ entry: DirectoryEntry, _ descriptor: Int32) -> Bool {
        guard let file = stat(of: descriptor), let directory = stat(of: entry.directory) else { return false }
        guard [geteuid(), 0, directory.st_uid].contains(file.st_uid), file.st_size < 4096 else { return false }
        guard let bytes = LockFile.contents(descriptor) else { return false }
        // A killed process leaves its number and words in one line, or nothing, or the beginning of that; where there are no
        // locks its start and boot in a second line.
        let line = bytes.prefix { $0 != UInt8(ascii: "\n") }
        let digits = line.prefix { $0 != UInt8(ascii: " ") }
        guard digits.count <= 10, digits.allSatisfy(\.isDigit) else { return false }
        return line.count >= bytes.count - 1 || LockOwner(contents: bytes) != nil
    }

    /// Lets those have the lock who may write the directory, and tells them who has it; nobody else can open the file and
    /// keep it. It is a lock without that, too. A file that was there keeps its owner.
    private func describe(_ descriptor: Int32, _ holder: String, isNew: Bool) {
        if isNew, let directory = stat(of: entry.directory) {
            _ = fchown(descriptor, directory.st_uid, directory.st_gid)
            _ = fchmod(descriptor, directory.st_mode & 0o020 == 0 ? 0o600 : 0o660)
        }
        let line = Array("\(getpid()) \(holder)\n".utf8)
        LockFile.write(isFileAlone ? LockOwner.contents(holder: holder) : line, to: descriptor)
    }

    /// Whether a name stands for an open file, a plain one with no other name.
    private static func isSame(_ entry: DirectoryEntry, _ descriptor: Int32) -> Bool {
        guard let named = entry.status, let opened = stat(of: descriptor) else { return false }
        return named.st_dev == opened.st_dev && named.st_ino == opened.st_ino && opened.st_nlink == 1 && opened.isFile
    }
}
