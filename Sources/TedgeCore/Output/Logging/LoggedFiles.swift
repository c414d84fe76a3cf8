/// Accesses files, and logs each change and each file and directory that is read.
struct LoggedFiles: Files {
    let base: any Files
    let log: EventLog

    func read(_ path: String, limit: Int) throws(FileError) -> [UInt8] {
        try log.record(.debug, "read \(path)", outcome: { "\($0.count) bytes" }) { () throws(FileError) in
            try base.read(path, limit: limit)
        }
    }

    func readInput(_ path: String, limit: Int) throws(FileError) -> [UInt8] {
        try log.record(.debug, "read \(path)", outcome: { "\($0.count) bytes" }) { () throws(FileError) in
            try base.readInput(path, limit: limit)
        }
    }

    func readTail(_ path: String, count: Int) throws(FileError) -> [UInt8] {
        try log.record(.debug, "read the end of \(path)", outcome: { "\($0.count) bytes" }) { () throws(FileError) in
            try base.readTail(path, count: count)
        }
    }

    func list(_ path: String) throws(FileError) -> [String] {
        try log.record(.debug, "list \(path)", outcome: { "\($0.count) entries" }) { () throws(FileError) in
            try base.list(path)
        }
    }

    func status(_ path: String, followLinks: Bool) throws(FileError) -> FileStatus? {
        try base.status(path, followLinks: followLinks)
    }

    func isReadable(_ path: String) -> Bool { base.isReadable(path) }

    func replace(_ path: String, with contents: [UInt8], mode: UInt16, owner: Owner?) throws(FileError) {
        try log.record(.info, "write \(path) (\(contents.count) bytes, \(Self.attributes(mode, owner)))") {
            () throws(FileError) in
            try base.replace(path, with: contents, mode: mode, owner: owner)
        }
    }

    func create(_ path: String, with contents: [UInt8], mode: UInt16, owner: Owner?) throws(FileError) {
        try log.record(.info, "create \(path) (\(contents.count) bytes, \(Self.attributes(mode, owner)))") {
            () throws(FileError) in
            try base.create(path, with: contents, mode: mode, owner: owner)
        }
    }

    func snapshot(_ path: String) throws(FileError) -> FileSnapshot? {
        try log.record(.debug, "read \(path)", outcome: { $0.map { "\($0.contents.count) bytes" } }) {
            () throws(FileError) in
            try base.snapshot(path)
        }
    }

    func target(of path: String) throws(FileError) -> String { try base.target(of: path) }

    func resolved(_ path: String) -> String { base.resolved(path) }

    func realPath(_ path: String) throws(FileError) -> String { try base.realPath(path) }

    func link(_ path: String, to newPath: String) throws(FileError) {
        try log.record(.debug, "link \(path) to \(newPath)") { () throws(FileError) in
            try base.link(path, to: newPath)
        }
    }

    func makeSymbolicLink(_ path: String, to target: String) throws(FileError) {
        try log.record(.info, "link \(path) to \(target)") { () throws(FileError) in
            try base.makeSymbolicLink(path, to: target)
        }
    }

    func touch(_ path: String) throws(FileError) {
        try log.record(.info, "touch \(path)") { () throws(FileError) in try base.touch(path) }
    }

    func discard(_ path: String) {
        log.record(.debug, "discard \(path)") { base.discard(path) }
    }

    func lock(_ path: String, holder: String) throws(FileError) -> FileLock? {
        try base.lock(path, holder: holder)
    }

    func deferDurability() { base.deferDurability() }

    func makeDurable(_ directory: String) throws(FileError) {
        try log.record(.debug, "synchronize \(directory)") { () throws(FileError) in
            try base.makeDurable(directory)
        }
    }

    func rename(_ path: String, to newPath: String) throws(FileError) {
        try log.record(.info, "rename \(path) to \(newPath)") { () throws(FileError) in
            try base.rename(path, to: newPath)
        }
    }

    func remove(_ path: String) throws(FileError) -> Bool {
        try log.record(.info, "remove \(path)", outcome: { $0 ? nil : "there was none" }) { () throws(FileError) in
            try base.remove(path)
        }
    }

    func makeDirectory(_ path: String, mode: UInt16, owner: Owner?) throws(FileError) -> Bool {
        try log.record(
            .info, "make directory \(path) (\(Self.attributes(mode, owner)))",
            outcome: { $0 ? nil : "it was there" }
        ) { () throws(FileError) in
            try base.makeDirectory(path, mode: mode, owner: owner)
        }
    }

    func changeMode(_ path: String, to mode: UInt16) throws(FileError) {
        try log.record(.info, "change \(path) to \(Self.attributes(mode, nil))") { () throws(FileError) in
            try base.changeMode(path, to: mode)
        }
    }

    func changeOwner(_ path: String, to owner: Owner, of before: FileStatus?) throws(FileError) -> FileRestoration {
        let restore = try log.record(.info, "change \(path) to owner \(owner.user):\(owner.group)") {
            () throws(FileError) in
            try base.changeOwner(path, to: owner, of: before)
        }
        let log = log
        return { () throws(FileError) in
            try log.record(.info, "give \(path) back to its owner") { () throws(FileError) in try restore() }
        }
    }

    private static func attributes(_ mode: UInt16, _ owner: Owner?) -> String {
        "mode \(String(mode, radix: 8))" + (owner.map { ", owner \($0.user):\($0.group)" } ?? "")
    }
}
