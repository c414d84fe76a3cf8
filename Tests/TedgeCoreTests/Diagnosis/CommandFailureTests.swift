import Glibc
import Testing

@testable import TedgeCore

@Suite struct CommandFailureTests {
    /// A fixture whose caller is another one than the owner of its files.
    private func fixture(caller: UInt32) throws -> Fixture {
        var fixture = try Fixture()
        fixture.accounts.caller = Owner(user: caller, group: caller)
        return fixture
    }

    private func hint(_ error: any ExplainedError, caller: UInt32) throws -> String? {
        let fixture = try fixture(caller: caller)
        return fixture.context.hint(for: error).map(fixture.neutral)
    }

    private static let stranger = FixtureFiles.owner.user + 1
    private static let useSudo = "Run the command with sudo."

    @Test("who lacks a right is told to use sudo")
    func stranger() throws {
        let fixture = try Fixture()
        let path = fixture.path("mosquitto-conf/c8y-bridge.conf")
        for error: any ExplainedError in [
            FileError(.write, path, SystemError(EACCES)), ConnectError.filePermission(path: path, SystemError(EACCES)),
            ConnectError.directoryPermission(path: path, SystemError(EACCES)),
            ConnectError.removalPermission(path: path, SystemError(EPERM)),
        ] {
            #expect(try hint(error, caller: Self.stranger) == Self.useSudo)
        }
    }

    @Test("root is never told to use sudo but where to look")
    func root() throws {
        // Of a file that is not there the directory is what counts.
        for error: any ExplainedError in [
            FileError(.write, "/x/y", SystemError(EPERM)),
            ConnectError.filePermission(path: "/x/y", SystemError(EACCES)),
            UpgradeError(cause: FileError(.create, "/x/y", SystemError(EACCES))),
            SettingsError.unreadable(path: "/x/y", reason: SystemError(EACCES)),
        ] {
            let advice = "Root may not do this either: run 'lsattr -d /x' and 'findmnt --target /x' to see why."
            #expect(try hint(error, caller: 0) == advice)
        }
        #expect(try hint(FileError(.write, "/x", SystemError(EISDIR)), caller: 0) == nil)
        let fixture = try fixture(caller: 0)
        let error = FileError(.write, fixture.directory.file("mosquitto.conf"), SystemError(EPERM))
        #expect(
            fixture.context.hint(for: error).map(fixture.neutral)?.contains("'lsattr -d WORLD/mosquitto.conf'") == true)
    }

    @Test("the owner of a directory gets the words of the page alone, because the directory is what is closed")
    func owner() throws {
        let fixture = try fixture(caller: Self.stranger)
        let (directory, path) = (fixture.path("mosquitto-conf"), fixture.path("mosquitto-conf/c8y-bridge.conf"))
        let error = ConnectError.filePermission(path: path, SystemError(EACCES))
        #expect(fixture.context.hint(for: error) == Self.useSudo)
        try fixture.files.changeOwner(directory, to: Owner(user: Self.stranger, group: 0))
        #expect(fixture.context.hint(for: error) == nil)
        #expect(fixture.context.hint(for: FileError(.write, path, SystemError(EACCES))) == Self.useSudo)
    }

    @Test("a command that a signal ended says that everything is as before, unless something is not")
    func interrupted() throws {
        let fixture = try Fixture()
        let failure = CommandFailure("failed.", Interrupted(signal: SIGINT))
        let frame = "Error: failed.\n\nCaused by:\n    Interrupted by SIGINT\n"
        _ = fixture.context.failed("x", failure)
        #expect(fixture.errors == frame + "\nEverything is as before.\n")
        fixture.printed.forget()
        _ = fixture.context.failed(
            "x", CommandFailure("failed.", ServiceError.interrupted(Interrupted(signal: SIGINT))))
        #expect(fixture.errors == frame + "\nEverything is as before.\n")
        fixture.printed.forget()
        _ = fixture.context.failed("x", failure, isUndone: false)
        #expect(fixture.errors == frame)
        fixture.printed.forget()
        let context = fixture.context
        context.console.unrestored("Could not restore /x.")
        _ = context.failed("x", failure)
        #expect(fixture.errors == "Warning: Could not restore /x.\n" + frame)
    }

    @Test("the message of a failure is its causes on one line, each once")
    func message() {
        #expect(CommandReport.sentence(["a"]) == "a")
        #expect(CommandReport.sentence(["a.", "b", "c"]) == "a: b: c")
        #expect(CommandReport.sentence(["a: c", "c"]) == "a: c")
        #expect(CommandReport.sentence(["a\n   b \n\n", "c"]) == "a b: c")
        #expect(CommandReport.sentence([]) == "")
        let report = CommandReport.failed("x", reason: .unexpected, causes: ["a.", "b"], hint: "c")
        #expect(
            report.checkedText
                == #"{"command":"x","cloud":null,"profile":null,"result":"failed","changed":false,"reason":"unexpected","retry":false,"#
                + #""message":"a: b","causes":["a.","b"],"hint":"c"}"#)
    }
}
