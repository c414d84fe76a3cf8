extension Context {
    /// Restores the files, and reports on stderr those that could not be restored.
    func rollBack(_ files: FileTransaction) {
        for failure in files.rollBack() { console.unrestored("Could not restore \(failure.path): \(failure.reason)") }
    }
}

/// Changes to files that can be undone together, the last change first: contents, permissions, owners and links. Old versions
/// are kept under temporary names until `commit`, so that restoring them needs no free space.
final class FileTransaction {
    private enum Change {
        case created(String)
        /// The old version has a second name, or is in memory if the file system has no links.
        case replaced(String, kept: String?, contents: [UInt8], status: FileStatus)
        case removed(String, aside: String)
        case madeDirectory(String)
        case changedOwner(FileRestoration)
        /// A file that marks an incomplete change.
        case marked(String, isNew: Bool)
    }

    /// The directory whose changes are made durable together; nil if each change is made durable by itself.
    private var deferredDirectory: String?
    private let files: any Files
    private var changes: [Change] = []

    /// The files that were created or replaced.
    private var written: Set<String> = []

    init(_ files: any Files) { self.files = files }

    /// Whether anything differs from before.
    var hasChanges: Bool {
        changes.contains { if case .marked = $0 { false } else { true } }
    }

    /// Replaces or creates a file. An existing one keeps its permissions and owner unless they are given, and is not written if
    /// nothing would change. A symbolic link stays, and its target is replaced.
    ///
    /// - Parameter original: The contents from which the new ones were made; if the file has others by now, `exchanged` is
    ///   thrown, because its permissions and owner may belong to another file. Nil for any contents.
    func write(
        _ path: String, _ contents: [UInt8], mode: UInt16? = nil, owner: Owner? = nil, original: [UInt8]? = nil
    ) throws(FileError) {
        let target = try files.target(of: path)
        let snapshot = try files.snapshot(target)
        if let original, snapshot?.contents != original { throw FileError(.write, path, .exchanged) }
        let (status, before) = (snapshot?.status, snapshot?.contents)
        let owner = owner ?? status.flatMap { $0.owner == Owner(user: 0, group: 0) ? nil : $0.owner }
        // New contents must not get a set-user-id bit.
        let mode = mode ?? status.map { $0.mode & 0o777 } ?? 0o644
        if let status, before == contents, mode == status.mode, owner == nil || owner == status.owner { return }
        let isFirst = !isChanged(target)
        let kept = isFirst && status != nil ? keep(target) : nil
        do throws(FileError) {
            try files.replace(target, with: contents, mode: mode, owner: owner)
        } catch {
            // The change may have been made, and only syncing it failed.
            let isDone = try files.status(target, followLinks: false)?.identity != status?.identity
            if isFirst, isDone { record(target, status, before, kept) } else if let kept { files.discard(kept) }
            throw FileError(error.operation, path, error.reason)
        }
        if isFirst { record(target, status, before, kept) }
    }

    private func record(_ target: String, _ status: FileStatus?, _ before: [UInt8]?, _ kept: String?) {
        written.insert(target)
        if let status, let before {
            changes.append(.replaced(target, kept: kept, contents: kept == nil ? before : [], status: status))
        } else {
            changes.append(.created(target))
        }
    }

    /// Gives a file a second name, if the file system can, and removes such names that killed runs left.
    private func keep(_ target: String) -> String? {
        TemporaryName.sweep(Path.directory(of: target), of: Path.name(of: target), files)
        let name = TemporaryName.name(for: target)
        return (try? files.link(target, to: name)) == nil ? nil : name
    }

    /// From now on changes are made durable only by `makeDurable`, also those of a rollback. A power cut may leave any part of
    /// them, so a mark (`mark`) must be written before.
    func deferDurability(in directory: String) {
        deferredDirectory = directory
        files.deferDurability()
    }

    /// Makes the deferred changes durable.
    func makeDurable() throws(FileError) { if let deferredDirectory { try files.makeDurable(deferredDirectory) } }

    private func isChanged(_ target: String) -> Bool {
        written.contains(target)
    }

    /// Removes a file; returns false if there was none. Until `commit` it has another name.
    ///
    /// - Parameter aside: That name, in the same directory; a temporary name if nil.
    func remove(_ path: String, aside: String? = nil) throws(FileError) -> Bool {
        guard try files.status(path, followLinks: false) != nil else { return false }
        let aside = aside ?? TemporaryName.name(for: path)
        do throws(FileError) {
            try files.rename(path, to: aside)
        } catch {
            let isDone = try files.status(path, followLinks: false) == nil
            if isDone { changes.append(.removed(path, aside: aside)) }
            throw FileError(.remove, path, error.reason)
        }
        changes.append(.removed(path, aside: aside))
        return true
    }

