import Glibc
import TestSupport
import Testing

@testable import TedgeCore

/// The user name and password of a device, and when they are used.
@Suite struct DeviceCredentialsTests {
    private func credentials(_ text: String) throws -> DeviceCredentials {
        let directory = try TemporaryDirectory()
        try write(text, to: directory.file("credentials.toml"))
        return try DeviceCredentials(contentsOf: directory.file("credentials.toml"), files: SystemFiles())
    }

    /// The error of a file, which must not hold the password.
    private func failure(
        _ text: String, sourceLocation: SourceLocation = #_sourceLocation
    ) throws -> CredentialsError {
        let error = try #require(throws: CredentialsError.self, sourceLocation: sourceLocation) {
            try credentials(text)
        }
        #expect(error.id == "credentials-broken", sourceLocation: sourceLocation)
        #expect(!(error.causes.joined() + (error.hint ?? "")).contains("s3cret"), sourceLocation: sourceLocation)
        return error
    }

    @Test("both values are read, and other keys do not matter")
    func read() throws {
        let found = try credentials("x = 1\n[c8y]\nusername = \"t1/me\"\npassword = 's3cret \"1\"'\nother = 2\n")
        #expect(found.user == "t1/me" && found.password == "s3cret \"1\"")
        #expect("\(found)" == "t1/me")
    }

    @Test("a value that is missing or not a text is named", arguments: ["username", "password"])
    func missing(_ key: String) throws {
        let lines = ["username = 'me'\n", "password = 's3cret'\n"]
        let rest = lines.filter { !$0.hasPrefix(key) }.joined()
        #expect(try failure("[c8y]\n" + rest).causes[0].hasSuffix("credentials.toml': missing field `\(key)`."))
        #expect(try failure("[c8y]\n\(key) = 1\n" + rest).causes[0].hasSuffix("`\(key)` must be a string."))
        #expect(try failure("username = 's3cret'\n").causes[0].hasSuffix("missing field `c8y`."))
    }

    @Test("a file that is not TOML is reported with the place")
    func broken() throws {
        let error = try failure("[c8y]\nusername = 'me'\npassword = s3cret\n")
        #expect(error.causes[0].contains("Error while parsing credentials file: '"))
        #expect(error.causes[0].contains("line 3, column "))
        #expect(error.hint?.contains("[c8y]\nusername = \"<tenant>/<user>\"\n") == true)
    }

    @Test(
        "a value that mosquitto's file cannot hold is refused",
        arguments: ["\"s3cret\\nlog_dest none\"", "\"s3cret\\u0000\"", "' s3cret'", "'s3cret '", "''", "\"s3\\rcret\""])
    func unusable(_ value: String) throws {
        for (user, password) in [(value, "'s3cret'"), ("'me'", value)] {
            guard case .unusable = try failure("[c8y]\nusername = \(user)\npassword = \(password)\n") else {
                Issue.record("another error")
                continue
            }
        }
    }

    @Test("a file that does not exist or cannot be read is named")
    func unreadable() throws {
        let directory = try TemporaryDirectory()
        let error = try #require(throws: CredentialsError.self) {
            try DeviceCredentials(contentsOf: directory.file("x"), files: SystemFiles())
        }
        #expect(error.id == "credentials-missing")
        #expect(
            error.causes == [
                "Failed to read the basic auth credentials file. file=\(directory.file("x"))",
                "No such file or directory (os error 2)",
            ])
        #expect(CredentialsError.unreadable(path: "/x", SystemError(EACCES)).id == "credentials-unreadable")
    }

    @Test("the settings say which is used; auto is the password if its file exists")
    func method() throws {
        func method(_ lines: String, profile: String? = nil, isThere: Bool) throws -> DeviceAuthentication {
            let settings = try SettingsFixture(lines).load()
            let name = try profile.map { try ProfileName(parsing: $0) }
            return try DeviceAuthentication(settings.cloud(.c8y, profile: name), exists: { _ in isThere })
        }
        let file = "/etc/tedge/credentials.toml"
        #expect(try method("", isThere: true) == .certificate)
        #expect(try method("c8y.auth_method = 'certificate'\n", isThere: true) == .certificate)
        #expect(try method("c8y.auth_method = 'basic'\n", isThere: false) == .password(file: file))
        #expect(try method("c8y.auth_method = 'auto'\n", isThere: false) == .certificate)
        #expect(try method("c8y.auth_method = 'auto'\n", isThere: true) == .password(file: file))
        let own = "c8y.profiles.p = { auth_method = 'basic', credentials_path = '/p.toml' }\n"
        #expect(try method(own, profile: "p", isThere: false) == .password(file: "/p.toml"))
        #expect(try method(own, isThere: true) == .certificate)
        let azure = try SettingsFixture("az.url = 'a'\n").load().cloud(.az)
        #expect(try DeviceAuthentication(azure, exists: { _ in true }) == .certificate)
    }
}
