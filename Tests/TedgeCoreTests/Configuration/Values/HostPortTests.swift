import Testing

@testable import TedgeCore

@Suite struct HostPortTests {
    static let here: @Sendable () -> String = { "/here" }

    @Test(
        "a host is a name, an IPv4 address or an IPv6 address in brackets",
        arguments: [
            "example.com", "EXAMPLE.com", "my_tenant.example.com", "xn--bcher-kva.example", "localhost", "a.", "1a.2b",
            "127.0.0.1", "[::1]", "[fe80::1]", "example.123a", "-a.example.com",
            String(repeating: "a", count: 63) + ".com",
        ])
    func validHost(_ text: String) throws {
        #expect(try SettingType.host.parse(text, currentDirectory: Self.here).value == .text(text))
    }

    @Test(
        "a text that a bridge's address line could not use is not a host",
        arguments: [
            "", ".", "a..b", ".a", "a b", "a#b", "a%20b", "a/b", "a:1", "a<b", "a>b", "a?b", "a@b", "a[b",
            "a\\b", "a]b", "a^b", "a|b", "::1", "[::1", "[::1]:80", "[x]", "[]", "1.2.3", "256.1.1.1", "1.2.3.4.5",
            "bücher.example", "ａ.com", "a;b", "a\"b", "a,b", "127.0.0.01", String(repeating: "a", count: 64) + ".com",
            (0..<64).map { _ in "abc" }.joined(separator: "."), "example.1",
        ])
    func invalidHost(_ text: String) {
        #expect(throws: SettingRefusal.self) { try SettingType.host.parse(text, currentDirectory: Self.here) }
    }

    @Test("the refusal of a host says what a host is")
    func refusalOfHost() throws {
        let refusal = try #require(throws: SettingRefusal.self) {
            try SettingType.host.parse("a b", currentDirectory: Self.here)
        }
        #expect(
            refusal.reason == "Could not parse provided URL: 'a b' as a valid domain name.\n"
                + "         Provided URL should contain only domain, eg: 'subdomain.cumulocity.com'.")
    }

    @Test("the refusal of an international name says how to write it")
    func refusalOfInternationalName() throws {
        let refusal = try #require(throws: SettingRefusal.self) {
            try SettingType.host.parse("bücher.example", currentDirectory: Self.here)
        }
        #expect(refusal.reason.contains("xn--"))
    }

    @Test(
        "the host of a pasted address is used",
        arguments: [
            ("https://example.com", "example.com"), ("https://example.com/", "example.com"),
            ("HTTPS://example.com/apps/cockpit/#/device?id=1", "example.com"), ("http://example.com?x", "example.com"),
            ("https://example.com:443/", "example.com"), ("mqtts://example.com", "example.com"),
            ("https://[::1]/", "[::1]"),
        ])
    func pastedHost(_ typed: String, _ host: String) throws {
        let parsed = try SettingType.host.parse(typed, currentDirectory: Self.here)
        #expect(parsed == ParsedSetting(value: .text(host), taken: host, isHostOfAddress: true))
    }

    @Test(
        "a pasted address that is not only a host is refused as it was typed",
        arguments: ["https://", "https:///x", "https://example.com:8443/", "https://user@example.com/", "ftp://a.com"])
    func pastedOther(_ typed: String) throws {
        let refusal = try #require(throws: SettingRefusal.self) {
            try SettingType.host.parse(typed, currentDirectory: Self.here)
        }
        #expect(refusal.reason.contains("'\(typed)'"))
    }

    @Test(
        "a host and port are split, and the port has a default",
        arguments: [
            ("example.com", "example.com", 8883), ("example.com:1", "example.com", 1), ("a:65535", "a", 65535),
            ("[::1]", "[::1]", 8883), ("[::1]:1884", "[::1]", 1884), ("127.0.0.1:1884", "127.0.0.1", 1884),
        ] as [(String, String, UInt16)])
    func hostAndPort(_ typed: String, _ host: String, _ port: UInt16) throws {
        let endpoint = try HostPort(parsing: typed, defaultPort: 8883)
        #expect(endpoint.host == host)
        #expect(endpoint.port == port)
        #expect(endpoint.stored == typed)
        #expect(endpoint.description == "\(host):\(port)")
    }

    @Test(
        "a bad host or a bad port is named",
        arguments: [
            ("", "Could not parse hostname"), (":1", "Could not parse hostname"), ("a b:1", "Could not parse hostname"),
            ("[::1", "Could not parse hostname"), ("a:", "Could not parse port"), ("a:x", "Could not parse port"),
            ("a:65536", "Could not parse port"), ("a:0", "Could not parse port"), ("a:1:2", "Could not parse port"),
            ("::1", "Could not parse hostname"), ("[::1]x", "Could not parse port"),
        ])
    func badHostOrPort(_ typed: String, _ reason: String) throws {
        let refusal = try #require(throws: SettingRefusal.self) { try HostPort(parsing: typed, defaultPort: 443) }
        #expect(refusal.reason == reason)
    }

    @Test("the bare host has no brackets")
    func bareHost() throws {
        #expect(try HostPort(parsing: "[fe80::1]:8883", defaultPort: 1).bareHost == "fe80::1")
        #expect(try HostPort(parsing: "a.b:8883", defaultPort: 1).bareHost == "a.b")
    }

    @Test("the host and port of a pasted address are used if the setting can have a port")
    func pastedHostAndPort() throws {
        let parsed = try SettingType.hostPort(443).parse("https://a.b:8443/x", currentDirectory: Self.here)
        #expect(parsed.value.printed == "a.b:8443")
        #expect(parsed.taken == "a.b:8443")
    }

    @Test(
        "a port is digits alone", arguments: ["+8883", "-1", " 8883", "0x22", "٨٨٨٣", "", "65536", "0", "1e3"])
    func signedPort(_ port: String) {
        #expect(throws: SettingRefusal.self) {
            try SettingType.hostPort(8883).parse("example.com:\(port)", currentDirectory: Self.here)
        }
        #expect(throws: SettingRefusal.self) { try ProxyAddress(parsing: "http://example.com:\(port)") }
    }
}
