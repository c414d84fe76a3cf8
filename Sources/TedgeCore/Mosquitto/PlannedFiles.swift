/// The files of the device with some that are not written yet, for those who only read.
struct PlannedFiles: Files {
    let base: any Files
    /// The contents by path; nil for a file that is to be removed.
    let planned: [String: [UInt8]?]

    func read(_ path: String, limit: Int) throws(FileError) -> [UInt8] {
        guard let contents = planned[path] else { return try base.read(path, limit: limit) }
        guard let contents else { throw FileError(.read, path, .noEntry) }
        return contents
    }

    func list(_ path: String) throws(FileError) -> [String] {
        let names = try base.list(path)
        let absolute = Path.absolute(path, relativeTo: "/")
        let (added, removed) = (
            planned.filter { Path.directory(of: $0.key) == absolute && $0.value != nil },
            planned.filter { Path.directory(of: $0.key) == absolute && $0.value == nil }
        )
        let all = Set(names).union(added.keys.map(Path.name(of:))).subtracting(removed.keys.map(Path.name(of:)))
        return all.sorted()
    }

    func status(_ path: String, followLinks: Bool) throws(FileError) -> FileStatus? {
        try base.status(path, followLinks: followLinks)
    }
    func readInput(_ path: String, limit: Int) throws(FileError) -> [UInt8] {
        try base.readInput(path, limit: limit)
    }
    func readTail(_ path: String, count: Int) throws(FileError) -> [UInt8] { try base.readTail(path, count: count) }
    func resolved(_ path: String) -> String { base.resolved(path) }
    func realPath(_ path: String) throws(FileError) -> String { try base.realPath(path) }
    func isReadable(_ path: String) -> Bool { base.isReadable(path) }

    // Nobody writes here.
    private func refusal(_ path: String) -> FileError { FileError(.write, path, SystemError.readOnlyFileSystem) }
    func replace(_ path: String, with contents: [UInt8], mode: UInt16, owner: Owner?) throws(FileError) {
        throw refusal(path)
    }
    func create(_ path: String, with contents: [UInt8], mode: UInt16, owner: Owner?) throws(FileError) {
        throw refusal(path)
    }
    func link(_ path: String, to newPath: String) throws(FileError) { throw refusal(path) }
    func touch(_ path: String) throws(FileError) { throw refusal(path) }
    func discard(_ path: String) {}
    func lock(_ path: String, holder: String) throws(FileError) -> FileLock? { throw refusal(path) }
    func deferDurability() {}
    func makeDurable(_ directory: String) throws(FileError) {}
    func rename(_ path: String, to newPath: String) throws(FileError) { throw refusal(path) }
    func remove(_ path: String) throws(FileError) -> Bool { throw refusal(path) }
    func makeDirectory(_ path: String, mode: UInt16, owner: Owner?) throws(FileError) -> Bool { throw refusal(path) }
    func changeMode(_ path: String, to mode: UInt16) throws(FileError) { throw refusal(path) }
    func changeOwner(_ path: String, to owner: Owner, of before: FileStatus?) throws(FileError) -> FileRestoration {
        throw refusal(path)
    }
}
