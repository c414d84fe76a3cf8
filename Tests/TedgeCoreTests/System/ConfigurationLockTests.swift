import Glibc
import TestSupport
import Testing

@testable import TedgeCore

/// Who may change the configuration.
@Suite struct ConfigurationLockTests {
    private func take(_ fixture: Fixture, _ command: String = "tedge test") throws -> ConfigurationLock {
        try ConfigurationLock(command, in: fixture.context)
    }

    @Test("the lock file names the holder and is removed afterwards")
    func file() throws {
        let fixture = try Fixture()
        let before = try fixture.snapshot()
        let lock = try take(fixture)
        #expect(try fixture.text("tedge/.tedge.lock") == "\(getpid()) tedge test\n")
        #expect(try fixture.files.status(fixture.path(".tedge.lock"))?.mode == 0o600)
        lock.release()
        lock.release()
        #expect(try fixture.snapshot() == before)
    }

    @Test("a command that waits too long reports the holder and what to do")
    func held() throws {
        let fixture = try Fixture()
        let lock = try take(fixture, "tedge connect c8y")
        defer { lock.release() }
        var context = fixture.context
        context.lockTimeout = 0
        let path = fixture.path(".tedge.lock")
        let holder = LockError.Holder(process: getpid(), command: "tedge connect c8y")
        #expect(throws: LockError(path: path, holder: holder, seconds: 0)) {
            try ConfigurationLock("tedge init", in: context)
        }
        let error = LockError(
            path: path, holder: LockError.Holder(process: 7, command: "tedge connect c8y"), seconds: 30)
        #expect(
            error.causes == [
                "'tedge connect c8y' (process 7) is changing \(fixture.path("").dropLast()) and did not finish within 30 seconds."
            ])
        #expect(error.hint == "Wait until it has finished, or end it with 'kill 7', and try again.")
        let unknown = LockError(path: path, holder: nil, seconds: 30)
        #expect(unknown.causes[0].hasPrefix("Another command is changing "))
        #expect(unknown.hint?.contains(path) == true)
    }

    @Test("the lock file of a killed process is reused, and its temporary files are removed")
    func leftover() throws {
        let fixture = try Fixture()
        try fixture.write("4711 tedge connect c8y\n", to: "tedge/.tedge.lock")
        let left = [
            "tedge/.tedge.toml.0123abcd.tmp", "tedge/mosquitto-conf/.x.conf.ffffffff.tmp",
            "tedge/device-certs/.a.00000000.tmp",
        ]
        for name in left { try fixture.write("half", to: name) }
        let others = [
            "tedge/.tedge.toml.0123abcg.tmp", "tedge/.tedge.toml.0123ABCD.tmp", "tedge/x.0123abcd.tmp",
            "tedge/.0123abcd.tmp",
        ]
        for name in others { try fixture.write("theirs", to: name) }
        try take(fixture).release()
        for name in left { #expect(!fixture.files.exists(fixture.directory.file(name)), "\(name)") }
        for name in others { #expect(fixture.files.exists(fixture.directory.file(name)), "\(name)") }
        #expect(!fixture.files.exists(fixture.path(".tedge.lock")))
    }

    @Test("a missing directory is created for the lock, and stays only if something is in it")
    func directory() throws {
        var fixture = try Fixture()
        for name in ["device-certs", "mosquitto-conf", ""] { try fixture.files.remove(fixture.path(name)) }
        fixture.accounts.caller = FixtureAccounts.root
        try take(fixture).release()
        #expect(!fixture.files.exists(fixture.path("")))
        let lock = try take(fixture)
        try fixture.write("x", to: "tedge/tedge.toml")
        lock.release()
        #expect(try fixture.files.list(fixture.path("")) == ["tedge.toml"])
    }

    @Test(
        "if nothing can be written, the command continues without a lock and reports what fails",
        arguments: [EACCES, EROFS, ENOSPC])
    func readOnly(code: Int32) throws {
        let fixture = try Fixture()
        fixture.files.fail(.write, ".tedge.lock", code)
        try take(fixture).release()
        fixture.files.heal()
        fixture.files.fail(.write, ".tedge.lock", EIO)
        #expect(throws: FileError(.write, fixture.path(".tedge.lock"), SystemError(EIO))) { try take(fixture) }
    }

    @Test("a file with a second name, a directory or a link in its place is no lock")
    func notOurs() throws {
        let fixture = try Fixture()
        try fixture.write("precious\n", to: "tedge/precious")
        try fixture.files.link(fixture.path("precious"), to: fixture.path(".tedge.lock"))
        let refusal = FileError(.write, fixture.path(".tedge.lock"), .notOurs)
        #expect(throws: refusal) { try take(fixture) }
        #expect(refusal.hint?.contains("sudo mv -n") == true)
        #expect(try fixture.text("tedge/precious") == "precious\n")
        try fixture.files.remove(fixture.path(".tedge.lock"))
        symlink(fixture.path("precious"), fixture.path(".tedge.lock"))
        #expect(throws: refusal) { try take(fixture) }
        #expect(try fixture.text("tedge/precious") == "precious\n")
    }
}
