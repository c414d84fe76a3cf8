import Foundation

/// The lock of a main file of mosquitto. Several configuration directories, each with a lock of its own, may add lines to the
/// same file, so the file needs a lock that they share.
extension Context {
    /// Waits until no other command changes a main file of mosquitto. Returns nil if the caller may not write there; the change
    /// itself then reports the error. A command that also needs the lock of the configuration directory takes that one first.
    ///
    /// - Parameter command: The name of the command, for others that wait.
    func lockMainFile(_ main: String, _ command: String) throws -> FileLock? {
        try ConfigurationLock.wait(for: lockPath(ofMainFile: main), command, self)
    }

    /// Removes lock files, and temporary files of the main file, that killed runs left. Locks that are held stay.
    func sweepLocks(mainFile main: String) {
        let target = files.resolved(main)
        let (directory, name) = (Path.directory(of: target), Path.name(of: target))
        let isLeft = ((try? files.list(directory)) ?? []).contains { TemporaryName.isName($0, of: name) }
        if isLeft, let lock = (try? files.lock(lockPath(ofMainFile: main), holder: "tedge")) ?? nil {
            TemporaryName.sweep(directory, of: name, files)
            lock.release()
        }
        for path in [ConfigurationLock.path(in: configurationDirectory), lockPath(ofMainFile: main)]
        where files.exists(path) {
            ((try? files.lock(path, holder: "tedge")) ?? nil)?.release()
        }
    }

    private func lockPath(ofMainFile main: String) -> String {
        let target = files.resolved(main)
        return Path.join(Path.directory(of: target), ".\(Path.name(of: target)).lock")
    }
}

extension FileLock {
    /// Whether a process holds the lock of a lock file; the file of a killed process does not count. Changes nothing. If the
    /// caller may not look, the existence of the file counts.
    static func isHeld(_ path: String) -> Bool {
        let descriptor = unsafe open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC)
        guard descriptor >= 0 else { return errno != ENOENT && errno != ENOTDIR }
        defer { close(descriptor) }
        // A process that tries to take the lock at this moment tries again soon.
        if flock(descriptor, LOCK_SH | LOCK_NB) == 0 { return false }
        guard LockFile.isNeeded(.last), let contents = LockFile.contents(descriptor) else { return true }
        return LockOwner(contents: contents)?.isGone != true
    }
}
