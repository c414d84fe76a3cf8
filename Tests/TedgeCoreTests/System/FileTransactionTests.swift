import Glibc
import TestSupport
import Testing

@testable import TedgeCore

/// Changes to files, and that putting them back leaves everything as before.
@Suite struct FileTransactionTests {
    let fixture: Fixture
    let files: FileTransaction

    init() throws {
        fixture = try Fixture()
        files = FileTransaction(fixture.files)
    }

    private func file(_ name: String) -> String { fixture.directory.file(name) }

    private func status(_ name: String) throws -> FileStatus? { try fixture.files.status(file(name)) }

    @Test("everything is restored: contents, permissions, owners and directories")
    func everything() throws {
        try fixture.write("old", to: "a", mode: 0o640)
        try fixture.files.changeOwner(file("a"), to: Owner(user: 7, group: 8))
        try fixture.write("gone\u{FF}", to: "b", mode: 0o400)
        try fixture.write("given", to: "c", mode: 0o600)
        let before = try fixture.snapshot()
        #expect(!files.hasChanges)
        try files.write(file("a"), Array("new".utf8))
        try files.write(file("a"), Array("newer".utf8), mode: 0o600, owner: Owner(user: 1, group: 1))
        #expect(try files.remove(file("b")))
        try files.changeOwner(file("c"), to: Owner(user: 110, group: 120))
        try files.makeDirectory(file("d"), mode: 0o755, owner: nil)
        try files.write(file("d/e"), Array("e".utf8))
        #expect(files.hasChanges)
        #expect(try fixture.snapshot() != before)
        #expect(files.rollBack().isEmpty)
        #expect(try fixture.snapshot() == before)
        #expect(!files.hasChanges)
    }

    @Test("directories that were created on the way are removed again")
    func parents() throws {
        let before = try fixture.snapshot()
        try files.makeDirectory(file("a/b/c"), mode: 0o700, owner: Owner(user: 900, group: 901))
        #expect(try status("a/b")?.mode == 0o755)
        #expect(try status("a/b/c")?.mode == 0o700)
        #expect(files.rollBack().isEmpty)
        #expect(try fixture.snapshot() == before)
    }

    @Test("a file that is written again keeps its permissions and owner, unless others are given")
    func keeps() throws {
        try fixture.write("old", to: "a", mode: 0o640)
        try fixture.files.changeOwner(file("a"), to: Owner(user: 7, group: 8))
        try files.write(file("a"), [])
        #expect(try status("a")?.mode == 0o640)
        #expect(try status("a")?.owner == Owner(user: 7, group: 8))
        try files.write(file("a"), [], mode: 0o444, owner: Owner(user: 9, group: 9))
        #expect(try status("a")?.mode == 0o444)
        #expect(try status("a")?.owner == Owner(user: 9, group: 9))
    }

    @Test("a file of two megabytes is written and restored like any other")
    func large() throws {
        let text = String(repeating: "# 34567890\n", count: 200_000)
        try fixture.write(text, to: "large.conf")
        try files.write(file("large.conf"), Array((text + "new\n").utf8), original: Array(text.utf8))
        #expect(try fixture.files.read(file("large.conf"), limit: 4 << 20).count == text.utf8.count + 4)
        #expect(files.rollBack().isEmpty)
        #expect(try fixture.files.read(file("large.conf"), limit: 4 << 20) == Array(text.utf8))
    }

    @Test("a new file can be read by everyone")
    func newFile() throws {
        try files.write(file("n"), Array("x".utf8))
        #expect(try status("n")?.mode == 0o644)
    }

    @Test("an operation without effect is not a change")
    func noChange() throws {
        try fixture.write("x", to: "a")
        try files.changeOwner(file("a"), to: FixtureFiles.owner)
        try files.changeOwner(file("missing"), to: Owner(user: 1, group: 1))
        #expect(try !files.remove(file("missing")))
        try files.makeDirectory(file("tedge"), mode: 0o700, owner: Owner(user: 1, group: 1))
        #expect(!files.hasChanges)
        #expect(try status("tedge")?.mode == 0o755)
    }

    @Test("a change that fails is not undone")
    func failedChange() throws {
        try fixture.write("x", to: "a")
        let before = try fixture.snapshot()
        fixture.files.fail(.write, "/a", ENOSPC)
        fixture.files.fail(.remove, "/a", EROFS)
        #expect(throws: FileError(.write, file("a"), SystemError(ENOSPC))) { try files.write(file("a"), []) }
        #expect(throws: FileError(.remove, file("a"), SystemError(EROFS))) { try files.remove(file("a")) }
        #expect(!files.hasChanges)
        #expect(files.rollBack().isEmpty)
        #expect(try fixture.snapshot() == before)
    }

