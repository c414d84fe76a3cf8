import Glibc
import Testing

@testable import TedgeCore

@Suite struct UploadCredentialsTests {
    private func user(_ world: World, typed: String? = nil) throws -> String {
        try UploadCredentials(user: typed, passwordFile: nil, password: nil).resolvedUser(in: world.context)
    }

    private func password(_ world: World, file: String? = nil, typed: String? = nil) throws -> String {
        let credentials = UploadCredentials(user: nil, passwordFile: file, password: typed)
        return try credentials.resolvedPassword(in: world.context).withBytes { String(decoding: $0, as: UTF8.self) }
    }

    @Test("the user is the typed one, else that of the environment, else the answer of the terminal")
    func users() throws {
        var world = try World()
        #expect(throws: UploadError.noUser) { try user(world) }
        world.terminal = WorldTerminal(exists: true, line: "asked")
        #expect(try user(world) == "asked")
        world.environment = ["C8Y_USER": "variable"]
        #expect(try user(world) == "variable")
        #expect(try user(world, typed: "") == "variable")
        #expect(try user(world, typed: "typed") == "typed")
        world.environment = ["C8Y_USER": ""]
        world.terminal.line = ""
        #expect(throws: UploadError.noUser) { try user(world) }
    }

    @Test("the password is that of the file, else the typed one, the environment's, or the answer of the terminal")
    func passwords() throws {
        var world = try World()
        #expect(throws: UploadError.noPassword) { try password(world) }
        world.terminal = WorldTerminal(exists: true, secret: "asked")
        #expect(try password(world) == "asked")
        world.environment = ["C8YPASS": "old"]
        #expect(try password(world) == "old")
        #expect(world.errors == "Warning: The variable C8YPASS is deprecated. Use C8Y_PASSWORD instead.\n")
        world.environment["C8Y_PASSWORD"] = "new"
        #expect(try password(world) == "new")
        #expect(try password(world, typed: "typed") == "typed")
        #expect(world.errors.contains("Warning: A password on the command line can be read by everyone"))
        try world.write("file\n", to: "password")
        #expect(try password(world, file: "password", typed: "typed") == "file")
    }

    static let files = [
        ("one\ntwo\n", "one"), ("one", "one"), ("one\r\n", "one"), (" a b \n", " a b "), ("a:b\n", "a:b"),
        ("ü\n", "ü"),
    ]

    @Test("the password is the first line of its file", arguments: files)
    func firstLine(_ text: String, _ line: String) throws {
        let world = try World()
        try world.write(text, to: "password")
        #expect(try password(world, file: world.directory.file("password")) == line)
    }

    @Test("a file without a first line, and one that is missing, are errors with its name")
    func badFiles() throws {
        let world = try World()
        for text in ["", "\n", "\r\nx"] {
            try world.write(text, to: "password")
            #expect(throws: UploadError.passwordUnreadable(path: "password", reason: "the first line is empty")) {
                try password(world, file: "password")
            }
        }
        #expect(
            throws: UploadError.passwordUnreadable(path: "no", reason: "No such file or directory (os error 2)")
        ) { try password(world, file: "no") }
    }

    @Test("the standard input is called so where it cannot be read")
    func standardInput() throws {
        let world = try World()
        world.files.fail(.read, "/dev/stdin", EIO)
        #expect(
            throws: UploadError.passwordUnreadable(
                path: "the standard input", reason: "Input/output error (os error 5)")
        ) { try password(world, file: "-") }
        world.signal.send(SIGINT)
        #expect(throws: UploadError.interrupted(Interrupted(signal: SIGINT))) { try password(world, file: "-") }
    }

    @Test("a terminal that fails, is interrupted, or gets nothing is told apart")
    func terminal() throws {
        var world = try World()
        world.terminal = WorldTerminal(exists: true, failure: .failed(SystemError(EIO)))
        #expect(throws: UploadError.terminal(reason: "Input/output error (os error 5)")) { try password(world) }
        world.terminal.failure = .interrupted(Interrupted(signal: SIGINT))
        #expect(throws: UploadError.interrupted(Interrupted(signal: SIGINT))) { try user(world) }
        world.terminal = WorldTerminal(exists: true)
        #expect(throws: UploadError.noPassword) { try password(world) }
    }

    @Test("what Basic authentication cannot carry is refused")
    func notSendable() throws {
        let world = try World()
        for user in ["a:b", "a\r\nX: 1", "\u{7F}"] {
            #expect(throws: UploadError.self) { try self.user(world, typed: user) }
        }
        #expect(throws: UploadError.notSendable("The password holds a control character")) {
            try password(world, typed: "a\u{1B}b")
        }
        #expect(try password(world, typed: "päss: wörd") == "päss: wörd")
    }
}
