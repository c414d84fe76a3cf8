import Foundation
import Testing

@testable import TedgeCore

@Suite struct SettingsLoadTests {
    @Test("without files all settings have their defaults")
    func noFiles() throws {
        let settings = try SettingsFixture().load()
        #expect(try settings.string("mqtt.bind.port") == "1883")
        #expect(try settings.string("c8y.url") == nil)
        #expect(settings.warnings().isEmpty)
    }

    @Test("an empty file counts as missing")
    func emptyFile() throws {
        #expect(try SettingsFixture("").value("device.type") == "thin-edge.io")
    }

    @Test("a file that cannot be read is an error with its name and the reason")
    func unreadable() throws {
        var fixture = SettingsFixture("")
        fixture.unreadable["tedge.toml"] = SystemError(EACCES)
        let error = try #require(throws: SettingsError.self) { try fixture.load() }
        #expect(error.causes == ["Cannot read /etc/tedge/tedge.toml", "Permission denied (os error 13)"])
        #expect(error.id == "settings-unreadable")
    }

    @Test("a directory of the clouds' files that cannot be read is an error")
    func unreadableDirectory() {
        var fixture = SettingsFixture("")
        fixture.unreadable["mappers"] = SystemError(EACCES)
        #expect(
            throws: SettingsError.unreadable(path: "/etc/tedge/mappers", reason: SystemError(EACCES))
        ) { try fixture.load() }
    }

    @Test(
        "a broken file is an error with its name, line and column",
        arguments: [("[c8y\nurl = 1\n", 1), ("[c8y]\nurl = \n", 2), ("a = 1\na = 2\n", 2), ("\n\n\"", 3)])
    func broken(_ text: String, _ line: Int) throws {
        let error = try #require(throws: SettingsError.self) { try SettingsFixture(text).load() }
        guard case .broken(let place, let reason) = error else {
            Issue.record("expected a broken file, got \(error)")
            return
        }
        #expect(place.path == "/etc/tedge/tedge.toml")
        #expect(place.line == line)
        #expect(place.column >= 1)
        #expect(
            error.causes == ["/etc/tedge/tedge.toml, line \(line), column \(place.column): \(reason)"])
        #expect(error.hint == "Correct line \(line) of /etc/tedge/tedge.toml. Nothing has been written.")
    }

    @Test("a broken file of a cloud is an error with its name")
    func brokenMapperFile() throws {
        let fixture = SettingsFixture(files: ["mappers/c8y/mapper.toml": "cloud_type = \"c8y\"\nurl = x\n"])
        let error = try #require(throws: SettingsError.self) { try fixture.load() }
        #expect(error.causes.first?.hasPrefix("/etc/tedge/mappers/c8y/mapper.toml, line 2, column ") == true)
    }

    @Test("bytes that are not UTF-8 are a broken file")
    func notUTF8() throws {
        let source = SettingsSource(
            directory: "/etc/tedge", environment: [:], currentDirectory: { "/" },
            read: { _ in [0x61, 0x20, 0x3D, 0x20, 0x22, 0xFF, 0x22] }, listDirectory: { _ in nil },
            certificateCommonName: { _ in nil })
        let error = try #require(throws: SettingsError.self) { try Settings.load(from: source) }
        #expect(error.id == "settings-broken")
    }

    @Test("a version of the file that is known is no matter", arguments: ["\"1\"", "\"2\"", "1", "2"])
    func knownVersion(_ version: String) throws {
        let fixture = SettingsFixture("[config]\nversion = \(version)\n[device]\ntype = \"x\"\n")
        #expect(try fixture.value("device.type") == "x")
        #expect(try fixture.load().warnings().isEmpty)
    }

    @Test(
        "an unknown version of the file is an error",
        arguments: [("\"3\"", "3"), ("3", "3"), ("\"\"", ""), ("true", "a value of type boolean")])
    func unknownVersion(_ version: String, _ text: String) throws {
        let fixture = SettingsFixture("[config]\nversion = \(version)\n")
        let error = try #require(throws: SettingsError.self) { try fixture.load() }
        #expect(error.causes == ["Unknown tedge.toml version: \(text)"])
        #expect(error.hint?.hasPrefix("Line 2 of /etc/tedge/tedge.toml") == true)
    }

    @Test("no certificate is read unless an identity is requested")
    func certificatesAreLazy() throws {
        let fixture = SettingsFixture("", certificates: ["/etc/tedge/device-certs/tedge-certificate.pem": "gateway"])
        let settings = try fixture.load()
        _ = try settings.string("c8y.url")
        _ = try settings.string("device.cert_path")
        #expect(fixture.log.paths == ["/etc/tedge/tedge.toml"])
        #expect(try settings.string("device.id") == "gateway")
        #expect(fixture.log.paths.last == "/etc/tedge/device-certs/tedge-certificate.pem")
    }
}
