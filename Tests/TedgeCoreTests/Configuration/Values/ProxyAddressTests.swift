import Testing

@testable import TedgeCore

@Suite struct ProxyAddressTests {
    @Test(
        "a proxy has a scheme, a host and a port",
        arguments: [
            ("proxy", "http://proxy:80"), ("proxy:3128", "http://proxy:3128"), ("http://proxy/", "http://proxy:80"),
            ("https://proxy", "https://proxy:443"), ("HTTPS://proxy:8443", "https://proxy:8443"),
            ("10.0.0.1:8080", "http://10.0.0.1:8080"), ("http://[::1]:8080", "http://[::1]:8080"),
        ])
    func addresses(_ typed: String, _ printed: String) throws {
        let parsed = try SettingType.proxyURL.parse(typed, currentDirectory: { "/" })
        #expect(parsed.value.printed == printed)
        #expect(SettingType.proxyURL.stored(parsed.value) == .string(typed))
    }

    @Test(
        "an address that is no proxy's is refused",
        arguments: ["", "http://", "ftp://proxy", "proxy:x", "proxy:0", "http://proxy/path", "a b", "socks5://proxy"])
    func refusals(_ typed: String) throws {
        let refusal = try #require(throws: SettingRefusal.self) { try ProxyAddress(parsing: typed) }
        #expect(refusal.reason.hasPrefix("Invalid proxy URL: '\(typed)' "))
    }

    @Test("a password in the address is refused and not repeated")
    func password() throws {
        let refusal = try #require(throws: SettingRefusal.self) {
            try ProxyAddress(parsing: "http://user:hunter2@proxy:3128")
        }
        #expect(!refusal.reason.contains("hunter2"))
        #expect(refusal.reason.contains("'proxy.username' and 'proxy.password'"))
    }
}
