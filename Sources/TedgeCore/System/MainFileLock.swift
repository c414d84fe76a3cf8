import Foundation

/// The right to change a main file of mosquitto, which several configuration directories may want to be included in: each has
/// a lock of its own, and the file needs one that they share.
extension Context {
    /// Waits until nobody else changes a main file of mosquitto. Nil where the caller may not write there, which the change
    /// itself says then. Who also needs the lock of the configuration directory takes that first.
    ///
    /// - Parameter command: What has the lock, for those who wait.
    func lockMainFile(_ main: String, _ command: String) throws -> FileLock? {
        try ConfigurationLock.wait(for: lockPath(ofMainFile: main), command, self)
    }

    /// Removes locks, and temporary files of the main file, that killed runs left. What somebody has stays.
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
    /// Whether somebody has the lock that a file stands for; the file of a killed process is nobody's. Changes nothing. Where
    /// the caller may not look, the file alone counts.
    static func isHeld(_ path: String) -> Bool {
        let descriptor = unsafe open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC)
        guard descriptor >= 0 else { return errno != ENOENT && errno != ENOTDIR }
        defer { close(descriptor) }
        // Those who try to take it at this moment try again soon.
        if flock(descriptor, LOCK_SH | LOCK_NB) == 0 { return false }
        guard LockFile.isNeeded(.last), let contents = LockFile.contents(descriptor) else { return true }
        return LockOwner(contents: contents)?.isGone != true
    }
}
