import Glibc
import Testing

@testable import TedgeCore

@Suite struct UploadCredentialsTests {
    private func user(_ fixture: Fixture, typed: String? = nil) throws -> String {
        try UploadCredentials(user: typed, passwordFile: nil, password: nil).resolvedUser(in: fixture.context)
    }

    private func password(_ fixture: Fixture, file: String? = nil, typed: String? = nil) throws -> String {
        let credentials = UploadCredentials(user: nil, passwordFile: file, password: typed)
        return try credentials.resolvedPassword(in: fixture.context).withBytes { String(decoding: $0, as: UTF8.self) }
    }

    @Test("the user is the typed one, else that of the environment, else the answer of the terminal")
    func users() throws {
        var fixture = try Fixture()
        #expect(throws: CredentialError.noUser) { try user(fixture) }
        fixture.terminal = FixtureTerminal(exists: true, line: "asked")
        #expect(try user(fixture) == "asked")
        fixture.environment = ["C8Y_USER": "variable"]
        #expect(try user(fixture) == "variable")
        #expect(try user(fixture, typed: "") == "variable")
        #expect(try user(fixture, typed: "typed") == "typed")
        fixture.environment = ["C8Y_USER": ""]
        fixture.terminal.line = ""
        #expect(throws: CredentialError.noUser) { try user(fixture) }
    }

    @Test("the password is that of the file, else the typed one, the environment's, or the answer of the terminal")
    func passwords() throws {
        var fixture = try Fixture()
        #expect(throws: CredentialError.noPassword) { try password(fixture) }
        fixture.terminal = FixtureTerminal(exists: true, secret: "asked")
        #expect(try password(fixture) == "asked")
        fixture.environment = ["C8YPASS": "old"]
        #expect(try password(fixture) == "old")
        #expect(fixture.errors == "Warning: The variable C8YPASS is deprecated. Use C8Y_PASSWORD instead.\n")
        fixture.environment["C8Y_PASSWORD"] = "new"
        #expect(try password(fixture) == "new")
        #expect(try password(fixture, typed: "typed") == "typed")
        #expect(fixture.errors.contains("Warning: A password on the command line can be read by everyone"))
        try fixture.write("file\n", to: "password")
        #expect(try password(fixture, file: "password", typed: "typed") == "file")
    }

    static let files = [
        ("one\ntwo\n", "one"), ("one", "one"), ("one\r\n", "one"), (" a b \n", " a b "), ("a:b\n", "a:b"),
        ("ü\n", "ü"),
    ]

    @Test("the password is the first line of its file", arguments: files)
    func firstLine(_ text: String, _ line: String) throws {
        let fixture = try Fixture()
        try fixture.write(text, to: "password")
        #expect(try password(fixture, file: fixture.directory.file("password")) == line)
    }

    @Test("a file without a first line, and one that is missing, are errors with its name")
    func badFiles() throws {
        let fixture = try Fixture()
        for text in ["", "\n", "\r\nx"] {
            try fixture.write(text, to: "password")
            #expect(throws: CredentialError.passwordUnreadable(path: "password", reason: "the first line is empty")) {
                try password(fixture, file: "password")
            }
        }
        #expect(
            throws: CredentialError.passwordUnreadable(path: "no", reason: "No such file or directory (os error 2)")
        ) { try password(fixture, file: "no") }
    }

    @Test("the standard input is called so where it cannot be read")
    func standardInput() throws {
        let fixture = try Fixture()
        fixture.files.fail(.read, "/dev/stdin", EIO)
        #expect(
            throws: CredentialError.passwordUnreadable(
                path: "the standard input", reason: "Input/output error (os error 5)")
        ) { try password(fixture, file: "-") }
        fixture.signal.send(SIGINT)
        #expect(throws: Interrupted(signal: SIGINT)) { try password(fixture, file: "-") }
    }

    @Test("a terminal that fails, is interrupted, or gets nothing is told apart")
    func terminal() throws {
        var fixture = try Fixture()
        fixture.terminal = FixtureTerminal(exists: true, failure: .failed(SystemError(EIO)))
        #expect(throws: CredentialError.terminal(reason: "Input/output error (os error 5)")) { try password(fixture) }
        fixture.terminal.failure = .interrupted(Interrupted(signal: SIGINT))
        #expect(throws: Interrupted(signal: SIGINT)) { try user(fixture) }
        fixture.terminal = FixtureTerminal(exists: true)
        #expect(throws: CredentialError.noPassword) { try password(fixture) }
    }

    @Test("what Basic authentication cannot carry is refused")
    func notSendable() throws {
        let fixture = try Fixture()
        for user in ["a:b", "a\r\nX: 1", "\u{7F}"] {
            #expect(throws: CredentialError.self) { try self.user(fixture, typed: user) }
        }
        #expect(throws: CredentialError.notSendable("The password holds a control character")) {
            try password(fixture, typed: "a\u{1B}b")
        }
        #expect(try password(fixture, typed: "päss: wörd") == "päss: wörd")
    }
}
