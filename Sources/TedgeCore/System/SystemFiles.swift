import Foundation

/// The real files, by system calls.
struct SystemFiles: Files {
    /// Makes the real files.
    init() {}

    func read(_ path: String, limit: Int) throws(FileError) -> [UInt8] {
        let descriptor = try openPlain(path)
        defer { close(descriptor) }
        return try contents(of: descriptor, path, limit: limit)
    }

    func readTail(_ path: String, count: Int) throws(FileError) -> [UInt8] {
        let descriptor = try openPlain(path)
        defer { close(descriptor) }
        return try tail(of: descriptor, path, count: count)
    }

    /// Opens a plain file to read it. A pipe or a device is an error: to read it may never end, and to open it may do
    /// something, as with a tape or a watchdog.
    private func openPlain(_ path: String) throws(FileError) -> Int32 {
        var information = stat()
        guard unsafe stat(path, &information) == 0 else { throw FileError(.read, path, .last) }
        if let reason = SystemError.notPlain(information) { throw FileError(.read, path, reason) }
        let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY)
        guard descriptor >= 0 else { throw FileError(.read, path, .last) }
        // It may be another one by now.
        let reason = unsafe fstat(descriptor, &information) == 0 ? SystemError.notPlain(information) : .last
        guard let reason else { return descriptor }
        close(descriptor)
        throw FileError(.read, path, reason)
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
        let target = resolved(path)
        try write(contents, beside: target, named: path, mode: mode, owner: owner) { temporary in
            unsafe Foundation.rename(temporary, target)
        }
    }

    func create(
        _ path: String, with contents: [UInt8], mode: UInt16, owner: Owner?
    ) throws(FileError) {
        // link() refuses an existing name, which rename() would replace.
        try write(contents, beside: path, named: path, mode: mode, owner: owner) { temporary in
            let result = unsafe Foundation.link(temporary, path)
            let code = errno
            unsafe unlink(temporary)
            errno = code
            return result
        } withdraw: {
            unsafe unlink(path)
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
        guard unsafe Foundation.link(path, newPath) == 0 else { throw FileError(.create, newPath, .last) }
    }

    func touch(_ path: String) throws(FileError) {
        let descriptor = unsafe open(path, O_WRONLY | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { throw FileError(.create, path, .last) }
        close(descriptor)
    }

    func discard(_ path: String) { unsafe unlink(path) }

    func lock(_ path: String, holder: String) throws(FileError) -> FileLock? {
        try FileLock.take(path, holder: holder)
    }

    func rename(_ path: String, to newPath: String) throws(FileError) {
        guard unsafe Foundation.rename(path, newPath) == 0 else { throw FileError(.write, newPath, .last) }
        try synchronizeDirectory(of: newPath)
    }

    func remove(_ path: String) throws(FileError) -> Bool {
        guard unsafe Foundation.remove(path) == 0 else {
            let reason = SystemError.last
            if reason.isAbsence { return false }
            throw FileError(.remove, path, reason)
        }
        try synchronizeDirectory(of: path)
        return true
    }

    func makeDirectory(_ path: String, mode: UInt16, owner: Owner?) throws(FileError) -> Bool {
        if unsafe mkdir(path, mode_t(mode)) == 0 {
            do throws(FileError) {
                try changeMode(path, to: mode)
                if let owner { try changeOwner(path, to: owner) }
                return true
            } catch {
                unsafe rmdir(path)
                throw error
            }
        }
        let reason = SystemError.last
        if reason.code == EEXIST {
            // A file in the place of the directory is an error, the directory itself is not.
            guard try status(path)?.kind == .directory else { throw FileError(.makeDirectory, path, reason) }
            return false
        }
        let parent = Path.directory(of: path)
        guard reason.code == ENOENT, parent != path else { throw FileError(.makeDirectory, path, reason) }
        _ = try makeDirectory(parent, mode: 0o755, owner: owner)
        return try makeDirectory(path, mode: mode, owner: owner)
    }

    func changeMode(_ path: String, to mode: UInt16) throws(FileError) {
        guard unsafe chmod(path, mode_t(mode)) == 0 else { throw FileError(.changeMode, path, .last) }
    }

    func changeOwner(_ path: String, to owner: Owner) throws(FileError) {
        let descriptor = unsafe open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { throw FileError(.changeOwner, path, .last) }
        defer { close(descriptor) }
        var information = stat()
        guard unsafe fstat(descriptor, &information) == 0 else { throw FileError(.changeOwner, path, .last) }
        guard information.st_nlink == 1 || information.st_mode & S_IFMT == S_IFDIR else {
            throw FileError(.changeOwner, path, SystemError(EMLINK))
        }
        guard fchown(descriptor, owner.user, owner.group) == 0 else { throw FileError(.changeOwner, path, .last) }
    }

    func list(_ path: String) throws(FileError) -> [String] {
        guard let directory = unsafe opendir(path) else {
            let reason = SystemError.last
            if reason.isAbsence { return [] }
            throw FileError(.list, path, reason)
        }
        defer { unsafe closedir(directory) }
        var names: [String] = []
        while true {
            // Nil is the end, or an error, readdir(3).
            errno = 0
            guard let entry = unsafe readdir(directory) else {
                if errno == 0 { break }
                throw FileError(.list, path, .last)
            }
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
    /// Writes a temporary file beside `target`, makes it durable and lets `publish` give it its name.
    private func write(
        _ contents: [UInt8], beside target: String, named path: String, mode: UInt16, owner: Owner?,
        publish: (String) -> Int32, withdraw: () -> Void = {}
    ) throws(FileError) {
        let temporary = Leftover.name(for: target)
        // 0600 until the owner is right, so that a private key is never open to anyone else.
        let descriptor = unsafe open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw FileError(.write, path, .last) }
        var reason: SystemError?
        if !writeAll(contents, to: descriptor) { reason = .last }
        if reason == nil, let owner, fchown(descriptor, owner.user, owner.group) != 0 { reason = .last }
        if reason == nil, fchmod(descriptor, mode_t(mode)) != 0 { reason = .last }
        if reason == nil, Durability.isImmediate, fsync(descriptor) != 0 { reason = .last }
        if close(descriptor) != 0, reason == nil { reason = .last }
        if reason == nil, publish(temporary) != 0 { reason = .last }
        if let reason {
            unsafe unlink(temporary)
            throw FileError(.write, path, reason)
        }
        do {
            try synchronizeDirectory(of: target)
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

    /// Makes the names in the file's directory durable.
    private func synchronizeDirectory(of path: String) throws(FileError) {
        guard Durability.isImmediate else { return }
        let descriptor = unsafe open(Path.directory(of: path), O_RDONLY | O_DIRECTORY | O_CLOEXEC)
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
    static let noEntry = SystemError(ENOENT)
    static let notDirectory = SystemError(ENOTDIR)
    static let exists = SystemError(EEXIST)
    static let refused = SystemError(ECONNREFUSED)
    static let readOnlyFileSystem = SystemError(EROFS)
    static let addressInUse = SystemError(EADDRINUSE)
    static let addressNotAvailable = SystemError(EADDRNOTAVAIL)
}
