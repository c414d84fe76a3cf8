import Foundation
import TestSupport
import Testing

@testable import TedgeCore

/// Locks on file systems that know no flock(2).
@Suite("lock files") struct LockFileTests {
    private let directory: TemporaryDirectory
    private let descriptor: Int32

    init() throws {
        directory = try TemporaryDirectory()
        descriptor = open(directory.path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    }

    private func isKept(_ contents: String) throws -> Bool {
        try directory.write(contents, to: ".tedge.lock")
        LockFile.removeIfStale(".tedge.lock", in: descriptor)
        #expect(access(directory.file(".tedge.lock.stale"), F_OK) != 0)
        return access(directory.file(".tedge.lock"), F_OK) == 0
    }

    private func contents(_ owner: LockOwner) -> String {
        "\(owner.process) tedge connect c8y\n\(owner.start) \(owner.boot)\n"
    }

    @Test("the lock of a process that runs stays")
    func live() throws {
        defer { close(descriptor) }
        #expect(try isKept(contents(#require(LockOwner.current))))
        #expect(try isKept(String(decoding: LockOwner.contents(holder: "tedge"), as: UTF8.self)))
    }

    @Test(
        "the lock of a process of an earlier boot, of one that has ended, and of one whose number is another's is removed"
    )
    func stale() throws {
        defer { close(descriptor) }
        let current = try #require(LockOwner.current)
        #expect(
            try !isKept(
                contents(
                    .init(process: current.process, start: current.start, boot: "00000000-0000-4000-8000-000000000000"))
            ))
        #expect(try !isKept(contents(.init(process: current.process, start: "1", boot: current.boot))))
        let ended = try ChildProcess("true", [])
        _ = try ended.waitForExit()
        #expect(try !isKept(contents(.init(process: ended.pid, start: "77", boot: current.boot))))
    }

    @Test("a lock whose process has not written its name yet stays for half a minute")
    func unwritten() throws {
        defer { close(descriptor) }
        #expect(try isKept(""))
        #expect(try isKept("123"))
        var times = [timespec(tv_sec: 1, tv_nsec: 0), timespec(tv_sec: time(nil) - 60, tv_nsec: 0)]
        utimensat(AT_FDCWD, directory.file(".tedge.lock"), &times, 0)
        LockFile.removeIfStale(".tedge.lock", in: descriptor)
        #expect(access(directory.file(".tedge.lock"), F_OK) != 0)
    }

    @Test("a stale lock is left to another process that removes it")
    func guarded() throws {
        defer { close(descriptor) }
        let guardFile = try directory.write(
            String(decoding: LockOwner.contents(holder: "x"), as: UTF8.self), to: ".tedge.lock.stale")
        let lock = try directory.write("1 x\n1 00000000-0000-4000-8000-000000000000\n", to: ".tedge.lock")
        LockFile.removeIfStale(".tedge.lock", in: descriptor)
        #expect(access(lock, F_OK) == 0)
        // One that was killed meanwhile holds nothing up.
        try directory.write("1 x\n1 00000000-0000-4000-8000-000000000000\n", to: ".tedge.lock.stale")
        LockFile.removeIfStale(".tedge.lock", in: descriptor)
        LockFile.removeIfStale(".tedge.lock", in: descriptor)
        #expect(access(lock, F_OK) != 0 && access(guardFile, F_OK) != 0)
    }
}
