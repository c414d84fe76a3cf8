import Glibc
import Testing

@testable import TedgeCore

@Suite struct DownloadOptionsTests {
    private func id(_ world: World, typed: String? = nil) throws -> String {
        var options = DownloadOptions()
        options.deviceID = typed
        let settings = try Settings.load(from: world.context.settingsSource)
        return try options.resolvedDeviceID(settings.cloud(.c8y), in: world.context)
    }

    private func password(_ world: World, typed: String? = nil) throws -> String {
        var options = DownloadOptions()
        options.password = typed
        return try options.resolvedPassword(in: world.context).withBytes { String(decoding: $0, as: UTF8.self) }
    }

    @Test("the id is the typed one, else that of the environment, the settings, or the terminal")
    func identity() throws {
        var world = try World()
        world.terminal.failure = .absent
        #expect(throws: EnrolmentInputError.noDeviceID) { try id(world) }
        world.terminal = WorldTerminal(exists: true, line: "asked")
        #expect(try id(world) == "asked")
        world.terminal.line = ""
        #expect(throws: EnrolmentInputError.noDeviceID) { try id(world) }
        try world.write("device.id = 'configured'\n", to: "tedge/tedge.toml")
        #expect(try id(world) == "configured")
        world.environment = ["DEVICE_ID": "variable"]
        #expect(try id(world) == "variable")
        #expect(try id(world, typed: "") == "variable")
        #expect(try id(world, typed: "typed") == "typed")
        #expect(throws: CertificateError.badDeviceID("a:b", .characters)) { try id(world, typed: "a:b") }
    }

    @Test("the password is the typed one, with a warning, else that of the environment, or the terminal")
    func passwords() throws {
        var world = try World()
        world.terminal.failure = .absent
        #expect(throws: EnrolmentInputError.noPassword) { try password(world) }
        world.terminal = WorldTerminal(exists: true, secret: "asked")
        #expect(try password(world) == "asked")
        world.environment = ["DEVICE_ONE_TIME_PASSWORD": "variable"]
        #expect(try password(world) == "variable")
        #expect(world.errors == "")
        #expect(try password(world, typed: "typed") == "typed")
        #expect(world.errors.hasPrefix("Warning: ") && !world.errors.contains("typed"))
        #expect(throws: EnrolmentInputError.passwordNotSendable) { try password(world, typed: "a\nb") }
    }

    @Test("a signal at a prompt, and a terminal that fails, are told")
    func failures() throws {
        var world = try World()
        world.terminal.failure = .interrupted(Interrupted(signal: SIGINT))
        #expect(throws: Interrupted(signal: SIGINT)) { try id(world) }
        world.terminal.failure = .failed(SystemError(EIO))
        #expect(throws: EnrolmentInputError.terminal(reason: "Input/output error (os error 5)")) {
            try password(world)
        }
    }
}
