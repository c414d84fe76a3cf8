import Glibc
import TestSupport
import Testing

@testable import TedgeCore

/// Changes to files, and that putting them back leaves everything as before.
@Suite struct FileTransactionTests {
    let world: World
    let files: FileTransaction

    init() throws {
        world = try World()
        files = FileTransaction(world.files)
    }

    private func file(_ name: String) -> String { world.directory.file(name) }

    private func status(_ name: String) throws -> FileStatus? { try world.files.status(file(name)) }

    @Test("everything is put back: bytes, permissions, owners and directories")
    func everything() throws {
        try world.write("old", to: "a", mode: 0o640)
        try world.files.changeOwner(file("a"), to: Owner(user: 7, group: 8))
        try world.write("gone\u{FF}", to: "b", mode: 0o400)
        try world.write("given", to: "c", mode: 0o600)
        let before = try world.snapshot()
        #expect(!files.hasChanges)
        try files.write(file("a"), Array("new".utf8))
        try files.write(file("a"), Array("newer".utf8), mode: 0o600, owner: Owner(user: 1, group: 1))
        #expect(try files.remove(file("b")))
        try files.changeOwner(file("c"), to: Owner(user: 110, group: 120))
        try files.makeDirectory(file("d"), mode: 0o755, owner: nil)
        try files.write(file("d/e"), Array("e".utf8))
        #expect(files.hasChanges)
        #expect(try world.snapshot() != before)
        #expect(files.rollBack().isEmpty)
        #expect(try world.snapshot() == before)
        #expect(!files.hasChanges)
    }

    @Test("directories that were made on the way are taken away again")
    func parents() throws {
        let before = try world.snapshot()
        try files.makeDirectory(file("a/b/c"), mode: 0o700, owner: Owner(user: 900, group: 901))
        #expect(try status("a/b")?.mode == 0o755)
        #expect(try status("a/b/c")?.mode == 0o700)
        #expect(files.rollBack().isEmpty)
        #expect(try world.snapshot() == before)
    }

    @Test("a file that is written again keeps its permissions and owner, unless others are given")
    func keeps() throws {
        try world.write("old", to: "a", mode: 0o640)
        try world.files.changeOwner(file("a"), to: Owner(user: 7, group: 8))
        try files.write(file("a"), [])
        #expect(try status("a")?.mode == 0o640)
        #expect(try status("a")?.owner == Owner(user: 7, group: 8))
        try files.write(file("a"), [], mode: 0o444, owner: Owner(user: 9, group: 9))
        #expect(try status("a")?.mode == 0o444)
        #expect(try status("a")?.owner == Owner(user: 9, group: 9))
    }

    @Test("a new file can be read by everyone")
    func newFile() throws {
        try files.write(file("n"), Array("x".utf8))
        #expect(try status("n")?.mode == 0o644)
    }

    @Test("what changes nothing is no change")
    func noChange() throws {
        try world.write("x", to: "a")
        try files.changeOwner(file("a"), to: WorldFiles.owner)
        try files.changeOwner(file("missing"), to: Owner(user: 1, group: 1))
        #expect(try !files.remove(file("missing")))
        try files.makeDirectory(file("tedge"), mode: 0o700, owner: Owner(user: 1, group: 1))
        #expect(!files.hasChanges)
        #expect(try status("tedge")?.mode == 0o755)
    }

    @Test("a change that fails is not put back")
    func failedChange() throws {
        try world.write("x", to: "a")
        let before = try world.snapshot()
        world.files.fail(.write, "/a", ENOSPC)
        world.files.fail(.remove, "/a", EROFS)
        #expect(throws: FileError(.write, file("a"), SystemError(ENOSPC))) { try files.write(file("a"), []) }
        #expect(throws: FileError(.remove, file("a"), SystemError(EROFS))) { try files.remove(file("a")) }
        #expect(!files.hasChanges)
        #expect(files.rollBack().isEmpty)
        #expect(try world.snapshot() == before)
    }

    @Test("what cannot be put back is told, and the rest is put back")
    func failures() throws {
        try world.write("1", to: "a")
        try world.write("2", to: "b")
        try files.write(file("a"), Array("x".utf8))
        try files.write(file("b"), Array("y".utf8))
        world.files.fail(.write, "/b", EIO)
        #expect(files.rollBack() == [FileError(.write, file("b"), SystemError(EIO))])
        #expect(try world.text("a") == "1")
        #expect(try world.text("b") == "y")
    }

    @Test("a directory that somebody has filled meanwhile stays")
    func filled() throws {
        try files.makeDirectory(file("d"), mode: 0o755, owner: nil)
        try world.write("theirs", to: "d/x")
        #expect(files.rollBack() == [FileError(.remove, file("d"), SystemError(ENOTEMPTY))])
        #expect(try world.text("d/x") == "theirs")
    }
}
