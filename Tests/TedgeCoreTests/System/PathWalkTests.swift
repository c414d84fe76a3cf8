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
        #expect(error?.reason == .untrustedLink)
    }

    @Test("a planted link is followed by no call, and what it leads to stays", arguments: ["victim", "new"])
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
        expectUntrusted { try files.remove(directory.file("theirs/sub/victim")) }
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

    @Test("a link of root in a directory of somebody else, who can put it elsewhere, leads only to what is theirs")
    func movable() throws {
        link("theirs/link", to: "ours/victim", owner: 0)
        expectUntrusted { try files.replace(directory.file("theirs/link"), with: [1], mode: 0o644, owner: nil) }
    }

    @Test("owner and permissions go back only to the file that had them")
    func restore() throws {
        try directory.write("a", to: "ours/a")
        chmod(directory.file("ours/a"), 0o6755)
        let before = try #require(try files.status(directory.file("ours/a")))
        try files.changeOwner(directory.file("ours/a"), to: Owner(user: Self.other, group: Self.other))
        try files.restore(directory.file("ours/a"), to: before)
        #expect(try files.status(directory.file("ours/a"))?.mode == 0o6755)
        rename(directory.file("ours/victim"), directory.file("ours/a"))
        #expect(throws: FileError(.changeOwner, directory.file("ours/a"), SystemError(ESTALE))) {
            try files.restore(directory.file("ours/a"), to: before)
        }
        #expect(try files.status(directory.file("ours/a"))?.mode == 0o600)
    }

    @Test("a lock file that somebody else put there is neither emptied nor given away")
    func foreignLock() throws {
        try directory.write(String(repeating: "k", count: 5000), to: "theirs/.tedge.lock", mode: 0o600)
        let before = try files.status(directory.file("theirs/.tedge.lock"))
        #expect(throws: FileError.self) { _ = try files.lock(directory.file("theirs/.tedge.lock"), holder: "test") }
        #expect(try files.status(directory.file("theirs/.tedge.lock")) == before)
    }

    @Test("a pipe or device is not read")
    func notPlain() throws {
        mkfifo(directory.file("pipe"), 0o644)
        for path in [directory.file("pipe"), "/dev/zero"] {
            #expect(throws: FileError(.read, path, .notPlain)) { try files.read(path) }
        }
    }
}
