import TLS
import Testing

@testable import TedgeCore

/// Where a certificate is uploaded to: the host, what is trusted there, and the proxy on the way.
@Suite struct UploadTargetTests {
    /// The target of an upload with these further settings; nil if nothing is sent.
    private func target(_ lines: String = "", _ report: inout CommandReport?) throws -> WebTarget? {
        let fixture = try Fixture.ready(lines)
        fixture.web.answer(401)
        report = CertificateUploader(profile: nil, in: fixture.context).run(
            UploadCredentials(user: "u", passwordFile: nil, password: "p"))
        return fixture.web.targets.first
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

    static let lists: [(host: String, list: String, isExempt: Bool)] = [
        ("192.168.1.77", "192.168.1.0/24", true), ("192.168.2.77", "192.168.1.0/24", false),
        ("10.20.30.40", "10.16.0.0/12", true), ("10.32.0.1", "10.16.0.0/12", false), ("10.0.0.1", "0.0.0.0/0", true),
        ("192.168.1.77", "192.168.1.77", true), ("192.168.1.77", "192.168.1.7", false), ("192.168.1.77", "1.77", false),
        ("192.168.1.77", "192.168.1.0/33", false), ("192.168.1.77", "192.168.1.0/+24", false),
        ("192.168.1.77", "192.168.1.0/", false), ("192.168.1.77", "127.0.0.1, 192.168.1.64/27,x", true),
        ("[fd00::5]", "fd00::/8", true), ("[fe80::5]", "fd00::/8", false), ("[fd00::5]", "FD00:0:0::5", true),
        ("[fd00::5]", "[fd00::5]", true), ("[fd00::5]", "[fd00::5]:8443", true), ("[fd00::5]", "[fd00::5]:443", false),
        ("[::ffff:10.0.0.1]", "10.0.0.0/8", true), ("10.0.0.1", "::/0", false),
        ("web.example.com", "example.com:8443", true), ("web.example.com", "example.com:443", false),
        ("web.example.com", "*.example.com", true), ("web.example.com.", "example.com", true),
        ("web.example.com", "example.com.", true), ("web.example.com", "..", false),
        ("web.example.com", "10.0.0.0/8", false),
    ]

    @Test("addresses, ranges of them, ports and dots mean what the setting's description says", arguments: lists)
    func ranges(_ host: String, _ list: String, _ isExempt: Bool) throws {
        let lines = "c8y.http = '\(host):8443'\nproxy = { address = 'http://p.example.com:1', no_proxy = '\(list)' }\n"
        #expect(try #require(try target(lines)).proxy == (isExempt ? nil : TLSProxy(host: "p.example.com", port: 1)))
    }

    static let failures: [(error: TLSError, id: ReasonID, hint: String)] = [
        (
            .socket(.cannotConnect(host: "p.example.com", port: 1, errno: 111)), "proxy-unreachable",
            "the proxy p.example.com:1;"
        ),
        (.socket(.noAnswer(host: "p.example.com", port: 1)), "proxy-unreachable", "'tedge config get proxy.address'"),
        (
            .socket(.nameNotResolved(host: "p.example.com", reason: "r")), "proxy-unreachable",
            "'tedge config get proxy.address'"
        ),
        (.proxySilent, "proxy-unreachable", "the proxy p.example.com:1;"),
        (.proxyClosed, "proxy-unreachable", "the proxy p.example.com:1;"),
        (.silent(.handshake), "endpoint-silent", "between the proxy p.example.com:1 and example.cumulocity.com:443"),
        (.wrongHost(host: "h", names: []), "server-certificate-wrong-host", "'tedge config get c8y.url'"),
    ]

    @Test("what fails on the way to the proxy is told of the proxy, not of the cloud", arguments: failures)
    func proxyFails(_ error: TLSError, _ id: ReasonID, _ hint: String) throws {
        let fixture = try Fixture.ready("proxy.address = 'http://p.example.com:1'\n")
        fixture.web.fail(.connection(error))
        let report = CertificateUploader(profile: nil, in: fixture.context).run(
            UploadCredentials(user: "u", passwordFile: nil, password: "p"))
        #expect(report.reason == id)
        #expect(report.hint?.contains(hint) == true, "\(report.hint ?? "")")
        if id == "proxy-unreachable" { #expect(report.hint?.contains("example.cumulocity.com") == false) }
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
