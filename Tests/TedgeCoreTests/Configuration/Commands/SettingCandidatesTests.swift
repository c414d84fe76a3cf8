import Testing

@testable import TedgeCore

/// What shells are told of settings, values and profiles.
@Suite struct SettingCandidatesTests {
    private static let file: String = """
        [device]
        type = "gateway"
        [proxy]
        password = "hidden"
        [c8y]
        url = "main.example.com"
        smartrest.templates = ["a b", "$(x)"]
        [c8y.profiles.second]
        url = "second.example.com"
        [az.profiles.second]
        url = "second.example.com"
        [az.profiles.blue]
        url = "blue.example.com"
        """

    private func lines(
        _ kind: String, _ command: String = "config set", _ arguments: [String] = [], profile: String? = nil,
        environment: [String: String] = [:], text: String? = Self.file
    ) throws -> [String] {
        var fixture = try Fixture()
        fixture.environment = environment
        if let text { try fixture.write(text, to: "tedge/tedge.toml") }
        let before = try fixture.snapshot()
        let lines = SettingCandidates(in: fixture.context).lines(
            kind, command: command.split(separator: " ").map(String.init), arguments: arguments, profile: profile)
        #expect(try fixture.snapshot() == before)
        #expect(fixture.errors == "" && fixture.output == "")
        return lines
    }

    private func words(_ lines: [String]) -> [String] { lines.map { String($0.prefix { $0 != "\t" }) } }

    @Test("the keys are those of the table, then those of the profiles that there are, with what they are for")
    func keys() throws {
        let lines = try lines("setting-key")
        let own = SettingTable.keys.map(\.name)
        let profiles =
            SettingTable.keys(of: .c8y).map { "c8y.profiles.second.\($0.suffix)" }
            + ["blue", "second"].flatMap { name in SettingTable.keys(of: .az).map { "az.profiles.\(name).\($0.suffix)" }
            }
        #expect(words(lines) == own + profiles)
        for line in lines { #expect(line.hasSuffix(".") && line.split(separator: "\t").count == 2) }
    }

    @Test("with a profile chosen, the keys are those that a profile can have")
    func keysOfProfile() throws {
        let keys = words(try lines("setting-key", profile: "second"))
        #expect(keys == CloudName.allCases.flatMap { SettingTable.keys(of: $0).map(\.name) })
    }

    @Test("each key that is offered is understood")
    func keysParse() throws {
        for key in words(try lines("setting-key")) {
            #expect(try SettingName.parse(key).warning == nil, "\(key)")
        }
    }

    static let values: [(key: String, values: [String])] = [
        ("c8y.auth_method", ["certificate", "basic", "auto"]), ("mqtt.bind.enabled", ["true", "false"]),
        ("c8y.bridge.include.local_cleansession", ["true", "false", "auto"]),
        ("service.timestamp_format", ["rfc-3339", "unix"]),
        ("c8y.profiles.second.auth_method", ["certificate", "basic", "auto"]),
        ("c8y_auth_method", ["certificate", "basic", "auto"]), ("device.key_path", ["\tfile"]),
        ("c8y.root_cert_path", ["\tfile"]),
        ("device.cryptoki.socket_path", ["\tfile"]), ("logs.path", ["\tdirectory"]),
        ("mqtt.client.auth.ca_dir", ["\tdirectory"]),
        ("c8y.url", []), ("mqtt.bind.port", []), ("device.type", []), ("proxy.password", []), ("unheard.of", []),
        ("", []),
    ]

    @Test("the values of a setting are those of its type", arguments: values)
    func valuesOfType(_ key: String, _ values: [String]) throws {
        #expect(try lines("setting-value", "config set", [key]) == values)
        #expect(try lines("setting-value", "config add", [key], text: "[") == values)
    }

    @Test("what can be set can be completed: every word is accepted", arguments: SettingTable.keys.map(\.name))
    func valuesParse(_ key: String) throws {
        let type = try #require(SettingTable.key(key)).type
        for word in try lines("setting-value", "config set", [key]) where !word.hasPrefix("\t") {
            #expect(throws: Never.self) { try type.parse(word, currentDirectory: { "/" }) }
        }
    }

    @Test("the candidates for removal are the values in the file, without secrets")
    func removed() throws {
        #expect(try lines("setting-value", "config remove", ["c8y.smartrest.templates"]) == ["a b", "$(x)"])
        #expect(try lines("setting-value", "config remove", ["device.type"]) == ["gateway"])
        #expect(try lines("setting-value", "config remove", ["diag.plugin_paths"]) == ["/usr/share/tedge/diag-plugins"])
        #expect(try lines("setting-value", "config remove", ["c8y.url"], profile: "second") == ["second.example.com"])
        for key in ["proxy.password", "service.type", "c8y.topics.x"] {
            #expect(try lines("setting-value", "config remove", [key]) == [])
        }
        let variables = ["TEDGE_DEVICE_TYPE": "of the environment"]
        #expect(try lines("setting-value", "config remove", ["device.type"], environment: variables) == ["gateway"])
    }

    @Test("the profiles are those of the cloud that is named, else all")
    func profiles() throws {
        let all = ["second\tCumulocity", "blue\tAzure", "second\tAzure"]
        #expect(try lines("profile", "cert show") == all)
        #expect(try lines("profile", "connect", ["az"]) == ["blue\tAzure", "second\tAzure"])
        #expect(try lines("profile", "cert upload c8y") == ["second\tCumulocity"])
        #expect(try lines("profile", "connect", ["aws"]) == [])
        #expect(try lines("profile", "config get", ["c8y.url"]) == ["second\tCumulocity"])
        #expect(try lines("profile", "config get", ["azure.url"]) == ["blue\tAzure", "second\tAzure"])
        #expect(try lines("profile", "config get", ["device.type"]) == all)
        #expect(
            try lines("profile", "connect", ["aws"], environment: ["TEDGE_AWS_PROFILES_NEW_URL": "a.b"]) == ["new\tAWS"]
        )
    }

    @Test("the clouds are offered, and those with a profile")
    func clouds() throws {
        let all = ["c8y\tCumulocity", "az\tAzure", "aws\tAWS"]
        let profiles = ["c8y.second\tCumulocity", "az.blue\tAzure", "az.second\tAzure"]
        #expect(try lines("cloud", "connect") == all + profiles)
        #expect(try lines("cloud", "connect", text: "[") == all)
    }

    @Test("if the file is broken or missing, candidates that need no file are offered", arguments: ["[", nil])
    func broken(_ text: String?) throws {
        #expect(words(try lines("setting-key", text: text)) == SettingTable.keys.map(\.name))
        #expect(try lines("profile", text: text) == [])
        #expect(try lines("setting-value", "config remove", ["device.type"], text: text) == [])
    }

    @Test("an unknown kind has no candidates")
    func unknown() throws {
        #expect(try lines("frobnicate") == [])
    }
}
