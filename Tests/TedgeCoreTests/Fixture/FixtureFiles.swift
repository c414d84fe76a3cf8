import Synchronization

@testable import TedgeCore

/// The real files, but for what a test has fail, and for owners: those are only remembered, so that tests need not be
/// root and nothing is given away.
final class FixtureFiles: Files {
    private let real = SystemFiles()
    private let faults = Mutex<[Fault]>([])
    private let owners = Mutex<[String: Owner]>([:])
    /// Who owns the files that nobody has given away; the directories are root's.
    static let owner = Owner(user: 1000, group: 1000)

    private struct Fault {
        let operation: FileError.Operation
        let suffix: String
        let reason: SystemError
    }

    /// Has an operation on the paths with this end fail.
    func fail(_ operation: FileError.Operation, _ suffix: String, _ code: Int32) {
        faults.withLock { $0.append(Fault(operation: operation, suffix: suffix, reason: SystemError(code))) }
    }

    /// No longer has anything fail.
    func heal() { faults.withLock { $0 = [] } }

    private func check(_ operation: FileError.Operation, _ path: String) throws(FileError) {
        let fault = faults.withLock { $0.first { $0.operation == operation && path.hasSuffix($0.suffix) } }
        if let fault { throw FileError(operation, path, fault.reason) }
    }

    private func own(_ path: String, _ owner: Owner?) {
        owners.withLock { $0[path] = owner }
    }

    func read(_ path: String, limit: Int) throws(FileError) -> [UInt8] {
        try check(.read, path)
        return try real.read(path, limit: limit)
    }

    func readInput(_ path: String, limit: Int) throws(FileError) -> [UInt8] {
        try check(.read, path)
        return try real.readInput(path, limit: limit)
    }

    func readTail(_ path: String, count: Int) throws(FileError) -> [UInt8] {
        try check(.read, path)
        return try real.readTail(path, count: count)
    }

    func status(_ path: String, followLinks: Bool) throws(FileError) -> FileStatus? {
        var status = try real.status(path, followLinks: followLinks)
        let usual = status?.kind == .directory ? FixtureAccounts.root : Self.owner
        status?.owner = owners.withLock { $0[path] } ?? usual
        return status
    }

    func replace(_ path: String, with contents: [UInt8], mode: UInt16, owner: Owner?) throws(FileError) {
        try check(.write, path)
        try real.replace(path, with: contents, mode: mode, owner: nil)
        own(path, owner)
    }

    func create(_ path: String, with contents: [UInt8], mode: UInt16, owner: Owner?) throws(FileError) {
        try check(.create, path)
        try real.create(path, with: contents, mode: mode, owner: nil)
        own(path, owner)
    }

    func resolved(_ path: String) -> String { real.resolved(path) }

    func realPath(_ path: String) throws(FileError) -> String { try real.realPath(path) }

    func link(_ path: String, to newPath: String) throws(FileError) {
        try check(.create, newPath)
        try real.link(path, to: newPath)
        own(newPath, owners.withLock { $0[path] })
    }

    func makeSymbolicLink(_ path: String, to target: String) throws(FileError) {
        try check(.create, path)
        try real.makeSymbolicLink(path, to: target)
    }

    func touch(_ path: String) throws(FileError) {
        try check(.create, path)
        try real.touch(path)
    }

    func discard(_ path: String) {
        own(path, nil)
        real.discard(path)
    }

    func lock(_ path: String, holder: String) throws(FileError) -> FileLock? {
        try check(.write, path)
        return try real.lock(path, holder: holder)
    }

    func deferDurability() { real.deferDurability() }

    func makeDurable(_ directory: String) throws(FileError) {
        try check(.write, directory)
        try real.makeDurable(directory)
    }

    func rename(_ path: String, to newPath: String) throws(FileError) {
        try check(path.hasSuffix(".tmp") ? .write : .remove, path.hasSuffix(".tmp") ? newPath : path)
        try real.rename(path, to: newPath)
        own(newPath, owners.withLock { $0.removeValue(forKey: path) })
    }

    @discardableResult
    func remove(_ path: String) throws(FileError) -> Bool {
        try check(.remove, path)
        own(path, nil)
        return try real.remove(path)
    }

    @discardableResult
    func makeDirectory(_ path: String, mode: UInt16, owner: Owner?) throws(FileError) -> Bool {
        try check(.makeDirectory, path)
        let isNew = try real.makeDirectory(path, mode: mode, owner: nil)
        if isNew { own(path, owner) }
        return isNew
    }

    func changeMode(_ path: String, to mode: UInt16) throws(FileError) { try real.changeMode(path, to: mode) }

    func changeOwner(_ path: String, to owner: Owner, of before: FileStatus?) throws(FileError) -> FileRestoration {
        try check(.changeOwner, path)
        let former = owners.withLock { $0[path] }
        own(path, owner)
        return { [self] () throws(FileError) in
            try check(.changeOwner, path)
            own(path, former)
        }
    }

    func list(_ path: String) throws(FileError) -> [String] { try real.list(path) }

    func isReadable(_ path: String) -> Bool {
        (try? check(.read, path)) != nil && real.isReadable(path)
    }
}

extension Files {
    /// Gives a file away, whichever it is.
    func changeOwner(_ path: String, to owner: Owner) throws(FileError) {
        _ = try changeOwner(path, to: owner, of: nil)
    }
}
