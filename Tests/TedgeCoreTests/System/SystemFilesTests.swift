import Glibc
import TestSupport
import Testing

@testable import TedgeCore

@Suite struct SystemFilesTests {
    let directory: TemporaryDirectory
    let files = SystemFiles()

    init() throws { directory = try TemporaryDirectory() }

    private func file(_ name: String) -> String { directory.file(name) }

    private func text(_ name: String) throws -> String {
        String(decoding: try files.read(file(name)), as: UTF8.self)
    }

    @Test("the end of a large file is read, all of a small one, nothing of a directory")
    func tail() throws {
        let directory = try TemporaryDirectory()
        let path = try directory.write("0123456789", to: "log")
        #expect(try SystemFiles().readTail(path, count: 4) == Array("6789".utf8))
        #expect(try SystemFiles().readTail(path, count: 99) == Array("0123456789".utf8))
        // A file of a gigabyte, of which nothing is on the disk.
        #expect(truncate(path, 1 << 30) == 0)
        #expect(try SystemFiles().readTail(path, count: 3) == [0, 0, 0])
        #expect(throws: FileError(.read, directory.path, SystemError(EISDIR))) {
            try SystemFiles().readTail(directory.path, count: 4)
        }
    }

    @Test(
        "a file that is replaced has the bytes and exactly the permissions that are given", arguments: [0o600, 0o777])
    func replace(_ mode: UInt16) throws {
        try directory.write("old text", to: "a", mode: 0o644)
        try files.replace(file("a"), with: [0, 255, 10], mode: mode, owner: nil)
        #expect(try files.read(file("a")) == [0, 255, 10])
        #expect(try files.status(file("a"))?.mode == mode)
        #expect(try files.list(directory.path) == ["a"])
    }

    @Test("a symbolic link stays, and the end of the chain gets the contents")
    func links() throws {
        mkdir(file("d"), 0o755)
        try directory.write("old", to: "d/target")
        symlink("target", file("d/second"))
        symlink("d/second", file("first"))
        try files.replace(file("first"), with: Array("new".utf8), mode: 0o644, owner: nil)
        #expect(try text("d/target") == "new")
        #expect(try files.status(file("first"), followLinks: false)?.kind == .link)
        #expect(try files.status(file("d/second"), followLinks: false)?.kind == .link)
        #expect(try files.status(file("first"))?.kind == .file)
    }

    @Test("a link that leads nowhere gets its target, and one in a circle is an error")
    func brokenLinks() throws {
        symlink(file("new"), file("dangling"))
        #expect(try files.status(file("dangling")) == nil)
        try files.replace(file("dangling"), with: Array("x".utf8), mode: 0o644, owner: nil)
        #expect(try text("new") == "x")
        symlink(file("loop"), file("loop"))
        #expect(throws: FileError(.read, file("loop"), SystemError(ELOOP))) { try files.status(file("loop")) }
    }

    @Test("a file that exists is not created again, and stays as it is")
    func create() throws {
        try files.create(file("a"), with: Array("first".utf8), mode: 0o400, owner: nil)
        #expect(throws: FileError(.write, file("a"), .exists)) {
            try files.create(file("a"), with: Array("second".utf8), mode: 0o644, owner: nil)
        }
        #expect(try text("a") == "first")
        #expect(try files.status(file("a"))?.mode == 0o400)
        #expect(try files.list(directory.path) == ["a"])
    }

    @Test("no file is created over a link")
    func createOverLink() throws {
        symlink(file("elsewhere"), file("link"))
        #expect(throws: FileError(.write, file("link"), .exists)) {
            try files.create(file("link"), with: [1], mode: 0o644, owner: nil)
        }
        #expect(!files.exists(file("elsewhere")))
    }

    @Test("a failed write leaves nothing behind, and the error names the requested file")
    func failedWrite() throws {
        #expect(throws: FileError(.write, file("no/a"), .noEntry)) {
            try files.replace(file("no/a"), with: [], mode: 0o644, owner: nil)
        }
        mkdir(file("d"), 0o755)
        #expect(throws: FileError(.write, file("d"), SystemError(EISDIR))) {
            try files.replace(file("d"), with: [], mode: 0o644, owner: nil)
        }
        #expect(try files.list(directory.path) == ["d"])
    }

    @Test("the owner can be the caller")
    func owner() throws {
        let me = Owner(user: geteuid(), group: getegid())
        try files.replace(file("a"), with: [], mode: 0o600, owner: me)
        #expect(try files.status(file("a"))?.owner == me)
        try files.changeOwner(file("a"), to: me)
        symlink("a", file("link"))
        #expect(throws: FileError(.changeOwner, file("link"), SystemError(ELOOP))) {
            try files.changeOwner(file("link"), to: me)
        }
        #expect(throws: FileError(.changeOwner, file("no"), .noEntry)) { try files.changeOwner(file("no"), to: me) }
    }

    @Test("a file is read up to the limit, and a larger one is an error")
    func limit() throws {
        try directory.write(String(repeating: "x", count: 40_000), to: "a")
        #expect(try files.read(file("a"), limit: 40_000).count == 40_000)
        #expect(throws: FileError(.read, file("a"), SystemError(EFBIG))) { try files.read(file("a"), limit: 39_999) }
    }

    @Test("a missing file can be nil or an error")
    func missing() throws {
        try directory.write("", to: "plain")
        for name in ["no", "plain/below"] {
            #expect(try files.readIfPresent(file(name)) == nil)
            #expect(try files.status(file(name)) == nil)
            #expect(try !files.remove(file(name)))
            #expect(try files.list(file(name)) == [])
        }
        #expect(throws: FileError(.read, file("no"), .noEntry)) { try files.read(file("no")) }
        #expect(throws: FileError(.read, directory.path, SystemError(EISDIR))) { try files.read(directory.path) }
    }

    @Test("directories are made with those above them, whatever the umask says")
    func directories() throws {
        #expect(try files.makeDirectory(file("a/b/c"), mode: 0o775, owner: nil))
        #expect(try files.status(file("a/b/c"))?.mode == 0o775)
        #expect(try files.status(file("a/b"))?.mode == 0o755)
        #expect(try !files.makeDirectory(file("a/b/c"), mode: 0o700, owner: nil))
        #expect(try files.status(file("a/b/c"))?.mode == 0o775)
        try directory.write("", to: "plain")
        #expect(throws: FileError(.makeDirectory, file("plain"), .exists)) {
            try files.makeDirectory(file("plain"), mode: 0o755, owner: nil)
        }
    }

    @Test("files and empty directories are removed, full ones are not")
    func remove() throws {
        try directory.write("", to: "a")
        _ = try files.makeDirectory(file("d/e"), mode: 0o755, owner: nil)
        #expect(try files.remove(file("a")))
        #expect(throws: FileError(.remove, file("d"), SystemError(ENOTEMPTY))) { try files.remove(file("d")) }
        #expect(try files.remove(file("d/e")))
        #expect(try files.remove(file("d")))
        #expect(try files.list(directory.path) == [])
    }

    @Test("a rename replaces another file")
    func rename() throws {
        try directory.write("new", to: "a")
        try directory.write("old", to: "b")
        try files.rename(file("a"), to: file("b"))
        #expect(try text("b") == "new")
        #expect(try files.list(directory.path) == ["b"])
        #expect(throws: FileError(.write, file("b"), .noEntry)) { try files.rename(file("a"), to: file("b")) }
    }

    @Test("names are listed in their order, with those that begin with a dot")
    func list() throws {
        for name in ["b", "a", ".c"] { try directory.write("", to: name) }
        #expect(try files.list(directory.path) == [".c", "a", "b"])
    }

    @Test("the status tells kind, permissions and size")
    func status() throws {
        try directory.write("four", to: "a", mode: 0o1751)
        let status = try #require(try files.status(file("a")))
        #expect(status.kind == .file)
        #expect(status.mode == 0o1751)
        #expect(status.size == 4)
        #expect(try files.status(directory.path)?.kind == .directory)
        #expect(try files.status("/dev/null")?.kind == .other)
        try files.changeMode(file("a"), to: 0o600)
        #expect(try files.status(file("a"))?.mode == 0o600)
        #expect(files.isReadable(file("a")))
        #expect(!files.isReadable(file("no")))
    }
}
