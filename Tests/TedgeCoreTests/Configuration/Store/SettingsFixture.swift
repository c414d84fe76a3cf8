import Synchronization

@testable import TedgeCore

/// A device of files, variables and certificates that exist only in the test.
struct SettingsFixture: Sendable {
    /// The texts of the files below `/etc/tedge`.
    var files: [String: String] = [:]
    /// The reasons why files or directories below `/etc/tedge` cannot be read.
    var unreadable: [String: SystemError] = [:]
    var environment: [String: String] = [:]
    /// The common names of the certificates, by path.
    var certificates: [String: String] = [:]
    /// What was asked for.
    let log = CallLog()

    static let directory = "/etc/tedge"

    init(
        _ main: String? = nil, files: [String: String] = [:], environment: [String: String] = [:],
        certificates: [String: String] = [:]
    ) {
        self.files = files
        self.files["tedge.toml"] = main
        self.environment = environment
        self.certificates = certificates
    }

    var source: SettingsSource {
        let fixture = self
        return SettingsSource(
            directory: Self.directory, environment: environment, currentDirectory: { "/home/pi" },
            read: { path throws(FileError) in
                fixture.log.add(path)
                let name = String(path.dropFirst(Self.directory.count + 1))
                if let reason = fixture.unreadable[name] { throw FileError(.read, path, reason) }
                return fixture.files[name].map { Array($0.utf8) }
            },
            listDirectory: { path throws(FileError) in
                let name = String(path.dropFirst(Self.directory.count + 1))
                if let reason = fixture.unreadable[name] { throw FileError(.list, path, reason) }
                let inside = fixture.files.keys.filter { $0.hasPrefix("\(name)/") }
                let entries = Set(inside.map { String($0.dropFirst(name.count + 1).prefix { $0 != "/" }) })
                return entries.isEmpty ? nil : Array(entries)
            },
            certificateCommonName: { path in
                fixture.log.add(path)
                return fixture.certificates[path]
            })
    }

    func load() throws(SettingsError) -> Settings { try Settings.load(from: source) }

    /// The printed value of a canonical key, of a profile or not.
    func value(_ key: String, profile: String? = nil) throws -> String? {
        try setting(key, profile: profile)?.value.printed
    }

    /// The value with its origin.
    func setting(_ key: String, profile: String? = nil) throws -> Setting? {
        try load().value(of: SettingName(key, profile: profile.map { try ProfileName(parsing: $0) }))
    }
}

/// The paths that were asked for, in order.
final class CallLog: Sendable {
    private let entries = Mutex<[String]>([])

    var paths: [String] { entries.withLock { $0 } }

    func add(_ path: String) { entries.withLock { $0.append(path) } }
}
