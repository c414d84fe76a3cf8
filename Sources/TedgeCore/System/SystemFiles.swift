import Foundation

/// The real files, by system calls.
struct SystemFiles: Files {
    /// Makes the real files.
    init() {}

    func status(_ path: String, followLinks: Bool) throws(FileError) -> FileStatus? {
        var information = stat()
        let result = unsafe followLinks ? stat(path, &information) : lstat(path, &information)
        guard result == 0 else {
            let reason = SystemError.last
            if reason.isAbsence { return nil }
            throw FileError(.read, path, reason)
        }
        var status = FileStatus(information)
        if followLinks { status.hasAccessList = unsafe attribute(path, "system.posix_acl_access", nil, 0) > 0 }
        return status
    }

    func replace(
        _ path: String, with contents: [UInt8], mode: UInt16, owner: Owner?
    ) throws(FileError) {
        let entry = try entry(.write, path, followsLast: true)
        // /dev/null must not be replaced either.
        if let status = entry.status, !status.isFile, !status.isDirectory {
            throw FileError(.write, path, SystemError.notPlain(status) ?? .notPlain)
        }
        try write(contents, beside: entry, named: path, mode: mode, owner: owner) { temporary in
            unsafe renameat(entry.directory, temporary, entry.directory, entry.name)
        }
    }

    func create(
        _ path: String, with contents: [UInt8], mode: UInt16, owner: Owner?
    ) throws(FileError) {
        let entry = try entry(.write, path)
        try write(contents, beside: entry, named: path, mode: mode, owner: owner) { temporary in
            entry.giveName(to: temporary)
        } withdraw: {
            unsafe unlinkat(entry.directory, entry.name, 0)
        }
    }

    func target(of path: String) throws(FileError) -> String {
        do throws(SystemError) {
            return try PathWalk.entry(path, followsLast: true).path
        } catch {
            // The next step reports a missing directory.
            if error.isAbsence { return path }
            throw FileError(.write, path, error)
        }
    }

    func resolved(_ path: String) -> String {
        var path = path
        for _ in 0..<40 {
            guard let status = try? status(path, followLinks: false), status.kind == .link,
                let target = try? FileManager.default.destinationOfSymbolicLink(atPath: path)
            else { return path }
            path = Path.isAbsolute(target) ? target : Path.join(Path.directory(of: path), target)
        }
        return path
    }

    func realPath(_ path: String) throws(FileError) -> String {
        if let name = unsafe realpath(path, nil) {
            defer { unsafe free(name) }
            return unsafe String(cString: name)
        }
        let reason = SystemError.last
        guard reason.isAbsence, path != "/" else { throw FileError(.read, path, reason) }
        return try realPath(Path.directory(of: path))
    }

    func link(_ path: String, to newPath: String) throws(FileError) {
        let entry = try entry(.create, path)
        let result = unsafe linkat(entry.directory, entry.name, entry.directory, Path.name(of: newPath), 0)
        guard result == 0 else { throw FileError(.create, newPath, .last) }
    }

    func makeSymbolicLink(_ path: String, to target: String) throws(FileError) {
        let entry = try entry(.create, path)
        guard unsafe symlinkat(target, entry.directory, entry.name) == 0 else {
            throw FileError(.create, path, .last)
        }
        try synchronize(entry, path)
    }

    func touch(_ path: String) throws(FileError) {
        let entry = try entry(.create, path)
        let descriptor = unsafe openat(
            entry.directory, entry.name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else {
            let reason = SystemError.last
            guard reason.isExistence else { throw FileError(.create, path, reason) }
            guard entry.status?.isFile == true else { throw FileError(.create, path, .notOurs) }
            return
        }
        close(descriptor)
    }

    func discard(_ path: String) {
        guard let entry = try? entry(.remove, path) else { return }
        // A directory of a killed run is empty.
        if unsafe unlinkat(entry.directory, entry.name, 0) != 0, errno == EISDIR {
            unsafe unlinkat(entry.directory, entry.name, AT_REMOVEDIR)
        }
    }

    func lock(_ path: String, holder: String) throws(FileError) -> FileLock? {
        try FileLock.take(path, try entry(.write, path), holder: holder)
    }

    func rename(_ path: String, to newPath: String) throws(FileError) {
        let entry = try entry(.write, path)
        guard unsafe renameat(entry.directory, entry.name, entry.directory, Path.name(of: newPath)) == 0 else {
            throw FileError(.write, newPath, .last)
        }
        try synchronize(entry, newPath)
    }

    func remove(_ path: String) throws(FileError) -> Bool {
        let entry: DirectoryEntry
        do throws(FileError) {
            entry = try self.entry(.remove, path)
        } catch {
            if error.reason.isAbsence { return false }
            throw error
        }
        let flags = entry.status?.isDirectory == true ? AT_REMOVEDIR : 0
        guard unsafe unlinkat(entry.directory, entry.name, flags) == 0 else {
            let reason = SystemError.last
            if reason.isAbsence { return false }
            throw FileError(.remove, path, reason)
        }
        try synchronize(entry, path)
        return true
    }

    /// The entry of a path, found by a walk that trusts no links of other users.
    func entry(
        _ operation: FileError.Operation, _ path: String, followsLast: Bool = false
    ) throws(FileError) -> DirectoryEntry {
        do throws(SystemError) {
            return try PathWalk.entry(path, followsLast: followsLast)
        } catch {
            throw FileError(operation, path, error)
        }
    }

    func isReadable(_ path: String) -> Bool {
        unsafe access(path, R_OK) == 0
    }
}

extension SystemFiles {
    /// Writes a temporary file in the directory of `entry` and syncs it; `publish` then gives it its name.
    private func write(
        _ contents: [UInt8], beside entry: DirectoryEntry, named path: String, mode: UInt16, owner: Owner?,
        publish: (String) -> Int32, withdraw: () -> Void = {}
    ) throws(FileError) {
        let temporary = TemporaryName.name(for: entry.name)
        // 0600 until the owner is right, so that a private key is never open to anyone else.
        let descriptor = unsafe openat(
            entry.directory, temporary, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw FileError(.write, path, .last) }
        var reason: SystemError?
        if !writeAll(contents, to: descriptor) { reason = .last }
        if reason == nil, let owner, fchown(descriptor, owner.user, owner.group) != 0 { reason = .last }
        if reason == nil, fchmod(descriptor, mode_t(mode)) != 0 { reason = .last }
        if reason == nil, Durability.isImmediate, fsync(descriptor) != 0 { reason = .last }
        if close(descriptor) != 0, reason == nil { reason = .last }
        if reason == nil, publish(temporary) != 0 { reason = .last }
        if let reason {
            unsafe unlinkat(entry.directory, temporary, 0)
            throw FileError(.write, path, reason)
        }
        do {
            try synchronize(entry, path)
        } catch {
            withdraw()
            throw error
        }
    }

