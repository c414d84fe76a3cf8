import TLS
import Testing

@testable import TedgeCore

/// Where a certificate is uploaded to: the host, what is trusted there, and the proxy on the way.
@Suite struct UploadTargetTests {
    /// The target of an upload with these further settings; nil where nothing is sent.
    private func target(_ lines: String = "", _ report: inout CommandReport?) throws -> WebTarget? {
        let world = try World.ready(lines)
        world.web.answer(401)
        report = CertificateUploader(profile: nil, in: world.context).run(
            UploadCredentials(user: "u", passwordFile: nil, password: "p"))
        return world.web.targets.first
    }

    private func target(_ lines: String = "") throws -> WebTarget? {
        var report: CommandReport?
        return try target(lines, &report)
    }

    @Test("the host is the one for HTTP, and trusted is what the system and the setting name")
    func endpoint() throws {
        let target = try #require(try target("c8y.root_cert_path = '/roots.pem'\n"))
        #expect(target.endpoint.description == "example.cumulocity.com:443")
        #expect(target.options.roots == [.system, .path("/roots.pem")])
        #expect(target.proxy == nil)
        #expect(try self.target("c8y.http = 'web.example.com:8443'\n")?.endpoint.description == "web.example.com:8443")
    }

    @Test("a proxy is used with its user and password")
    func proxy() throws {
        let plain = try #require(try target("proxy.address = 'http://proxy.example.com:3128'\n"))
        #expect(plain.proxy == TLSProxy(host: "proxy.example.com", port: 3128))
        let secured = try #require(
            try target("proxy = { address = 'http://p.example.com:1', username = 'me', password = 'word' }\n"))
        #expect(secured.proxy?.authorization == "Basic bWU6d29yZA==")
    }

    static let exemptions = [
        ("*", true), ("example.cumulocity.com", true), ("EXAMPLE.Cumulocity.com", true), ("cumulocity.com", true),
        (".cumulocity.com", true), ("a.b, cumulocity.com", true), ("", false), ("umulocity.com", false),
        ("example.cumulocity", false), ("other.cumulocity.com", false), (",", false),
    ]

    @Test("a host that is exempt, or in a domain that is, is reached without the proxy", arguments: exemptions)
    func exempt(_ list: String, _ isExempt: Bool) throws {
        let lines = "proxy = { address = 'http://p.example.com:1', no_proxy = '\(list)' }\n"
        #expect(try #require(try target(lines)).proxy == (isExempt ? nil : TLSProxy(host: "p.example.com", port: 1)))
    }

    @Test("a proxy that is spoken to with TLS is refused, and a user without a password")
    func refused() throws {
        var report: CommandReport?
        #expect(try target("proxy.address = 'https://p.example.com:1'\n", &report) == nil)
        #expect(report?.reason == "setting-unsupported")
        #expect(try target("proxy = { address = 'http://p.example.com:1', username = 'me' }\n", &report) == nil)
        #expect(report?.status == 1)
        #expect(report?.message?.contains("proxy.username") == true)
    }
}
