import TestSupport
import Testing

@testable import TedgeCore

/// Files that change only in memory: what is done is seen afterwards, and the disk stays as it is.
@Suite struct RehearsedFilesTests {
    private let directory: TemporaryDirectory
    private let files = RehearsedFiles(over: SystemFiles(), owner: Owner(user: 7, group: 8))

    init() throws {
        directory = try TemporaryDirectory()
        let real = SystemFiles()
        try real.replace(directory.file("old"), with: Array("old".utf8), mode: 0o640, owner: nil)
        _ = try real.makeDirectory(directory.file("real"), mode: 0o755, owner: nil)
        try real.makeSymbolicLink(directory.file("link"), to: directory.file("real"))
        try real.makeSymbolicLink(directory.file("to-old"), to: directory.file("old"))
    }

    private func text(_ name: String) throws -> String? {
        try files.readIfPresent(directory.file(name)).map { String(decoding: $0, as: UTF8.self) }
    }

    private func disk(_ name: String) -> Bool { SystemFiles().exists(directory.file(name)) }

    @Test("a file that is written is read again, also through links of the disk, and is not on the disk")
    func write() throws {
        try files.replace(directory.file("link/new"), with: Array("text".utf8), mode: 0o600, owner: nil)
        #expect(try text("real/new") == "text")
        #expect(try text("link/new") == "text")
        #expect(try files.list(directory.file("real")) == ["new"])
        #expect(try files.list(directory.file("link")) == ["new"])
        #expect(!disk("real/new"))
        let status = try #require(try files.status(directory.file("real/new")))
        #expect(status.mode == 0o600 && status.owner == Owner(user: 7, group: 8) && status.size == 4)
    }

    @Test("a file behind a link is replaced, and the link stays")
    func replaceBehindLink() throws {
        try files.replace(directory.file("to-old"), with: Array("new".utf8), mode: 0o644, owner: nil)
        #expect(try text("old") == "new")
        #expect(try files.status(directory.file("to-old"), followLinks: false)?.kind == .link)
        #expect(try SystemFiles().read(directory.file("old")) == Array("old".utf8))
    }

    @Test("a file that is removed is gone, can be made again, and stays on the disk")
    func remove() throws {
        #expect(try files.remove(directory.file("old")))
        #expect(try !files.remove(directory.file("old")))
        #expect(try text("old") == nil)
        #expect(try !files.list(directory.path).contains("old"))
        #expect(throws: FileError.self) { try files.read(directory.file("to-old")) }
        try files.create(directory.file("old"), with: [], mode: 0o644, owner: nil)
        #expect(try text("old") == "")
        #expect(disk("old"))
    }

    @Test("a file is renamed and linked with its contents, permissions and identity")
    func rename() throws {
        let before = try files.status(directory.file("old"))
        try files.link(directory.file("old"), to: directory.file("second"))
        try files.rename(directory.file("old"), to: directory.file("third"))
        #expect(try files.status(directory.file("second")) == before)
        #expect(try files.status(directory.file("third")) == before)
        #expect(try text("third") == "old")
        #expect(try text("old") == nil)
    }

    @Test("what the disk refuses is refused")
    func refusals() throws {
        #expect(throws: FileError.self) {
            try files.create(directory.file("old"), with: [], mode: 0o644, owner: nil)
        }
        #expect(throws: FileError.self) {
            try files.replace(directory.file("nowhere/new"), with: [], mode: 0o644, owner: nil)
        }
        #expect(throws: FileError.self) {
            try files.replace(directory.file("real"), with: [], mode: 0o644, owner: nil)
        }
        #expect(throws: FileError.self) { try files.makeSymbolicLink(directory.file("old"), to: "/x") }
        #expect(throws: FileError.self) { try files.makeDirectory(directory.file("old"), mode: 0o755, owner: nil) }
        try files.replace(directory.file("real/new"), with: [], mode: 0o644, owner: nil)
        #expect(throws: FileError.self) { try files.remove(directory.file("real")) }
        #expect(files.differences.map(\.path) == [directory.file("real/new")])
    }

    @Test("directories are made with those above them")
    func directories() throws {
        #expect(try files.makeDirectory(directory.file("a/b/c"), mode: 0o755, owner: nil))
        #expect(try !files.makeDirectory(directory.file("a/b"), mode: 0o755, owner: nil))
        try files.touch(directory.file("a/b/c/file"))
        #expect(try files.list(directory.file("a/b")) == ["c"])
        #expect(try files.list(directory.file("a/b/c")) == ["file"])
        #expect(files.isDirectory(directory.file("a/b/c")))
        #expect(!disk("a"))
    }

    @Test("a link that is made leads to its target, also to one that is only in memory")
    func links() throws {
        try files.replace(directory.file("target"), with: Array("t".utf8), mode: 0o644, owner: nil)
        try files.makeSymbolicLink(directory.file("real/made"), to: directory.file("target"))
        #expect(try text("real/made") == "t")
        #expect(files.resolved(directory.file("real/made")) == directory.file("target"))
        #expect(try files.target(of: directory.file("real/made")) == directory.file("target"))
    }

    @Test("owners and permissions change, are restored, and are a difference by themselves")
    func owners() throws {
        let path = directory.file("old")
        let restore = try files.changeOwner(path, to: Owner(user: 1, group: 2), of: try files.status(path))
        #expect(try files.status(path)?.owner == Owner(user: 1, group: 2))
        #expect(files.differences.map(\.path) == [path])
        #expect(try text("old") == "old")
        try restore()
        #expect(files.differences.isEmpty)
        try files.changeMode(path, to: 0o600)
        #expect(files.differences.count == 1)
    }

    @Test("what is undone is no difference")
    func undone() throws {
        let transaction = FileTransaction(files)
        try transaction.write(directory.file("old"), Array("new".utf8))
        try transaction.makeDirectory(directory.file("d"), mode: 0o755, owner: nil)
        try transaction.write(directory.file("d/x"), Array("new".utf8))
        #expect(try transaction.remove(directory.file("to-old")))
        #expect(files.differences.count { !TemporaryName.isName(Path.name(of: $0.path)) } == 4)
        #expect(transaction.rollBack().isEmpty)
        #expect(files.differences.isEmpty)
    }
}
