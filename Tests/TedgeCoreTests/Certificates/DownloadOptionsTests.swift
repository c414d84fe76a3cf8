import Glibc
import Testing

@testable import TedgeCore

@Suite struct DownloadOptionsTests {
    private func id(_ fixture: Fixture, typed: String? = nil) throws -> String {
        var options = DownloadOptions()
        options.deviceID = typed
        let settings = try Settings.load(from: fixture.context.settingsSource)
        return try options.resolvedDeviceID(settings.cloud(.c8y), in: fixture.context)
    }

    private func password(_ fixture: Fixture, typed: String? = nil, asked: Bool = false) throws -> String? {
        var options = DownloadOptions()
        (options.password, options.asksForPassword) = (typed, asked)
        return try options.givenPassword(in: fixture.context)?.withBytes { String(decoding: $0, as: UTF8.self) }
    }

    @Test("the id is the typed one, else that of the environment, the settings, or the terminal")
    func identity() throws {
        var fixture = try Fixture()
        fixture.terminal.failure = .absent
        #expect(throws: CredentialError.noDeviceID) { try id(fixture) }
        fixture.terminal = FixtureTerminal(exists: true, line: "asked")
        #expect(try id(fixture) == "asked")
        fixture.terminal.line = ""
        #expect(throws: CredentialError.noDeviceID) { try id(fixture) }
        try fixture.write("device.id = 'configured'\n", to: "tedge/tedge.toml")
        #expect(try id(fixture) == "configured")
        fixture.environment = ["DEVICE_ID": "variable"]
        #expect(try id(fixture) == "variable")
        #expect(try id(fixture, typed: "") == "variable")
        #expect(try id(fixture, typed: "typed") == "typed")
        #expect(throws: CertificateError.badDeviceID("a:b", .characters)) { try id(fixture, typed: "a:b") }
    }

    @Test(
        "the password is the typed one, with a warning, else that of the terminal if it is to be asked for, or the environment"
    )
    func passwords() throws {
        var fixture = try Fixture()
        fixture.terminal.failure = .absent
        #expect(throws: CredentialError.noOneTimePassword) { try password(fixture, asked: true) }
        fixture.terminal = FixtureTerminal(exists: true, secret: "asked")
        #expect(try password(fixture) == nil)
        #expect(try password(fixture, asked: true) == "asked")
        fixture.environment = ["DEVICE_ONE_TIME_PASSWORD": "variable"]
        #expect(try password(fixture) == "variable")
        #expect(try password(fixture, asked: true) == "asked")
        #expect(fixture.errors == "")
        #expect(try password(fixture, typed: "") == "variable")
        #expect(fixture.errors == "")
        #expect(try password(fixture, typed: "typed") == "typed")
        #expect(fixture.errors.hasPrefix("Warning: ") && !fixture.errors.contains("typed"))
        #expect(throws: CredentialError.notSendable("The one-time password holds a control character")) {
            try password(fixture, typed: "a\nb")
        }
    }

    @Test("a password that is empty is told, because a script may have lost it")
    func empty() throws {
        var fixture = try Fixture()
        #expect(try password(fixture) == nil && fixture.errors == "")
        #expect(try password(fixture, typed: "") == nil)
        #expect(fixture.errors == "Warning: --one-time-password is empty, so that it gives no password.\n")
        fixture.printed.forget()
        fixture.environment = ["DEVICE_ONE_TIME_PASSWORD": ""]
        #expect(try password(fixture) == nil)
        #expect(fixture.errors == "Warning: DEVICE_ONE_TIME_PASSWORD is empty, so that it gives no password.\n")
    }

    @Test("the address is hidden by the option, and by a variable that does not say no")
    func address() {
        var options = DownloadOptions()
        let variable = "DEVICE_NO_REGISTRATION_URL"
        #expect(options.showsAddress([:]))
        for no in ["", "0", "false", "No", "OFF", "f", "n"] { #expect(options.showsAddress([variable: no])) }
        for yes in ["1", "true", "yes", "on", "x"] { #expect(!options.showsAddress([variable: yes])) }
        options.hidesAddress = true
        #expect(!options.showsAddress([:]) && !options.showsAddress([variable: "0"]))
    }

    @Test("a signal at a prompt, and a terminal that fails, are told")
    func failures() throws {
        var fixture = try Fixture()
        fixture.terminal.failure = .interrupted(Interrupted(signal: SIGINT))
        #expect(throws: Interrupted(signal: SIGINT)) { try id(fixture) }
        fixture.terminal.failure = .failed(SystemError(EIO))
        #expect(throws: CredentialError.terminal(reason: "Input/output error (os error 5)")) {
            try password(fixture, asked: true)
        }
    }
}
