import Foundation

/// Reads regular files and directories, which are opened once and without waiting, and files that a person names.
extension SystemFiles {
    func read(_ path: String, limit: Int) throws(FileError) -> [UInt8] {
        let descriptor = try openPlain(path)
        defer { close(descriptor) }
        return try Self.contents(of: descriptor, path, limit: limit)
    }

    func readInput(_ path: String, limit: Int) throws(FileError) -> [UInt8] {
        let given = Self.given(path)
        let descriptor =
            unsafe given.map { fcntl($0, F_DUPFD_CLOEXEC, 3) }
            ?? open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY)
        guard descriptor >= 0 else { throw FileError(.read, path, .last) }
        defer { close(descriptor) }
        return try Self.contents(of: descriptor, path, limit: limit, waits: given == nil ? .forMore : .always)
    }

    func snapshot(_ path: String) throws(FileError) -> FileSnapshot? {
        let descriptor: Int32
        do throws(FileError) {
            descriptor = try openPlain(path)
        } catch {
            if error.reason.isAbsence { return nil }
            throw error
        }
        defer { close(descriptor) }
        guard let information = stat(of: descriptor) else { throw FileError(.read, path, .last) }
        return FileSnapshot(
            status: FileStatus(information),
            contents: try Self.contents(of: descriptor, path, limit: FileLimit.edited))
    }

    /// The descriptor of a path such as the shell's `<(command)` gives; nil for other paths. A pipe of another user cannot be
    /// opened again, only read.
    private static func given(_ path: String) -> Int32? {
        if path == "/dev/stdin" { return STDIN_FILENO }
        for directory in ["/dev/fd/", "/proc/self/fd/"] where path.hasPrefix(directory) {
            return Int32(path.dropFirst(directory.utf8.count))
        }
        return nil
    }

    /// Whether to wait for bytes that arrive later, until a signal arrives.
    private enum Waits {
        /// Waiting is an error (`EAGAIN`).
        case never
        /// If another process has a pipe open for writing.
        case forMore
        /// Before each read, because reading an inherited descriptor may block.
        case always
    }

    /// Reads up to the end.
    private static func contents(
        of descriptor: Int32, _ path: String, limit: Int, waits: Waits = .never
    ) throws(FileError) -> [UInt8] {
        var contents: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 16_384)
        // It may have contained a key or a password.
        defer { chunk.wipe() }
        while true {
            guard waits != .always || isFilled(descriptor) else { throw FileError(.read, path, .last) }
            let count = unsafe chunk.withUnsafeMutableBytes { buffer in
                unsafe Foundation.read(descriptor, buffer.baseAddress, buffer.count)
            }
            if count == 0 { return contents }
            if count < 0 {
                if errno == EINTR || (errno == EAGAIN && waits != .never && isFilled(descriptor)) { continue }
                throw FileError(.read, path, .last)
            }
            contents.append(contentsOf: chunk[..<count])
            if contents.count > limit { throw FileError(.read, path, SystemError(EFBIG)) }
        }
    }

    func readTail(_ path: String, count: Int) throws(FileError) -> [UInt8] {
        let descriptor = try openPlain(path)
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

    /// Waits for bytes, or the end, of an empty pipe. A signal ends the wait with `EINTR`.
    private static func isFilled(_ descriptor: Int32) -> Bool {
        var entry = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        // A signal may arrive just before the wait, which it would then not end.
        while true {
            let ready = unsafe poll(&entry, 1, 100)
            if ready != 0 { return ready > 0 }
            if Interruption.wasReceived {
                errno = EINTR
                return false
            }
        }
    }

    /// Opens a regular file for reading. A pipe or a device is an error: reading it may never end, and opening it may have an
    /// effect, as with a tape or a watchdog.
    private func openPlain(_ path: String) throws(FileError) -> Int32 {
        if let direct = PathWalk.openWithoutLinks(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK) {
            if let information = stat(of: direct), information.isFile, information.st_nlink == 1 { return direct }
            close(direct)
        } else if errno == ENOENT {
            throw FileError(.read, path, .noEntry)
        }
        let entry = try entry(.read, path, followsLast: true)
        if let status = entry.status, let reason = SystemError.notPlain(status) { throw FileError(.read, path, reason) }
        // The file may have been replaced by now.
        let descriptor = unsafe openat(
            entry.directory, entry.name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK | O_NOCTTY)
        guard descriptor >= 0 else { throw FileError(.read, path, .last) }
        let reason: SystemError? =
            switch stat(of: descriptor) {
            case nil: .last
            case let status?:
                SystemError.notPlain(status)
                    ?? (status.st_nlink == 1 || isOnlyHere(status, entry) ? nil : .secondName)
            }
        if let reason {
            close(descriptor)
            throw FileError(.read, path, reason)
        }
        return descriptor
    }

    /// Whether no other user can have added this name to a file: the directories belong to root or to the owner of the file, or
    /// all its names are in one directory, where a `FileTransaction` keeps them.
    private func isOnlyHere(_ file: stat, _ entry: DirectoryEntry) -> Bool {
        if geteuid() != 0 || entry.owners.subtracting([0, file.st_uid]).isEmpty { return true }
        let directory = unsafe openat(entry.directory, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard directory >= 0, let names = try? Self.names(directory) else { return false }
        let here = names.count { name in
            guard let information = stat(of: name, in: entry.directory) else { return false }
            return (name == entry.name || TemporaryName.isName(name)) && information.st_ino == file.st_ino
                && information.st_dev == file.st_dev
        }
        return here == Int(file.st_nlink)
    }

    func list(_ path: String) throws(FileError) -> [String] {
        do throws(SystemError) {
            if let direct = PathWalk.openWithoutLinks(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC) {
                return try Self.names(direct).sorted()
            }
            if errno == ENOENT { return [] }
            let entry = try PathWalk.entry(path, followsLast: true)
            let directory = unsafe openat(entry.directory, entry.name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
            guard directory >= 0 else { throw .last }
            return try Self.names(directory).sorted()
        } catch {
            if error.isAbsence { return [] }
            throw FileError(.list, path, error)
        }
    }

    /// The names in an open directory. Closes it.
    static func names(_ descriptor: Int32) throws(SystemError) -> [String] {
        guard let directory = unsafe fdopendir(descriptor) else {
            let reason = SystemError.last
            close(descriptor)
            throw reason
        }
        defer { unsafe closedir(directory) }
        var names: [String] = []
        errno = 0
        while let entry = unsafe readdir(directory) {
            let name = unsafe withUnsafePointer(to: &entry.pointee.d_name) { field in
                unsafe field.withMemoryRebound(to: CChar.self, capacity: 256) { unsafe String(cString: $0) }
            }
            if name != "." && name != ".." { names.append(name) }
            errno = 0
        }
        // A directory that cannot be read is not empty.
        guard errno == 0 else { throw .last }
        return names
    }
}
