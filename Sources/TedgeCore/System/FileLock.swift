import Foundation
import Synchronization

/// A lock that one process has at a time, by a file that holds the process and what it does. The file is there while the
/// lock is; that of a killed process is taken over.
public final class FileLock: Sendable {
    private let path: String
    private let descriptor: Atomic<Int32>

    private init(_ path: String, _ descriptor: Int32) {
        self.path = path
        self.descriptor = Atomic(descriptor)
    }

    deinit { release() }

    /// Gives the lock back; once is enough.
    public func release() {
        let descriptor = descriptor.exchange(-1, ordering: .relaxed)
        guard descriptor >= 0 else { return }
        // Nobody else can have the file locked now: what bears the name is this file, or one that a person put there.
        if Self.isSame(path, descriptor) { unsafe unlink(path) }
        close(descriptor)
    }

    /// Takes the lock without waiting; nil where another process has it, or has it under another user.
    static func take(_ path: String, holder: String) throws(FileError) -> FileLock? {
        let descriptor = unsafe open(path, O_RDWR | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else {
            let reason = SystemError.last
            let isForeign = unsafe access(path, F_OK) == 0
            if reason.code == EACCES, isForeign, unsafe access(Path.directory(of: path), W_OK) == 0 { return nil }
            throw FileError(.write, path, reason)
        }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            let reason = SystemError.last
            close(descriptor)
            if reason.code == EWOULDBLOCK || reason.code == EINTR { return nil }
            throw FileError(.write, path, reason)
        }
        // The one who had it may have removed the file between opening and locking.
        guard isSame(path, descriptor) else {
            close(descriptor)
            return nil
        }
        let lock = FileLock(path, descriptor)
        lock.describe(descriptor, holder)
        return lock
    }

    /// Lets those have the lock who may write the directory, and tells them who has it; nobody else can open the file and
    /// keep it. It is a lock without that, too.
    private func describe(_ descriptor: Int32, _ holder: String) {
        var directory = stat()
        if unsafe stat(Path.directory(of: path), &directory) == 0 {
            _ = fchown(descriptor, directory.st_uid, directory.st_gid)
            _ = fchmod(descriptor, directory.st_mode & 0o020 == 0 ? 0o600 : 0o660)
        }
        _ = ftruncate(descriptor, 0)
        let line = Array("\(getpid()) \(holder)\n".utf8)
        _ = unsafe line.withUnsafeBytes { unsafe pwrite(descriptor, $0.baseAddress, $0.count, 0) }
    }

    /// Whether a name stands for an open file, a plain one with no other name.
    private static func isSame(_ path: String, _ descriptor: Int32) -> Bool {
        var (named, opened) = (stat(), stat())
        guard unsafe lstat(path, &named) == 0, unsafe fstat(descriptor, &opened) == 0 else { return false }
        return named.st_dev == opened.st_dev && named.st_ino == opened.st_ino && opened.st_nlink == 1
            && opened.st_mode & S_IFMT == S_IFREG
    }
}
