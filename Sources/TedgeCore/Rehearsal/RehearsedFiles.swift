import Foundation
import Synchronization

/// The files of the device with changes that are only in memory: each change is visible to later reads, and none reaches the
/// disk.
///
/// Paths are compared after the links among their directories are followed. Permissions are not checked: the changes are those
/// of a caller who may make them.
final class RehearsedFiles: Files {
    /// A path that was changed.
    private enum Entry {
        /// A file with these contents, or a symbolic link to a path.
        case file([UInt8]), linked(to: String)
        case directory
        /// The file or directory on the disk, with another owner or other permissions.
        case kept
        case absent
    }

    private struct Change {
        /// The path as the caller named it.
        let name: String
        var entry: Entry
        var status: FileStatus?
    }

    private let base: any Files
    private let owner: Owner
    private let changes = Mutex<[String: Change]>([:])
    private let identities = Atomic<UInt64>(0)
    private static let longestChain = 40

    /// - Parameter owner: The owner of new files.
    init(over base: any Files, owner: Owner) { (self.base, self.owner) = (base, owner) }

    // MARK: Places

    /// The path without links among its directories; a link at its end stays.
    private func place(_ path: String) -> String {
        var (directory, rest) = (Path.directory(of: path), [Path.name(of: path)])
        while directory != "/", !base.isDirectory(directory) {
            rest.insert(Path.name(of: directory), at: 0)
            directory = Path.directory(of: directory)
        }
        return rest.reduce((try? base.realPath(directory)) ?? directory, Path.join)
    }

    private func change(_ place: String) -> Change? { changes.withLock { $0[place] } }

    /// The place that a path leads to, by links of the disk and by those in memory.
    private func followed(_ path: String) -> String {
        var place = place(path)
        for _ in 0..<Self.longestChain {
            switch change(place)?.entry {
            case .linked(let target): place = self.place(target)
            case nil where ((try? base.status(place, followLinks: false)) ?? nil)?.kind == .link:
                let target = base.resolved(place)
                if target == place { return place }
                place = self.place(target)
            default: return place
            }
        }
        return place
    }

    private func set(_ place: String, _ name: String, _ entry: Entry, _ status: FileStatus?) {
        changes.withLock { $0[place] = Change(name: $0[place]?.name ?? name, entry: entry, status: status) }
    }

    private func newStatus(_ kind: FileStatus.Kind, mode: UInt16, _ owner: Owner?, size: Int = 0) -> FileStatus {
        let number = identities.wrappingAdd(1, ordering: .relaxed).newValue
        return FileStatus(
            kind: kind, mode: mode, owner: owner ?? self.owner, size: Int64(size), identity: [.max, number])
    }

    private func statusOf(_ place: String) throws(FileError) -> FileStatus? {
        if let change = change(place) { return change.status }
        return try base.status(place, followLinks: false)
    }

    private func requireDirectory(of place: String, _ operation: FileError.Operation, _ path: String) throws(FileError)
    {
        let directory = Path.directory(of: place)
        guard try status(directory) != nil else { throw FileError(operation, path, .noEntry) }
    }

    // MARK: Reading

    func read(_ path: String, limit: Int) throws(FileError) -> [UInt8] {
        let place = followed(path)
        switch change(place)?.entry {
        case .file(let contents):
            guard contents.count <= limit else { throw FileError(.read, path, SystemError(EFBIG)) }
            return contents
        case .directory: throw FileError(.read, path, .isDirectory)
        case .absent, .linked: throw FileError(.read, path, .noEntry)
        case .kept: return try base.read(place, limit: limit)
        case nil: return try base.read(place == self.place(path) ? path : place, limit: limit)
        }
    }

    func readInput(_ path: String, limit: Int) throws(FileError) -> [UInt8] {
        if change(followed(path)) == nil { return try base.readInput(path, limit: limit) }
        return try read(path, limit: limit)
    }

    func readTail(_ path: String, count: Int) throws(FileError) -> [UInt8] {
        if change(followed(path)) == nil { return try base.readTail(path, count: count) }
        return Array(try read(path, limit: .max).suffix(count))
    }