    @Test("a file that cannot be restored is reported, and the rest is restored")
    func failures() throws {
        try fixture.write("1", to: "a")
        try fixture.write("2", to: "b")
        try files.write(file("a"), Array("x".utf8))
        try files.write(file("b"), Array("y".utf8))
        fixture.files.fail(.write, "/b", EIO)
        #expect(files.rollBack() == [FileError(.write, file("b"), SystemError(EIO))])
        #expect(try fixture.text("a") == "1")
        #expect(try fixture.text("b") == "y")
    }

    @Test("a directory that somebody has filled meanwhile stays")
    func filled() throws {
        try files.makeDirectory(file("d"), mode: 0o755, owner: nil)
        try fixture.write("theirs", to: "d/x")
        #expect(files.rollBack() == [FileError(.remove, file("d"), SystemError(ENOTEMPTY))])
        #expect(try fixture.text("d/x") == "theirs")
    }
}

extension FileTransactionTests {
    @Test("a commit leaves only the new files")
    func commit() throws {
        try fixture.write("old", to: "a")
        try fixture.write("gone", to: "b")
        try files.mark(file("sign"))
        try files.write(file("a"), Array("new".utf8))
        try files.write(file("c"), Array("new".utf8))
        #expect(try files.remove(file("b"), aside: file("b.aside")))
        #expect(fixture.files.exists(file("sign")) && fixture.files.exists(file("b.aside")))
        #expect(try fixture.files.list(fixture.directory.path).filter { TemporaryName.isName($0, of: "a") }.count == 1)
        files.commit()
        #expect(try fixture.files.list(fixture.directory.path) == ["a", "c", "mosquitto.conf", "systemd", "tedge"])
        #expect(try fixture.text("a") == "new")
        #expect(files.rollBack().isEmpty)
        #expect(try fixture.text("a") == "new")
    }

    @Test("a mark that existed before is removed only by a commit")
    func sign() throws {
        try fixture.write("", to: "sign")
        try files.mark(file("sign"))
        #expect(!files.hasChanges)
        #expect(files.rollBack().isEmpty)
        #expect(fixture.files.exists(file("sign")))
        try files.mark(file("sign"))
        files.commit()
        #expect(!fixture.files.exists(file("sign")))
    }

    @Test("a file that would not change is left alone")
    func same() throws {
        try fixture.write("same", to: "a", mode: 0o600)
        let before = try status("a")
        try files.write(file("a"), Array("same".utf8))
        #expect(!files.hasChanges)
        #expect(try status("a")?.identity == before?.identity)
        try files.write(file("a"), Array("same".utf8), mode: 0o644)
        #expect(files.hasChanges)
        #expect(files.rollBack().isEmpty)
        #expect(try status("a") == before)
    }

    @Test("without hard links, the old version is kept in memory and written back")
    func noSecondName() throws {
        try fixture.write("old", to: "a", mode: 0o640)
        let before = try fixture.snapshot()
        fixture.files.fail(.create, ".tmp", EPERM)
        try files.write(file("a"), Array("new".utf8))
        #expect(try fixture.text("a") == "new")
        #expect(files.rollBack().isEmpty)
        #expect(try fixture.snapshot() == before)
    }

    @Test("links are restored as links, and their targets as they were")
    func links() throws {
        try fixture.write("old", to: "target")
        symlink(file("target"), file("link"))
        symlink("nowhere", file("dangling"))
        let before = try fixture.snapshot()
        try files.write(file("link"), Array("new".utf8))
        try files.write(file("dangling"), Array("new".utf8))
        #expect(try fixture.text("target") == "new" && fixture.text("nowhere") == "new")
        #expect(try files.remove(file("link")))
        #expect(files.rollBack().isEmpty)
        #expect(try fixture.snapshot() == before)
        #expect(try fixture.files.status(file("link"), followLinks: false)?.kind == .link)
        #expect(!fixture.files.exists(file("nowhere")))
    }

    @Test("new contents are not written over a file that has changed, nor with its permissions")
    func exchanged() throws {
        let directory = try TemporaryDirectory()
        let path = try directory.write("secret = 1\n", to: "tedge.toml")
        let transaction = FileTransaction(SystemFiles())
        #expect(throws: FileError(.write, path, .exchanged)) {
            try transaction.write(path, Array("a = 1\nb = 2\n".utf8), original: Array("a = 1\n".utf8))
        }
        #expect(contents(of: path) == "secret = 1\n" && !transaction.hasChanges)
        try transaction.write(path, Array("secret = 2\n".utf8), original: Array("secret = 1\n".utf8))
        #expect(contents(of: path) == "secret = 2\n")
    }
}
