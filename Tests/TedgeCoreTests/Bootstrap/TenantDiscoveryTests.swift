import Synchronization
import TLS
import Testing

@testable import TedgeCore

@Suite struct TenantDiscoveryTests {
    private var fixture: Fixture
    private let asked = Asked()

    /// The endpoints of handshakes.
    private final class Asked: Sendable {
        private let endpoints = Mutex<[String]>([])
        var all: [String] { endpoints.withLock { $0 } }
        func add(_ endpoint: HostPort) { endpoints.withLock { $0.append(endpoint.description) } }
    }

    /// A tenant whose own domain has a trusted certificate at its MQTT port.
    init() throws {
        fixture = try Fixture()
        fixture.probe = { [asked] endpoint, _, _, _, _ in
            asked.add(endpoint)
            let isTrusted = endpoint.description == "t12345.cumulocity.com:8883"
            return TLSProbe(failure: isTrusted ? nil : .silent(.handshake), isServerTrusted: isTrusted)
        }
    }

    private func outcome(url: String = "iot.example.com") throws -> TenantDiscovery.Outcome {
        let target = WebTarget(
            endpoint: try HostPort(parsing: url, defaultPort: 443), proxy: nil, options: TLSOptions())
        return try TenantDiscovery(target: target, roots: "/etc/ssl/certs", context: fixture.context).run()
    }

    private static func answer(_ link: String) -> String {
        #"{"loginOptions":[{"type":"BASIC","self":"https://x.example.com/tenant/loginOptions/basic"}],"self":"\#(link)"}"#
    }

    @Test("the domain of the link 'self' is the host for MQTT, and nobody needs to log in for it")
    func other() throws {
        fixture.web.answer(200, "OK", Self.answer("https://T12345.cumulocity.com/tenant/loginOptions/"))
        #expect(try outcome() == .other("t12345.cumulocity.com"))
        let request = try #require(fixture.web.requests.first)
        #expect("\(request.method) \(request.target)" == "GET /tenant/loginOptions")
        #expect(!request.headers.contains { $0.name == "Authorization" })
        #expect(asked.all == ["t12345.cumulocity.com:8883"])
    }

    @Test("a tenant without a second domain is told apart, whatever the case and the port are")
    func same() throws {
        for (link, url) in [
            ("https://iot.example.com/tenant/loginOptions", "IOT.example.com"),
            ("http://iot.example.com:8443/", "iot.example.com:8443"),
        ] {
            fixture.web.answer(200, "OK", Self.answer(link))
            #expect(try outcome(url: url) == .same)
        }
        #expect(asked.all == [])
    }

    @Test("a domain that does not prove to be the tenant's over MQTT is not used")
    func foreign() throws {
        fixture.web.answer(200, "OK", Self.answer("https://evil.example.org/tenant/loginOptions"))
        guard case .unknown(let reason) = try outcome() else {
            Issue.record("a domain without a proof was taken")
            return
        }
        #expect(reason.hasPrefix("evil.example.org:8883 does not prove that it is the tenant's: "))
    }

    private static let hosts: [String] = [
        "", "/tenant/loginOptions", "t12345.cumulocity.com", "https://", "https:///x", "ftp://t12345.cumulocity.com/",
        "https://user:pw@t12345.cumulocity.com/", "https://t12345.cumulocity.com:x/",
        #"https://t12345.cumulocity.com\nlistener 1883/"#, #"https://t12345.cumulocity.com\u0000/"#,
        #"https://t1\u001b[2J.com/"#, "https://t 1.com/", "https://tägg.example.com/", "https://1.2.3/",
        "https://\(String(repeating: "a", count: 300)).com/",
        "https://t12345.cumulocity.com/\(String(repeating: "x", count: 300_000))",
    ]

    private static let bodies: [String] = [
        "<html><body>Log in to the hotel</body></html>", "", "[]", "null", #"{"loginOptions":[]}"#, #"{"self":7}"#,
        #"{"self":null}"#, String(repeating: "[", count: 100_000),
    ]

    private static let oddAnswers: [(Int, String)] =
        [404, 401, 302, 500, 204].map { ($0, answer("https://t12345.cumulocity.com/")) } + bodies.map { (200, $0) }
        + hosts.map { (200, answer($0)) }

    @Test("an odd answer is no failure and changes nothing", arguments: oddAnswers)
    func odd(_ status: Int, _ body: String) throws {
        fixture.web.answer(status, "", body)
        guard case .unknown = try outcome() else {
            Issue.record("\(status) \(body.prefix(80)) was used")
            return
        }
        #expect(asked.all == [], "nothing else is asked")
        #expect(fixture.printed.all == "")
    }

    @Test("a tenant that does not answer is a failure of its own")
    func silent() throws {
        fixture.web.fail(.connection(.silent(.read)))
        #expect(throws: HTTPError.connection(.silent(.read))) { try outcome() }
    }
}