    func status(_ path: String, followLinks: Bool) throws(FileError) -> FileStatus? {
        let place = followLinks ? followed(path) : place(path)
        if let change = change(place) { return change.status }
        // The error of the caller's own path is the one to report.
        return try base.status(place == self.place(path) ? path : place, followLinks: followLinks)
    }

    func snapshot(_ path: String) throws(FileError) -> FileSnapshot? {
        guard let change = change(followed(path)) else { return try base.snapshot(path) }
        guard let status = change.status else { return nil }
        return FileSnapshot(status: status, contents: try read(path, limit: FileLimit.edited))
    }

    func target(of path: String) throws(FileError) -> String {
        let place = followed(path)
        return change(place) == nil ? try base.target(of: path) : place
    }

    func resolved(_ path: String) -> String {
        if case .linked(let target) = change(place(path))?.entry { return resolved(target) }
        return base.resolved(path)
    }

    func realPath(_ path: String) throws(FileError) -> String {
        let place = followed(path)
        return change(place) == nil ? try base.realPath(path) : place
    }

    func list(_ path: String) throws(FileError) -> [String] {
        let directory = followed(path)
        var names: Set<String> = []
        switch change(directory)?.entry {
        case nil, .kept: names = Set(try base.list(path))
        case .directory: break
        default: return []
        }
        changes.withLock { changes in
            for (place, change) in changes where Path.directory(of: place) == directory {
                if change.status == nil {
                    names.remove(Path.name(of: place))
                } else {
                    names.insert(Path.name(of: place))
                }
            }
        }
        return names.sorted()
    }

    /// Whether the process may read the file on the disk; false for one that is only in memory, which libraries cannot read.
    func isReadable(_ path: String) -> Bool {
        let place = followed(path)
        return switch change(place)?.entry {
        case nil, .kept: base.isReadable(place)
        default: false
        }
    }

    // MARK: Changes

    func replace(_ path: String, with contents: [UInt8], mode: UInt16, owner: Owner?) throws(FileError) {
        let place = followed(path)
        try requireDirectory(of: place, .write, path)
        if try statusOf(place)?.kind == .directory { throw FileError(.write, path, .isDirectory) }
        set(place, path, .file(contents), newStatus(.file, mode: mode, owner, size: contents.count))
    }

    func create(_ path: String, with contents: [UInt8], mode: UInt16, owner: Owner?) throws(FileError) {
        let place = place(path)
        try requireDirectory(of: place, .create, path)
        if try statusOf(place) != nil { throw FileError(.create, path, .exists) }
        set(place, path, .file(contents), newStatus(.file, mode: mode, owner, size: contents.count))
    }

    func link(_ path: String, to newPath: String) throws(FileError) {
        let (old, new) = (place(path), place(newPath))
        if try statusOf(new) != nil { throw FileError(.create, newPath, .exists) }
        try copy(old, named: path, to: new, named: newPath)
    }

    func makeSymbolicLink(_ path: String, to target: String) throws(FileError) {
        let place = place(path)
        try requireDirectory(of: place, .create, path)
        if try statusOf(place) != nil { throw FileError(.create, path, .exists) }
        set(place, path, .linked(to: target), newStatus(.link, mode: 0o777, nil, size: target.utf8.count))
    }

    func touch(_ path: String) throws(FileError) {
        if try statusOf(place(path)) == nil { try create(path, with: [], mode: 0o644, owner: nil) }
    }

    func discard(_ path: String) { _ = try? remove(path) }

    /// Nobody has to wait for a rehearsal, and it waits for nobody.
    func lock(_ path: String, holder: String) throws(FileError) -> FileLock? { nil }

    func rename(_ path: String, to newPath: String) throws(FileError) {
        let old = place(path)
        try copy(old, named: path, to: place(newPath), named: newPath)
        set(old, path, .absent, nil)
    }

