import Foundation

/// The real files, by system calls.
struct SystemFiles: Files {
    /// Makes the real files.
    init() {}

    func read(_ path: String, limit: Int) throws(FileError) -> [UInt8] {
        // A pipe of another user cannot be opened once more, only read.
        let isInput = path == "/dev/stdin"
        let descriptor = isInput ? fcntl(0, F_DUPFD_CLOEXEC, 3) : try openPlain(path)
        guard descriptor >= 0 else { throw FileError(.read, path, .last) }
        defer { close(descriptor) }
        var contents: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 16_384)
        // It may have held a key or a password.
        defer { chunk.wipe() }
        while true {
            guard !isInput || Self.isFilled(descriptor) else { throw FileError(.read, path, .last) }
            let count = unsafe chunk.withUnsafeMutableBytes { buffer in
                unsafe Foundation.read(descriptor, buffer.baseAddress, buffer.count)
            }
            if count == 0 { return contents }
            if count < 0 {
                if errno == EINTR || (errno == EAGAIN && Self.isFilled(descriptor)) { continue }
                throw FileError(.read, path, .last)
            }
            contents.append(contentsOf: chunk[..<count])
            if contents.count > limit { throw FileError(.read, path, SystemError(EFBIG)) }
        }
    }

    func readTail(_ path: String, count: Int) throws(FileError) -> [UInt8] {
        let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { throw FileError(.read, path, .last) }
        defer { close(descriptor) }
        let end = lseek(descriptor, 0, SEEK_END)
        guard end >= 0 else { throw FileError(.read, path, .last) }
        var contents = [UInt8](repeating: 0, count: Int(min(end, off_t(count))))
        let read = unsafe contents.withUnsafeMutableBytes { buffer in
            unsafe pread(descriptor, buffer.baseAddress, buffer.count, end - off_t(buffer.count))
        }
        guard read >= 0 else { throw FileError(.read, path, .last) }
        return Array(contents.prefix(read))
    }

    /// Waits for bytes in a pipe that is empty. A signal ends the wait with `EINTR`.
    private static func isFilled(_ descriptor: Int32) -> Bool {
        var entry = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        // A signal may come just before the wait, which then would not end.
        while true {
            let ready = unsafe poll(&entry, 1, 100)
            if ready != 0 { return ready > 0 }
            if Interruption.wasReceived {
                errno = EINTR
                return false
            }
        }
    }

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
        try write(contents, beside: entry, named: path, mode: mode, owner: owner) { temporary in
            unsafe renameat(entry.directory, temporary, entry.directory, entry.name)
        }
    }

    func create(
        _ path: String, with contents: [UInt8], mode: UInt16, owner: Owner?
    ) throws(FileError) {
        let entry = try entry(.write, path)
        // link() refuses an existing name, which rename() would replace.
        try write(contents, beside: entry, named: path, mode: mode, owner: owner) { temporary in
            let result = unsafe linkat(entry.directory, temporary, entry.directory, entry.name, 0)
            let code = errno
            unsafe unlinkat(entry.directory, temporary, 0)
            errno = code
            return result
        } withdraw: {
            unsafe unlinkat(entry.directory, entry.name, 0)
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

    func touch(_ path: String) throws(FileError) {
        let entry = try entry(.create, path)
        let descriptor = unsafe openat(
            entry.directory, entry.name, O_WRONLY | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { throw FileError(.create, path, .last) }
        close(descriptor)
    }

    func discard(_ path: String) {
        guard let entry = try? entry(.remove, path) else { return }
        unsafe unlinkat(entry.directory, entry.name, 0)
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
        let isDirectory = entry.status.map { $0.st_mode & S_IFMT == S_IFDIR } ?? false
        guard unsafe unlinkat(entry.directory, entry.name, isDirectory ? AT_REMOVEDIR : 0) == 0 else {
            let reason = SystemError.last
            if reason.isAbsence { return false }
            throw FileError(.remove, path, reason)
        }
        try synchronize(entry, path)
        return true
    }

    func makeDirectory(_ path: String, mode: UInt16, owner: Owner?) throws(FileError) -> Bool {
        let entry: DirectoryEntry
        do throws(FileError) {
            entry = try self.entry(.makeDirectory, path, followsLast: true)
        } catch {
            let parent = Path.directory(of: path)
            guard error.reason.code == ENOENT, parent != path else { throw error }
            _ = try makeDirectory(parent, mode: 0o755, owner: owner)
            return try makeDirectory(path, mode: mode, owner: owner)
        }
        // Closed until it is ours: nobody can put anything into it before.
        if unsafe mkdirat(entry.directory, entry.name, 0o700) == 0 {
            let made = unsafe openat(entry.directory, entry.name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
            defer { if made >= 0 { close(made) } }
            var information = stat()
            // Somebody who can write the directory above may have put another one there.
            let isOurs = unsafe fstat(made, &information) == 0 && information.st_uid == geteuid()
            let isDone =
                isOurs && (owner.map { fchown(made, $0.user, $0.group) == 0 } ?? true) && fchmod(made, mode_t(mode)) == 0
            if isDone { return true }
            let reason = isOurs || made < 0 ? SystemError.last : SystemError(EPERM)
            unsafe unlinkat(entry.directory, entry.name, AT_REMOVEDIR)
            throw FileError(.makeDirectory, path, reason)
        }
        let reason = SystemError.last
        // A file in the place of the directory is an error, the directory itself is not.
        guard reason.code == EEXIST, entry.status.map({ $0.st_mode & S_IFMT == S_IFDIR }) == true else {
            throw FileError(.makeDirectory, path, reason)
        }
        return false
    }

    func changeMode(_ path: String, to mode: UInt16) throws(FileError) {
        let descriptor = try openForAttributes(.changeMode, path)
        defer { close(descriptor) }
        guard fchmod(descriptor, mode_t(mode)) == 0 else { throw FileError(.changeMode, path, .last) }
    }

    func changeOwner(_ path: String, to owner: Owner) throws(FileError) {
        let descriptor = try openForAttributes(.changeOwner, path)
        defer { close(descriptor) }
        guard fchown(descriptor, owner.user, owner.group) == 0 else { throw FileError(.changeOwner, path, .last) }
    }

    func restore(_ path: String, to before: FileStatus) throws(FileError) {
        let descriptor = try openForAttributes(.changeOwner, path)
        defer { close(descriptor) }
        var information = stat()
        guard unsafe fstat(descriptor, &information) == 0 else { throw FileError(.changeOwner, path, .last) }
        guard FileStatus(information).identity == before.identity else {
            throw FileError(.changeOwner, path, SystemError(ESTALE))
        }
        // The system takes set-user-id bits away with a change of the owner.
        guard fchown(descriptor, before.owner.user, before.owner.group) == 0, fchmod(descriptor, mode_t(before.mode)) == 0
        else { throw FileError(.changeOwner, path, .last) }
    }

    /// Opens a plain file or directory that has no second name elsewhere, not following a link.
    private func openForAttributes(_ operation: FileError.Operation, _ path: String) throws(FileError) -> Int32 {
        let entry = try entry(operation, path)
        let descriptor = unsafe openat(entry.directory, entry.name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { throw FileError(operation, path, .last) }
        var information = stat()
        let isKnown = unsafe fstat(descriptor, &information) == 0
        let reason: SystemError? =
            !isKnown
            ? .last
            : information.st_nlink == 1 || information.st_mode & S_IFMT == S_IFDIR ? nil : SystemError(EMLINK)
        if let reason {
            close(descriptor)
            throw FileError(operation, path, reason)
        }
        return descriptor
    }

    /// Opens a plain file to read it. A pipe or device is an error: to read it may never end.
    private func openPlain(_ path: String) throws(FileError) -> Int32 {
        let entry = try entry(.read, path, followsLast: true)
        let descriptor = unsafe openat(entry.directory, entry.name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { throw FileError(.read, path, .last) }
        var information = stat()
        guard unsafe fstat(descriptor, &information) == 0, information.st_mode & S_IFMT == S_IFREG else {
            let isDirectory = information.st_mode & S_IFMT == S_IFDIR
            close(descriptor)
            throw FileError(.read, path, isDirectory ? SystemError(EISDIR) : .notPlain)
        }
        return descriptor
    }

    /// The entry that a path leads to, found by a walk that trusts no link of others.
    private func entry(
        _ operation: FileError.Operation, _ path: String, followsLast: Bool = false
    ) throws(FileError) -> DirectoryEntry {
        do throws(SystemError) {
            return try PathWalk.entry(path, followsLast: followsLast)
        } catch {
            throw FileError(operation, path, error)
        }
    }

    func list(_ path: String) throws(FileError) -> [String] {
        guard let directory = unsafe opendir(path) else {
            let reason = SystemError.last
            if reason.isAbsence { return [] }
            throw FileError(.list, path, reason)
        }
        defer { unsafe closedir(directory) }
        var names: [String] = []
        while let entry = unsafe readdir(directory) {
            let name = unsafe withUnsafePointer(to: &entry.pointee.d_name) { field in
                unsafe field.withMemoryRebound(to: CChar.self, capacity: 256) { unsafe String(cString: $0) }
            }
            if name != "." && name != ".." { names.append(name) }
        }
        return names.sorted()
    }

    func isReadable(_ path: String) -> Bool {
        unsafe access(path, R_OK) == 0
    }
}

extension SystemFiles {
    /// Writes a temporary file beside `entry`, makes it durable and lets `publish` give it its name.
    private func write(
        _ contents: [UInt8], beside entry: DirectoryEntry, named path: String, mode: UInt16, owner: Owner?,
        publish: (String) -> Int32, withdraw: () -> Void = {}
    ) throws(FileError) {
        let temporary = Leftover.name(for: entry.name)
        // 0600 until the owner is right, so that a private key is never open to anyone else.
        let descriptor = unsafe openat(
            entry.directory, temporary, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw FileError(.write, path, .last) }
        var reason: SystemError?
        if !writeAll(contents, to: descriptor) { reason = .last }
        if reason == nil, let owner, fchown(descriptor, owner.user, owner.group) != 0 { reason = .last }
        if reason == nil, fchmod(descriptor, mode_t(mode)) != 0 { reason = .last }
        if reason == nil, fsync(descriptor) != 0 { reason = .last }
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

    private func writeAll(_ contents: [UInt8], to descriptor: Int32) -> Bool {
        var rest = contents[...]
        while !rest.isEmpty {
            let count = unsafe rest.withUnsafeBytes { unsafe Foundation.write(descriptor, $0.baseAddress, $0.count) }
            if count < 0 {
                if errno == EINTR { continue }
                return false
            }
            rest = rest.dropFirst(count)
        }
        return true
    }

    /// Makes the names in an entry's directory durable.
    private func synchronize(_ entry: DirectoryEntry, _ path: String) throws(FileError) {
        let descriptor = unsafe openat(entry.directory, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        // A directory that may be written but not read cannot be opened; the rename itself was done.
        guard descriptor >= 0 else { return }
        defer { close(descriptor) }
        guard fsync(descriptor) == 0 || errno == EINVAL else { throw FileError(.write, path, .last) }
    }
}

/// getxattr(2), which Swift's module of the C library leaves out.
@_silgen_name("getxattr")
private func attribute(
    _ path: UnsafePointer<CChar>, _ name: UnsafePointer<CChar>, _ value: UnsafeMutableRawPointer?, _ size: Int
) -> Int

extension FileStatus {
    init(_ information: stat) {
        switch information.st_mode & S_IFMT {
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
    /// A pipe, a device or a socket, where a plain file is wanted.
    static let notPlain = SystemError(-2)
    static let noEntry = SystemError(ENOENT)
    static let notDirectory = SystemError(ENOTDIR)
    static let exists = SystemError(EEXIST)
    static let refused = SystemError(ECONNREFUSED)
    static let readOnlyFileSystem = SystemError(EROFS)
    static let addressInUse = SystemError(EADDRINUSE)
    static let addressNotAvailable = SystemError(EADDRNOTAVAIL)
}