    /// Creates a symbolic link, unless the path leads to the target already. Throws `notOurs` if there is something else.
    func link(_ path: String, to target: String) throws(FileError) {
        if let status = try files.status(path, followLinks: false) {
            guard status.kind == .link, files.resolved(path) == files.resolved(target) else {
                throw FileError(.create, path, .notOurs)
            }
            return
        }
        do throws(FileError) {
            try files.makeSymbolicLink(path, to: target)
        } catch {
            // The link may have been created, and only syncing it failed.
            if (try? files.status(path, followLinks: false))?.kind == .link { changes.append(.created(path)) }
            throw error
        }
        changes.append(.created(path))
    }

    /// Creates a file that must not exist yet (`EEXIST`).
    func create(_ path: String, _ contents: [UInt8], mode: UInt16, owner: Owner?) throws(FileError) {
        try files.create(path, with: contents, mode: mode, owner: owner)
        written.insert(path)
        changes.append(.created(path))
    }

    /// Writes a mark that a change is not complete, before the files are changed. `commit` removes it; `rollBack` removes it
    /// unless it existed before.
    ///
    /// - Parameter contents: What the next run has to know; an empty mark becomes durable with the next change in its
    ///   directory.
    func mark(_ path: String, _ contents: [UInt8] = []) throws(FileError) {
        let status = try files.status(path, followLinks: false)
        guard status.map({ $0.kind == .file }) ?? true else { throw FileError(.write, path, .notOurs) }
        let isNew = status == nil
        changes.append(.marked(path, isNew: isNew))
        if !contents.isEmpty {
            try files.replace(path, with: contents, mode: 0o644, owner: nil)
        } else if isNew {
            try files.touch(path)
        }
    }

    /// Creates a directory, and those above it, if they are missing.
    func makeDirectory(_ path: String, mode: UInt16, owner: Owner?) throws(FileError) {
        let parent = Path.directory(of: path)
        if parent != path, try files.status(parent) == nil { try makeDirectory(parent, mode: 0o755, owner: owner) }
        if try files.makeDirectory(path, mode: mode, owner: owner) { changes.append(.madeDirectory(path)) }
    }

    /// Whether this transaction created a directory.
    func hasMade(_ directory: String) -> Bool {
        changes.contains { if case .madeDirectory(directory) = $0 { true } else { false } }
    }

    /// Changes the owner of a file.
    ///
    /// - Parameter status: The file that is expected at the path; nil for any file.
    func changeOwner(_ path: String, to owner: Owner, of status: FileStatus? = nil) throws(FileError) {
        let found = if let status { status } else { try files.status(path, followLinks: false) }
        guard let before = found, before.owner != owner else { return }
        changes.append(.changedOwner(try files.changeOwner(path, to: owner, of: before)))
    }

    /// Makes the changes final. Removed marks do not come back after a power cut.
    func commit() {
        for change in changes {
            switch change {
            case .replaced(_, let kept?, _, _): files.discard(kept)
            case .removed(_, let aside) where TemporaryName.isName(Path.name(of: aside)): files.discard(aside)
            // Another name has a meaning, so its removal must be durable, like that of a mark.
            case .removed(_, let aside): _ = try? files.remove(aside)
            case .marked(let path, _): _ = try? files.remove(path)
            default: break
            }
        }
        (changes, written) = ([], [])
    }

    /// Restores everything. Returns what could not be restored.
    func rollBack() -> [FileError] {
        var failures: [FileError] = []
        if deferredDirectory != nil { files.deferDurability() }
        for change in changes.reversed() {
            do throws(FileError) {
                // The restored files must be on the disk before the mark is removed.
                if case .marked = change { try makeDurable() }
                try undo(change)
            } catch {
                failures.append(error)
            }
        }
        (changes, written) = ([], [])
        return failures
    }

    private func undo(_ change: Change) throws(FileError) {
        switch change {
        case .created(let path): try files.remove(path)
        case .replaced(let path, let kept?, _, _):
            try files.rename(kept, to: path)
        case .replaced(let path, nil, let contents, let status):
            try files.replace(path, with: contents, mode: status.mode & 0o777, owner: status.owner)
        case .removed(let path, let aside):
            try files.rename(aside, to: path)
        case .madeDirectory(let path): try files.remove(path)
        case .changedOwner(let restore): try restore()
        case .marked(let path, let isNew): if isNew { try files.remove(path) }
        }
    }
}
