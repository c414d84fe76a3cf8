import Glibc
import Testing

@testable import TedgeCore

/// The level where no option names one.
@Suite struct LogLevelTests {
    private func level(_ file: String? = nil, _ environment: [String: String] = [:]) throws -> LogLevel {
        let fixture = try Fixture()
        if let file { try fixture.write(file, to: "tedge/system.toml") }
        return .configured(environment, fixture.path("system.toml"), fixture.files)
    }

    static let files: [(text: String, level: LogLevel)] = [
        ("[log]\ntedge = \"debug\"\n", .debug), ("log.tedge = 'TRACE'\n", .trace),
        ("[log]\ntedge-mapper = 'info'\n", .warn),
        ("[log]\ntedge = 'loud'\n", .warn), ("[log]\ntedge = 1\n", .warn), ("log = 1\n", .warn), ("", .warn),
        ("user = 'log'\n", .warn), ("[log\n", .warn), ("# [log]\n", .warn), ("\"l\\u006fg\".tedge = 'debug'\n", .warn),
    ]

    @Test("it is that of tedge in the table log, and warn where that is missing or not understood", arguments: files)
    func file(_ text: String, _ level: LogLevel) throws { #expect(try self.level(text) == level) }

    @Test("without a file, and with one that may not be read, it is warn")
    func noFile() throws {
        #expect(try level() == .warn)
        let fixture = try Fixture()
        try fixture.write("log.tedge = 'debug'\n", to: "tedge/system.toml")
        fixture.files.fail(.read, "system.toml", EACCES)
        #expect(LogLevel.configured([:], fixture.path("system.toml"), fixture.files) == .warn)
    }

    static let variables: [(text: String, level: LogLevel)] = [
        ("trace", .trace), ("INFO", .info), ("error,tedge=debug", .debug), ("tedge=debug,info", .debug),
        ("hyper=trace,error", .error), ("hyper=trace", .info), ("", .info), ("loud", .info), ("tedge=loud", .info),
    ]

    @Test("RUST_LOG comes before the file where it has a word for tedge", arguments: variables)
    func variable(_ text: String, _ level: LogLevel) throws {
        #expect(try self.level("log.tedge = 'info'\n", ["RUST_LOG": text]) == level)
    }
}