    /// Writes with pwrite(2), which nothing else in the process uses, so that a test can make the N-th such call fail.
    private func writeAll(_ contents: [UInt8], to descriptor: Int32) -> Bool {
        var written = 0
        while written < contents.count {
            let count = unsafe contents.withUnsafeBytes { bytes in
                let rest = unsafe UnsafeRawBufferPointer(rebasing: bytes[written...])
                return unsafe pwrite(descriptor, rest.baseAddress, rest.count, off_t(written))
            }
            if count < 0 {
                if errno == EINTR { continue }
                return false
            }
            written += count
        }
        return true
    }

    /// Makes the names in an entry's directory durable.
    private func synchronize(_ entry: DirectoryEntry, _ path: String) throws(FileError) {
        guard Durability.isImmediate else { return }
        let descriptor = unsafe openat(entry.directory, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        // A directory that may be written but not read cannot be opened; the rename itself was done.
        guard descriptor >= 0 else { return }
        defer { close(descriptor) }
        guard fsync(descriptor) == 0 || errno == EINVAL else { throw FileError(.write, path, .last) }
    }
}

extension DirectoryEntry {
    /// Renames a file or directory in the same directory to this name, which must not exist yet (`EEXIST`). Returns 0, or -1
    /// with `errno`.
    ///
    /// renameat2(2) refuses an existing name, as link(2) does; each is missing on some file systems (FAT has no links, older
    /// network file systems no `RENAME_NOREPLACE`). Without both, an empty file reserves the name first.
    func giveName(to temporary: String) -> Int32 {
        let noReplace: UInt32 = 1
        if unsafe renameExclusively(directory, temporary, directory, name, noReplace) == 0 { return 0 }
        guard [EINVAL, ENOSYS, EOPNOTSUPP, EPERM].contains(errno) else { return -1 }
        if unsafe linkat(directory, temporary, directory, name, 0) == 0 {
            unsafe unlinkat(directory, temporary, 0)
            return 0
        }
        guard [EPERM, ENOSYS, EOPNOTSUPP, EMLINK].contains(errno) else { return -1 }
        // A directory can replace only an empty directory, so it needs no reservation.
        if stat(of: temporary, in: directory)?.isDirectory != true {
            let placeholder = unsafe openat(
                directory, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o600)
            guard placeholder >= 0 else { return -1 }
            close(placeholder)
        }
        return unsafe renameat(directory, temporary, directory, name)
    }
}

/// renameat2(2), which Swift's module of the C library leaves out.
@_silgen_name("renameat2")
private func renameExclusively(
    _ oldDirectory: Int32, _ oldName: UnsafePointer<CChar>, _ newDirectory: Int32, _ newName: UnsafePointer<CChar>,
    _ flags: UInt32
) -> Int32

/// getxattr(2), which Swift's module of the C library leaves out.
@_silgen_name("getxattr")
private func attribute(
    _ path: UnsafePointer<CChar>, _ name: UnsafePointer<CChar>, _ value: UnsafeMutableRawPointer?, _ size: Int
) -> Int

extension FileStatus {
    init(_ information: stat) {
        switch information.kind {
        case S_IFREG: kind = .file
        case S_IFDIR: kind = .directory
        case S_IFLNK: kind = .link
        default: kind = .other
        }
        mode = UInt16(information.st_mode & 0o7777)
        owner = Owner(user: information.st_uid, group: information.st_gid)
        size = Int64(information.st_size)
        identity = [UInt64(information.st_dev), UInt64(information.st_ino)]
    }
}

extension SystemError {
    /// A file or directory is not the one that was created or looked at before.
    static let notOurs = SystemError(-3)
    /// A file has a second name, which another user may have added.
    static let secondName = SystemError(-4)
    /// A file has a set-user-id or set-group-id bit.
    static let setUserID = SystemError(-5)
    /// A file that a certificate request should replace is not a certificate request.
    static let notRequest = SystemError(-6)
    /// A file has changed since it was read.
    static let exchanged = SystemError(-9)
    static let noEntry = SystemError(ENOENT)
    static let notDirectory = SystemError(ENOTDIR)
    static let exists = SystemError(EEXIST)
    static let refused = SystemError(ECONNREFUSED)
    static let readOnlyFileSystem = SystemError(EROFS)
    static let addressInUse = SystemError(EADDRINUSE)
    static let addressNotAvailable = SystemError(EADDRNOTAVAIL)
}
