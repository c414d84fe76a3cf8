extension Context {
    /// Puts files back as they were, and says on stderr what could not be.
    func rollBack(_ files: FileTransaction) {
        for failure in files.rollBack() { console.unrestored("Could not put back \(failure.path): \(failure.reason)") }
    }
}

/// Changes to files that are put back together, the last change first: bytes, permissions, owners and links. What was there
/// before stays under another name until `commit`, so that putting it back needs no room on the disk.
final class FileTransaction {
    private enum Change {
        case created(String)
        /// What was there has a second name, or is held here where the file system gives none.
        case replaced(String, kept: String?, contents: [UInt8], status: FileStatus)
        case removed(String, aside: String)
        case madeDirectory(String)
        case changedOwner(FileRestoration)
        /// An empty file that stands for a change that is not complete.
        case marked(String, isNew: Bool)
    }

    /// The directory of many changes that are made durable together; nil if each is by itself.
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

    /// Replaces or creates a file. One that is there keeps its permissions and owner unless they are given, and is left
    /// alone where nothing would differ. A symbolic link stays one, and its target is replaced.
    ///
    /// - Parameter original: What the file held when the new contents were made from it: if it holds something else by now,
    ///   that is an error, because permissions and owner of one file do not fit what was in another. Nil for any contents.
    func write(
        _ path: String, _ contents: [UInt8], mode: UInt16? = nil, owner: Owner? = nil, original: [UInt8]? = nil
    ) throws(FileError) {
        let target = try files.target(of: path)
        let snapshot = try files.snapshot(target)
        if let original, snapshot?.contents != original { throw FileError(.write, path, .exchanged) }
        let (status, before) = (snapshot?.status, snapshot?.contents)
        let owner = owner ?? status.flatMap { $0.owner == Owner(user: 0, group: 0) ? nil : $0.owner }
        // Other contents are not run with the rights of the owner.
        let mode = mode ?? status.map { $0.mode & 0o777 } ?? 0o644
        if let status, before == contents, mode == status.mode, owner == nil || owner == status.owner { return }
        let isFirst = !isChanged(target)
        let kept = isFirst && status != nil ? keep(target) : nil
        do throws(FileError) {
            try files.replace(target, with: contents, mode: mode, owner: owner)
        } catch {
            // What fails may have been done all the same, and only not be durable.
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

    /// Gives a file a second name, where the file system can. Such names that killed runs left are removed.
    private func keep(_ target: String) -> String? {
        TemporaryName.sweep(Path.directory(of: target), of: Path.name(of: target), files)
        let name = TemporaryName.name(for: target)
        return (try? files.link(target, to: name)) == nil ? nil : name
    }

    /// From now on changes are not made durable one by one, until `settle`; what is put back then is so together, too. A
    /// sign (`mark`) must be there before, for a power cut may leave any part of them.
    func deferDurability(in directory: String) {
        deferredDirectory = directory
        files.deferDurability()
    }

    /// Makes all changes durable.
    func makeDurable() throws(FileError) { if let deferredDirectory { try files.makeDurable(deferredDirectory) } }

    private func isChanged(_ target: String) -> Bool {
        written.contains(target)
    }

    /// Removes a file; false when there was none. Until `commit` it has another name.
    ///
    /// - Parameter aside: That name, in the same directory; one that `TemporaryName.sweep` knows if nil.
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

    /// Creates a file that must not exist yet (`EEXIST`).
    func create(_ path: String, _ contents: [UInt8], mode: UInt16, owner: Owner?) throws(FileError) {
        try files.create(path, with: contents, mode: mode, owner: owner)
        written.insert(path)
        changes.append(.created(path))
    }

    /// Leaves a sign that a change is not complete, before the files that it is about are changed. It is gone after
    /// `commit` and `rollBack`, unless it was there before, which only `commit` ends.
    ///
    /// - Parameter contents: What the next run has to know; without it the sign is as durable as the next change in its
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

    /// Makes a directory where there is none, after those above it that are missing.
    func makeDirectory(_ path: String, mode: UInt16, owner: Owner?) throws(FileError) {
        let parent = Path.directory(of: path)
        if parent != path, try files.status(parent) == nil { try makeDirectory(parent, mode: 0o755, owner: owner) }
        if try files.makeDirectory(path, mode: mode, owner: owner) { changes.append(.madeDirectory(path)) }
    }

    /// Whether a directory is there only since this began.
    func hasMade(_ directory: String) -> Bool {
        changes.contains { if case .madeDirectory(directory) = $0 { true } else { false } }
    }

    /// Gives a file to another owner.
    ///
    /// - Parameter status: The file that is meant; nil for the one that is there.
    func changeOwner(_ path: String, to owner: Owner, of status: FileStatus? = nil) throws(FileError) {
        let found = if let status { status } else { try files.status(path, followLinks: false) }
        guard let before = found, before.owner != owner else { return }
        changes.append(.changedOwner(try files.changeOwner(path, to: owner, of: before)))
    }

    /// Makes the changes final. A mark that is gone does not come back after a power cut.
    func commit() {
        for change in changes {
            switch change {
            case .replaced(_, let kept?, _, _): files.discard(kept)
            case .removed(_, let aside) where TemporaryName.isName(Path.name(of: aside)): files.discard(aside)
            // A name that means something is gone for good, as a mark is.
            case .removed(_, let aside): _ = try? files.remove(aside)
            case .marked(let path, _): _ = try? files.remove(path)
            default: break
            }
        }
        (changes, written) = ([], [])
    }

    /// Puts everything back, and says what could not be.
    func rollBack() -> [FileError] {
        var failures: [FileError] = []
        if deferredDirectory != nil { files.deferDurability() }
        for change in changes.reversed() {
            do throws(FileError) {
                // What the sign is about is on the disk before the sign goes.
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
