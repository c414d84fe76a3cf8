import Glibc
import TestSupport
import Testing

@testable import TedgeCore

/// Who may change the configuration.
@Suite struct ConfigurationLockTests {
    private func take(_ world: World, _ command: String = "tedge test") throws -> ConfigurationLock {
        try ConfigurationLock(command, in: world.context)
    }

    @Test("the lock is a file that tells who has it, and is gone afterwards")
    func file() throws {
        let world = try World()
        let before = try world.snapshot()
        let lock = try take(world)
        #expect(try world.text("tedge/.tedge.lock") == "\(getpid()) tedge test\n")
        #expect(try world.files.status(world.path(".tedge.lock"))?.mode == 0o600)
        lock.release()
        lock.release()
        #expect(try world.snapshot() == before)
    }

    @Test("who cannot have it in time is told who has it, and what to do")
    func held() throws {
        let world = try World()
        let lock = try take(world, "tedge connect c8y")
        defer { lock.release() }
        var context = world.context
        context.lockPatience = 0
        let path = world.path(".tedge.lock")
        let holder = LockError.Holder(process: getpid(), command: "tedge connect c8y")
        #expect(throws: LockError(path: path, holder: holder, seconds: 0)) {
            try ConfigurationLock("tedge init", in: context)
        }
        let error = LockError(
            path: path, holder: LockError.Holder(process: 7, command: "tedge connect c8y"), seconds: 30)
        #expect(
            error.causes == [
                "'tedge connect c8y' (process 7) is changing \(world.path("").dropLast()) and did not finish within 30 seconds."
            ])
        #expect(error.hint == "Wait until it has finished, or end it with 'kill 7', and try again.")
        let unknown = LockError(path: path, holder: nil, seconds: 30)
        #expect(unknown.causes[0].hasPrefix("Another command is changing "))
        #expect(unknown.hint?.contains(path) == true)
    }

    @Test("the file of one that was killed is taken over, and so is what it left")
    func leftover() throws {
        let world = try World()
        try world.write("4711 tedge connect c8y\n", to: "tedge/.tedge.lock")
        let left = [
            "tedge/.tedge.toml.0123abcd.tmp", "tedge/mosquitto-conf/.x.conf.ffffffff.tmp",
            "tedge/device-certs/.a.00000000.tmp",
        ]
        for name in left { try world.write("half", to: name) }
        let others = [
            "tedge/.tedge.toml.0123abcg.tmp", "tedge/.tedge.toml.0123ABCD.tmp", "tedge/x.0123abcd.tmp",
            "tedge/.0123abcd.tmp",
        ]
        for name in others { try world.write("theirs", to: name) }
        try take(world).release()
        for name in left { #expect(!world.files.exists(world.directory.file(name)), "\(name)") }
        for name in others { #expect(world.files.exists(world.directory.file(name)), "\(name)") }
        #expect(!world.files.exists(world.path(".tedge.lock")))
    }

    @Test("a directory that is missing is made for the lock, and stays only with something in it")
    func directory() throws {
        var world = try World()
        for name in ["device-certs", "mosquitto-conf", ""] { try world.files.remove(world.path(name)) }
        world.accounts.caller = WorldAccounts.root
        try take(world).release()
        #expect(!world.files.exists(world.path("")))
        let lock = try take(world)
        try world.write("x", to: "tedge/tedge.toml")
        lock.release()
        #expect(try world.files.list(world.path("")) == ["tedge.toml"])
    }

    @Test("where nothing can be written the command goes on and finds out itself", arguments: [EACCES, EROFS, ENOSPC])
    func readOnly(code: Int32) throws {
        let world = try World()
        world.files.fail(.write, ".tedge.lock", code)
        try take(world).release()
        world.files.heal()
        world.files.fail(.write, ".tedge.lock", EIO)
        #expect(throws: FileError(.write, world.path(".tedge.lock"), SystemError(EIO))) { try take(world) }
    }

    @Test("a file with a second name, a directory or a link in its place is no lock")
    func notOurs() throws {
        let world = try World()
        try world.write("precious\n", to: "tedge/precious")
        try world.files.link(world.path("precious"), to: world.path(".tedge.lock"))
        let refusal = FileError(.write, world.path(".tedge.lock"), .notOurs)
        #expect(throws: refusal) { try take(world) }
        #expect(refusal.hint?.contains("sudo mv -n") == true)
        #expect(try world.text("tedge/precious") == "precious\n")
        try world.files.remove(world.path(".tedge.lock"))
        symlink(world.path("precious"), world.path(".tedge.lock"))
        #expect(throws: refusal) { try take(world) }
        #expect(try world.text("tedge/precious") == "precious\n")
    }
}
