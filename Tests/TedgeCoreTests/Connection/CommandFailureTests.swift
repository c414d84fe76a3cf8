import Glibc
import Testing

@testable import TedgeCore

@Suite struct CommandFailureTests {
    /// A world whose caller is another one than the owner of its files.
    private func world(caller: UInt32) throws -> World {
        var world = try World()
        world.accounts.caller = Owner(user: caller, group: caller)
        return world
    }

    private func hint(_ error: any ExplainedError, caller: UInt32) throws -> String? {
        let world = try world(caller: caller)
        return world.context.hint(for: error).map(world.neutral)
    }

    private static let stranger = WorldFiles.owner.user + 1
    private static let useSudo = "Run the command with sudo."

    @Test("who lacks a right is told to use sudo")
    func stranger() throws {
        let world = try World()
        let path = world.path("mosquitto-conf/c8y-bridge.conf")
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
            SettingsError.unreadable(path: "/x/y", reason: "Permission denied (os error 13)"),
        ] {
            let advice = "Root may not do this either: run 'lsattr -d /x' and 'findmnt --target /x' to see why."
            #expect(try hint(error, caller: 0) == advice)
        }
        #expect(try hint(FileError(.write, "/x", SystemError(EISDIR)), caller: 0) == nil)
        let world = try world(caller: 0)
        let error = FileError(.write, world.directory.file("mosquitto.conf"), SystemError(EPERM))
        #expect(world.context.hint(for: error).map(world.neutral)?.contains("'lsattr -d WORLD/mosquitto.conf'") == true)
    }

    @Test("the owner of a directory gets the words of the page alone, because the directory is what is closed")
    func owner() throws {
        let world = try world(caller: Self.stranger)
        let (directory, path) = (world.path("mosquitto-conf"), world.path("mosquitto-conf/c8y-bridge.conf"))
        let error = ConnectError.filePermission(path: path, SystemError(EACCES))
        #expect(world.context.hint(for: error) == Self.useSudo)
        try world.files.changeOwner(directory, to: Owner(user: Self.stranger, group: 0))
        #expect(world.context.hint(for: error) == nil)
        #expect(world.context.hint(for: FileError(.write, path, SystemError(EACCES))) == Self.useSudo)
    }

    @Test("a command that a signal ended says that everything is as before, unless something is not")
    func interrupted() throws {
        let world = try World()
        let failure = CommandFailure("failed.", Interrupted(signal: SIGINT))
        let frame = "Error: failed.\n\nCaused by:\n    Interrupted by SIGINT\n"
        _ = world.context.failed("x", failure)
        #expect(world.errors == frame + "\nEverything is as before.\n")
        world.printed.forget()
        _ = world.context.failed("x", CommandFailure("failed.", ServiceError.interrupted(Interrupted(signal: SIGINT))))
        #expect(world.errors == frame + "\nEverything is as before.\n")
        world.printed.forget()
        _ = world.context.failed("x", failure, isUndone: false)
        #expect(world.errors == frame)
        world.printed.forget()
        let context = world.context
        context.console.unrestored("Could not put back /x.")
        _ = context.failed("x", failure)
        #expect(world.errors == "Warning: Could not put back /x.\n" + frame)
    }

    @Test("the message of a failure is its causes on one line, each once")
    func message() {
        #expect(CommandReport.sentence(["a"]) == "a")
        #expect(CommandReport.sentence(["a.", "b", "c"]) == "a: b: c")
        #expect(CommandReport.sentence(["a: c", "c"]) == "a: c")
        #expect(CommandReport.sentence(["a\n   b \n\n", "c"]) == "a b: c")
        #expect(CommandReport.sentence([]) == "")
        let report = CommandReport.failed("x", reason: "y", causes: ["a.", "b"], hint: "c")
        #expect(
            report.json.text == #"{"command":"x","cloud":null,"result":"failed","changed":false,"reason":"y","#
                + #""message":"a: b","causes":["a.","b"],"hint":"c"}"#)
    }
}
