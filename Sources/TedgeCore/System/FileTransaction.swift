/// Changes to files that are put back together: bytes, permissions and owners, the last change first.
final class FileTransaction {
    private enum Change {
        case written(path: String, before: [UInt8]?, mode: UInt16, owner: Owner)
        case removed(path: String, contents: [UInt8], status: FileStatus)
        case madeDirectory(String)
        case changedOwner(path: String, before: FileStatus)
    }

    private let files: any Files
    private var changes: [Change] = []

    init(_ files: any Files) { self.files = files }

    /// Whether anything differs from before.
    var hasChanges: Bool { !changes.isEmpty }

    /// Replaces or creates a file. One that is there keeps its permissions and owner unless they are given.
    func write(_ path: String, _ contents: [UInt8], mode: UInt16? = nil, owner: Owner? = nil) throws(FileError) {
        let status = try files.status(path)
        let before = status == nil ? nil : try files.read(path)
        let mode = mode ?? status?.mode ?? 0o644
        let newOwner = owner ?? status.flatMap { $0.owner == Owner(user: 0, group: 0) ? nil : $0.owner }
        try files.replace(path, with: contents, mode: mode, owner: newOwner)
        changes.append(
            .written(
                path: path, before: before, mode: status?.mode ?? mode, owner: status?.owner ?? Owner(user: 0, group: 0)
            ))
    }

    /// Removes a file; false when there was none.
    func remove(_ path: String) throws(FileError) -> Bool {
        guard let status = try files.status(path) else { return false }
        let contents = try files.read(path)
        guard try files.remove(path) else { return false }
        changes.append(.removed(path: path, contents: contents, status: status))
        return true
    }

    /// Makes a directory where there is none, after those above it that are missing.
    func makeDirectory(_ path: String, mode: UInt16, owner: Owner?) throws(FileError) {
        let parent = Path.directory(of: path)
        if parent != path, try files.status(parent) == nil { try makeDirectory(parent, mode: 0o755, owner: owner) }
        if try files.makeDirectory(path, mode: mode, owner: owner) { changes.append(.madeDirectory(path)) }
    }

    /// Gives a file to another owner.
    func changeOwner(_ path: String, to owner: Owner) throws(FileError) {
        guard let before = try files.status(path, followLinks: false), before.owner != owner else { return }
        try files.changeOwner(path, to: owner)
        changes.append(.changedOwner(path: path, before: before))
    }

    /// Puts everything back, and says what could not be.
    func rollBack() -> [FileError] {
        var failures: [FileError] = []
        for change in changes.reversed() {
            do throws(FileError) {
                try undo(change)
            } catch {
                failures.append(error)
            }
        }
        changes = []
        return failures
    }

    private func undo(_ change: Change) throws(FileError) {
        switch change {
        case .written(let path, nil, _, _): try files.remove(path)
        case .written(let path, let before?, let mode, let owner):
            try files.replace(path, with: before, mode: mode, owner: owner)
        case .removed(let path, let contents, let status):
            try files.replace(path, with: contents, mode: status.mode, owner: status.owner)
        case .madeDirectory(let path): try files.remove(path)
        case .changedOwner(let path, let before):
            try files.changeOwner(path, to: before.owner)
            // The system takes set-user-id bits away with a change of the owner.
            try files.changeMode(path, to: before.mode)
        }
    }
}