    private func copy(
        _ old: String, named path: String, to new: String, named newPath: String
    ) throws(FileError) {
        guard let status = try statusOf(old) else { throw FileError(.create, path, .noEntry) }
        let entry: Entry =
            switch change(old)?.entry {
            case .file(let contents): .file(contents)
            case .linked(let target): .linked(to: target)
            case .directory, .absent: throw FileError(.create, newPath, .isDirectory)
            case nil where status.kind == .link: .linked(to: base.resolved(old))
            case nil, .kept: .file(try base.read(old, limit: FileLimit.edited))
            }
        set(new, newPath, entry, status)
    }

    func remove(_ path: String) throws(FileError) -> Bool {
        let place = place(path)
        guard let status = try statusOf(place) else { return false }
        if status.kind == .directory, try !list(place).isEmpty {
            throw FileError(.remove, path, SystemError(ENOTEMPTY))
        }
        set(place, path, .absent, nil)
        return true
    }

    func makeDirectory(_ path: String, mode: UInt16, owner: Owner?) throws(FileError) -> Bool {
        if let status = try status(path) {
            guard status.kind == .directory else { throw FileError(.makeDirectory, path, .exists) }
            return false
        }
        let parent = Path.directory(of: path)
        if parent != path, try status(parent) == nil { _ = try makeDirectory(parent, mode: mode, owner: owner) }
        set(followed(path), path, .directory, newStatus(.directory, mode: mode, owner))
        return true
    }

    func changeMode(_ path: String, to mode: UInt16) throws(FileError) {
        try change(path, .changeMode) { $0.mode = mode }
    }

    func changeOwner(_ path: String, to owner: Owner, of before: FileStatus?) throws(FileError) -> FileRestoration {
        let place = place(path)
        guard let status = try statusOf(place) else { throw FileError(.changeOwner, path, .noEntry) }
        if status.kind == .link { throw FileError(.changeOwner, path, SystemError(ELOOP)) }
        if let before, before.identity != status.identity { throw FileError(.changeOwner, path, .exchanged) }
        try change(path, .changeOwner) { $0.owner = owner }
        return { () throws(FileError) in try self.change(path, .changeOwner) { $0.owner = status.owner } }
    }

    private func change(
        _ path: String, _ operation: FileError.Operation, _ body: (inout FileStatus) -> Void
    ) throws(FileError) {
        let place = place(path)
        guard var status = try statusOf(place) else { throw FileError(operation, path, .noEntry) }
        body(&status)
        set(place, path, change(place)?.entry ?? .kept, status)
    }

    func deferDurability() {}

    func makeDurable(_ directory: String) throws(FileError) {}
}

extension RehearsedFiles {
    /// What a path was and would be.
    struct Difference {
        /// The path as a person knows it.
        let path: String
        let before: Side
        let after: Side

        /// One of the two.
        struct Side {
            /// nil if there is nothing.
            var status: FileStatus?
            /// The contents of a file, the target of a link; nil if there is nothing or the caller may not read it.
            var contents: [UInt8]?
        }
    }

    /// All paths that would differ, in their order.
    var differences: [Difference] {
        let changes = changes.withLock { $0 }
        return changes.keys.sorted().compactMap { place in
            guard let change = changes[place] else { return nil }
            var before = Difference.Side(status: (try? base.status(place, followLinks: false)) ?? nil)
            switch before.status?.kind {
            case .link: before.contents = Array(base.resolved(place).utf8)
            case .file: before.contents = try? base.read(place, limit: FileLimit.edited)
            default: break
            }
            var after = Difference.Side(status: change.status)
            switch change.entry {
            case .file(let contents): after.contents = contents
            case .linked(let target): after.contents = Array(target.utf8)
            case .kept: after.contents = before.contents
            case .directory, .absent: break
            }
            let isSame =
                before.status?.kind == after.status?.kind && before.contents == after.contents
                && before.status?.mode == after.status?.mode && before.status?.owner == after.status?.owner
            return isSame ? nil : Difference(path: change.name, before: before, after: after)
        }
    }
}
