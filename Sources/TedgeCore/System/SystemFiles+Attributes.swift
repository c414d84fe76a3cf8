import Foundation

/// Creates directories and changes owners and permissions. Changes act on what was opened, not on what has its name by then.
extension SystemFiles {
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
        // Another command may remove the temporary directory, taking it for one that a killed run left.
        for attempt in 1...3 where entry.status == nil {
            guard let reason = make(entry, mode, owner) else { return true }
            // Something else has got the name meanwhile.
            if [EEXIST, ENOTEMPTY, ENOTDIR].contains(reason.code) { break }
            guard reason.code == ENOENT, attempt < 3 else { throw FileError(.makeDirectory, path, reason) }
        }
        // A directory that exists is fine; a file with its name is an error.
        guard entry.status?.isDirectory == true else {
            throw FileError(.makeDirectory, path, .exists)
        }
        return false
    }

    /// Creates a directory, which gets its name once it has its owner and permission bits. Returns the error, or nil.
    private func make(_ entry: DirectoryEntry, _ mode: UInt16, _ owner: Owner?) -> SystemError? {
        // Closed to others until then, so that nobody can put anything into it.
        let temporary = TemporaryName.name(for: entry.name)
        guard unsafe mkdirat(entry.directory, temporary, 0o700) == 0 else { return .last }
        let made = unsafe openat(entry.directory, temporary, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
        var reason: SystemError? = made < 0 ? .last : nil
        defer { if made >= 0 { close(made) } }
        // A user who can write the directory above may have replaced it.
        if reason == nil, !Self.isNew(made) { reason = .notOurs }
        if reason == nil, let owner, fchown(made, owner.user, owner.group) != 0 { reason = .last }
        if reason == nil, fchmod(made, mode_t(mode)) != 0 { reason = .last }
        if reason == nil, entry.giveName(to: temporary) != 0 { reason = .last }
        if reason != nil, reason != .notOurs { unsafe unlinkat(entry.directory, temporary, AT_REMOVEDIR) }
        return reason
    }

    func changeMode(_ path: String, to mode: UInt16) throws(FileError) {
        let descriptor = try openForAttributes(.changeMode, path)
        defer { close(descriptor) }
        guard fchmod(descriptor, mode_t(mode)) == 0 else { throw FileError(.changeMode, path, .last) }
    }

    func changeOwner(_ path: String, to owner: Owner, of before: FileStatus?) throws(FileError) -> FileRestoration {
        let descriptor = try openForAttributes(.changeOwner, path)
        // As long as the file is open, no other file gets its inode number.
        let held = HeldFile(descriptor)
        guard let information = stat(of: descriptor) else { throw FileError(.changeOwner, path, .last) }
        let found = FileStatus(information)
        if let before, before.identity != found.identity || before.owner != found.owner {
            throw FileError(.changeOwner, path, .notOurs)
        }
        // The new owner could change a program that would run as the former owner once the bits are restored.
        if found.kind == .file, found.mode & 0o6000 != 0 { throw FileError(.changeOwner, path, .setUserID) }
        guard fchown(descriptor, owner.user, owner.group) == 0 else { throw FileError(.changeOwner, path, .last) }
        return { () throws(FileError) in
            guard fchown(held.descriptor, found.owner.user, found.owner.group) == 0,
                fchmod(held.descriptor, mode_t(found.mode)) == 0
            else { throw FileError(.changeOwner, path, .last) }
        }
    }

    /// Whether a directory can be one that this process has just created: it belongs to the caller, is closed to others, and is
    /// empty.
    private static func isNew(_ descriptor: Int32) -> Bool {
        guard let information = stat(of: descriptor), information.st_uid == geteuid(), information.st_mode & 0o077 == 0
        else { return false }
        let again = unsafe openat(descriptor, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        return again >= 0 && (try? names(again))?.isEmpty == true
    }

    /// Opens a directory, or a regular file without a second name, without following a link.
    private func openForAttributes(_ operation: FileError.Operation, _ path: String) throws(FileError) -> Int32 {
        let entry = try entry(operation, path)
        let descriptor = unsafe openat(entry.directory, entry.name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { throw FileError(operation, path, .last) }
        let reason: SystemError? =
            switch stat(of: descriptor) {
            case nil: .last
            case let status? where status.isDirectory: nil
            case let status? where !status.isFile: .notPlain
            case let status?: status.st_nlink == 1 ? nil : SystemError(EMLINK)
            }
        if let reason {
            close(descriptor)
            throw FileError(operation, path, reason)
        }
        return descriptor
    }
}

/// A descriptor that is closed with the last reference.
private final class HeldFile: Sendable {
    let descriptor: Int32
    init(_ descriptor: Int32) { self.descriptor = descriptor }
    deinit { close(descriptor) }
}
