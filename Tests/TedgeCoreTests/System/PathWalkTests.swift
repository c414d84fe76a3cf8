import Glibc
import TestSupport
import Testing

@testable import TedgeCore

/// Root follows no link that somebody else could have planted. Files are given to other users for that.
@Suite(.enabled(if: geteuid() == 0, "only root gives files away")) struct PathWalkTests {
    private let directory: TemporaryDirectory
    private let files = SystemFiles()
    /// Somebody who is not root.
    private static let other: uid_t = 4711

    init() throws {
        directory = try TemporaryDirectory()
        chmod(directory.path, 0o755)
        for (name, owner) in [("theirs", Self.other), ("ours", 0)] {
            mkdir(directory.file(name), 0o755)
            chown(directory.file(name), owner, owner)
        }
        try directory.write("secret", to: "ours/victim", mode: 0o600)
    }

    private func link(_ name: String, to target: String, owner: uid_t) {
        symlink(directory.file(target), directory.file(name))
        lchown(directory.file(name), owner, owner)
    }

    private func expectUntrusted(_ body: () throws -> Void) {
        let error = #expect(throws: FileError.self) { try body() }
        #expect(error?.reason.link?.suspect == Self.other)
        #expect(error?.id == "untrusted-link")
    }

    @Test("no call follows a planted link, and its target stays", arguments: ["victim", "new"])
    func planted(_ target: String) throws {
        link("theirs/link", to: "ours/\(target)", owner: Self.other)
        let path = directory.file("theirs/link")
        expectUntrusted { try files.replace(path, with: [1], mode: 0o644, owner: nil) }
        expectUntrusted { _ = try files.read(path) }
        #expect(throws: FileError.self) { try files.changeMode(path, to: 0o777) }
        #expect(throws: FileError.self) { try files.changeOwner(path, to: Owner(user: Self.other, group: Self.other)) }
        #expect(throws: FileError.self) { try files.touch(path) }
        #expect(try files.list(directory.file("ours")) == ["victim"])
        #expect(String(decoding: try files.read(directory.file("ours/victim")), as: UTF8.self) == "secret")
        let status = try files.status(directory.file("ours/victim"))
        #expect(status?.mode == 0o600 && status?.owner == Owner(user: 0, group: 0))
    }

    @Test("a planted link instead of a directory is not entered")
    func directories() throws {
        link("theirs/sub", to: "ours", owner: Self.other)
        let path = directory.file("theirs/sub/file")
        expectUntrusted { try files.replace(path, with: [1], mode: 0o644, owner: nil) }
        expectUntrusted { try files.create(path, with: [1], mode: 0o644, owner: nil) }
        expectUntrusted { _ = try files.remove(directory.file("theirs/sub/victim")) }
        expectUntrusted { _ = try files.makeDirectory(path, mode: 0o777, owner: Owner(user: Self.other, group: 0)) }
        expectUntrusted { _ = try files.lock(path, holder: "test") }
        files.discard(directory.file("theirs/sub/victim"))
        #expect(try files.list(directory.file("ours")) == ["victim"])
    }

    @Test("links of root, and links to what belongs to their owner, are followed")
    func trusted() throws {
        link("ours/data", to: "theirs", owner: 0)
        try files.replace(directory.file("ours/data/a"), with: [1], mode: 0o644, owner: nil)
        #expect(try files.read(directory.file("theirs/a")) == [1])
        try directory.write("own", to: "theirs/own")
        chown(directory.file("theirs/own"), Self.other, Self.other)
        link("theirs/link", to: "theirs/own", owner: Self.other)
        try files.replace(directory.file("theirs/link"), with: [2], mode: 0o644, owner: nil)
        #expect(try files.read(directory.file("theirs/own")) == [2])
    }

    @Test("a link of root in another user's directory is followed only to files of that user")
    func movable() throws {
        link("theirs/link", to: "ours/victim", owner: 0)
        expectUntrusted { try files.replace(directory.file("theirs/link"), with: [1], mode: 0o644, owner: nil) }
    }

    @Test("owner and permissions are restored only for the file that had them, whatever its name is")
    func restore() throws {
        try directory.write("a", to: "ours/a")
        chmod(directory.file("ours/a"), 0o751)
        let before = try #require(try files.status(directory.file("ours/a")))
        let them = Owner(user: Self.other, group: Self.other)
        let restore = try files.changeOwner(directory.file("ours/a"), to: them, of: before)
        rename(directory.file("ours/a"), directory.file("ours/b"))
        rename(directory.file("ours/victim"), directory.file("ours/a"))
        try restore()
        #expect(try files.status(directory.file("ours/a"))?.mode == 0o600)
        #expect(try files.status(directory.file("ours/b"))?.mode == 0o751)
        #expect(try files.status(directory.file("ours/b"))?.owner == Owner(user: 0, group: 0))
    }

    @Test("a file with a set-user-id bit is not given away, and keeps it")
    func setUserID() throws {
        try directory.write("a", to: "ours/a")
        chmod(directory.file("ours/a"), 0o4755)
        #expect(throws: FileError(.changeOwner, directory.file("ours/a"), .setUserID)) {
            try files.changeOwner(directory.file("ours/a"), to: Owner(user: Self.other, group: 0))
        }
        #expect(try files.status(directory.file("ours/a"))?.mode == 0o4755)
    }

    @Test("a file is given away only if it is the expected one")
    func exchanged() throws {
        try directory.write("a", to: "theirs/a")
        let before = try #require(try files.status(directory.file("theirs/a")))
        rename(directory.file("ours/victim"), directory.file("theirs/a"))
        #expect(throws: FileError(.changeOwner, directory.file("theirs/a"), .notOurs)) {
            _ = try files.changeOwner(directory.file("theirs/a"), to: Owner(user: Self.other, group: 0), of: before)
        }
        #expect(try files.status(directory.file("theirs/a"))?.owner == Owner(user: 0, group: 0))
    }

    @Test("a transaction writes through no planted link and sets no set-user-id bit")
    func transaction() throws {
        link("theirs/tedge.toml", to: "ours/victim", owner: Self.other)
        link("theirs/dangling", to: "ours/new", owner: Self.other)
        let transaction = FileTransaction(files)
        expectUntrusted { try transaction.write(directory.file("theirs/tedge.toml"), [1]) }
        expectUntrusted { try transaction.write(directory.file("theirs/dangling"), [1]) }
        #expect(throws: FileError(.write, directory.file("theirs/dangling"), .notOurs)) {
            try transaction.mark(directory.file("theirs/dangling"))
        }
        try directory.write("a", to: "theirs/a")
        chmod(directory.file("theirs/a"), 0o6755)
        try transaction.write(directory.file("theirs/a"), [1])
        #expect(try files.status(directory.file("theirs/a"))?.mode == 0o755)
        #expect(try files.list(directory.file("ours")) == ["victim"])
        #expect(String(decoding: try files.read(directory.file("ours/victim")), as: UTF8.self) == "secret")
    }

    @Test(
        "a file of others with a second name is not read in a directory of somebody else, but by its kept names it is")
    func secondName() throws {
        Glibc.link(directory.file("ours/victim"), directory.file("theirs/a"))
        #expect(throws: FileError(.read, directory.file("theirs/a"), .secondName)) {
            try files.read(directory.file("theirs/a"))
        }
        try directory.write("kept", to: "theirs/b")
        Glibc.link(directory.file("theirs/b"), TemporaryName.name(for: directory.file("theirs/b")))
        #expect(try files.read(directory.file("theirs/b")) == Array("kept".utf8))
    }

    @Test("an inherited descriptor is read by its name, also a pipe")
    func inherited() throws {
        let ends = UnsafeMutablePointer<Int32>.allocate(capacity: 2)
        defer { ends.deallocate() }
        try #require(pipe(ends) == 0)
        #expect(write(ends[1], "x", 1) == 1)
        close(ends[1])
        #expect(try files.readInput("/dev/fd/\(ends[0])") == Array("x".utf8))
        close(ends[0])
    }

    @Test("a chain of links of root leads to what somebody owns")
    func chain() throws {
        link("ours/first", to: "ours/second", owner: 0)
        link("ours/second", to: "theirs", owner: 0)
        let transaction = FileTransaction(files)
        try transaction.write(directory.file("ours/first/a"), [1])
        #expect(try files.read(directory.file("theirs/a")) == [1])
        #expect(try files.list(directory.file("ours/first")) == ["a"])
        #expect(try files.makeDirectory(directory.file("ours/first/sub"), mode: 0o775, owner: nil))
    }

    @Test("a directory that somebody replaced is not given away")
    func replacedDirectory() throws {
        let owner = Owner(user: Self.other, group: Self.other)
        #expect(try files.makeDirectory(directory.file("theirs/a/b"), mode: 0o750, owner: owner))
        #expect(try files.status(directory.file("theirs/a/b"))?.mode == 0o750)
        #expect(try files.status(directory.file("theirs/a/b"))?.owner == owner)
        #expect(try !files.makeDirectory(directory.file("ours"), mode: 0o777, owner: owner))
        #expect(try files.status(directory.file("ours"))?.owner == Owner(user: 0, group: 0))
        link("theirs/link", to: "ours", owner: Self.other)
        expectUntrusted { _ = try files.makeDirectory(directory.file("theirs/link"), mode: 0o777, owner: owner) }
        #expect(try files.status(directory.file("ours"))?.mode == 0o755)
    }

    @Test(
        "a lock file of somebody else, or a file that is not a lock, keeps its contents and owner",
        arguments: [(0, "root:x:0:0"), (0, "12 words\nmore\n"), (0, "secret"), (4712, "12 tedge\n")])
    func foreignLock(_ owner: uid_t, _ contents: String) throws {
        let path = directory.file("theirs/.tedge.lock")
        try directory.write(contents, to: "theirs/.tedge.lock", mode: 0o600)
        chown(path, owner, 0)
        let before = try files.status(path)
        #expect(throws: FileError(.write, path, .notOurs)) { _ = try files.lock(path, holder: "test") }
        #expect(try files.status(path) == before)
        #expect(String(decoding: try files.read(path), as: UTF8.self) == contents)
    }

    @Test(
        "links, pipes and second names are no lock, and the lock of a killed process is one", arguments: [0, 1, 2, 3])
    func kindsOfLock(_ kind: Int) throws {
        let path = directory.file("theirs/.tedge.lock")
        switch kind {
        case 0: link("theirs/.tedge.lock", to: "ours/victim", owner: Self.other)
        case 1: mkfifo(path, 0o666)
        case 2: Glibc.link(directory.file("ours/victim"), path)
        default:
            try directory.write("12 tedge config set\n", to: "theirs/.tedge.lock")
            let lock = try #require(try files.lock(path, holder: "test"))
            #expect(String(decoding: try files.read(path), as: UTF8.self) == "\(getpid()) test\n")
            lock.release()
            #expect(!files.exists(path))
            return
        }
        #expect(throws: FileError(.write, path, .notOurs)) { _ = try files.lock(path, holder: "test") }
        #expect(String(decoding: try files.read(directory.file("ours/victim")), as: UTF8.self) == "secret")
    }

    @Test("a pipe or device is not read")
    func notPlain() throws {
        mkfifo(directory.file("pipe"), 0o644)
        for path in [directory.file("pipe"), "/dev/zero"] {
            let error = #expect(throws: FileError.self) { try files.read(path) }
            #expect(error?.reason.isNotPlain == true)
        }
    }
}
