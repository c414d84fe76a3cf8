import Foundation
import MQTT
import TLS
import TestSupport
import Testing
import X509

@testable import TedgeCore

/// Renewal by Cumulocity, where the mapper's proxy does not answer: with a token that comes over the bridge.
@Suite struct CumulocityAuthorityTests {
    let fixture: Fixture
    let authority: StandInAuthority
    private static let new = "\(Fixture.certificate).new"
    private static let host = "example.cumulocity.com"
    private static let absent = HTTPError.connection(
        .socket(.cannotConnect(host: "127.0.0.1", port: 8001, errno: 111)))

    /// A device that is connected, whose mapper's proxy is not there.
    init() throws {
        (fixture, authority) = (try Fixture.ready(), try StandInAuthority())
        #expect(fixture.connect().status == 0)
        fixture.broker.answerAsCloud(tenant: Self.host)
        fixture.printed.forget()
        let authority = authority
        fixture.web.serve { authority.answer(to: $0) }
        fixture.web.fail(Self.absent)
    }

    private func renew(_ context: Context? = nil) -> CommandReport {
        CertificateRenewer(CertificateSelection(cloud: nil, profile: nil, in: context ?? fixture.context)).run(
            .c8y, csrPath: nil)
    }

    @Test("the token of the bridge is the bearer of the request to the tenant, and is shown nowhere")
    func token() throws {
        fixture.printed.forget()
        var context = fixture.context
        context.console = Console(level: .trace) { [fixture] stream, text in
            let console = fixture.printed.console()
            if stream == .error { console.error(text) } else { console.line(text) }
        }
        let report = renew(context.logged)
        #expect(report.status == 0, "\(fixture.errors)")
        let secret = TedgeCoreTests.token(issuer: Self.host)
        #expect(fixture.broker.published.contains("c8y/s/uat "))
        let request = try #require(fixture.web.requests.last)
        #expect("\(request.method) \(request.target)" == "POST /.well-known/est/simplereenroll")
        #expect(request.headers.filter { $0.name == "Authorization" }.map(\.value) == ["Bearer \(secret)"])
        let target = try #require(fixture.web.targets.last)
        #expect(target.endpoint.description == "\(Self.host):443" && !target.isPlain && target.proxy == nil)
        #expect(target.options.roots == [.system, .path(fixture.directory.file("roots"))])
        #expect(fixture.web.requests.count == 2)
        #expect(try fixture.text(Self.new)?.contains("BEGIN CERTIFICATE") == true)
        #expect(fixture.errors.contains("The mapper's proxy does not answer, so that Cumulocity itself is asked.\n"))
        #expect(!fixture.printed.all.contains(secret) && !report.checkedText.contains(secret))
        #expect(fixture.printed.all.contains("from c8y/s/dat"), "the log is there")
        #expect(!fixture.programs.calls.contains { $0.contains(secret) })
    }

    @Test("the way leads through proxy.address where that is set")
    func proxy() throws {
        try fixture.configure("proxy.address = 'http://proxy:3128'\n")
        #expect(renew().status == 0, "\(fixture.errors)")
        #expect(fixture.web.targets.last?.proxyName == "proxy:3128")
    }

    @Test(
        "what answers on the port of the proxy, and is not the tenant, does not stop it",
        arguments: [404, 405, 502, 500])
    func another(_ status: Int) throws {
        let fixture = try Fixture.ready()
        #expect(fixture.connect().status == 0)
        fixture.broker.answerAsCloud(tenant: Self.host)
        let authority = authority
        fixture.web.serve { authority.answer(to: $0) }
        fixture.web.answer(status, "R")
        let renewer = CertificateRenewer(CertificateSelection(cloud: nil, profile: nil, in: fixture.context))
        #expect(renewer.run(.c8y, csrPath: nil).status == 0, "\(fixture.errors)")
    }

    @Test("what the tenant says through the proxy stands", arguments: [400, 401, 403])
    func refusal(_ status: Int) throws {
        let fixture = try Fixture.ready()
        #expect(fixture.connect().status == 0)
        fixture.web.answer(status, "R")
        let renewer = CertificateRenewer(CertificateSelection(cloud: nil, profile: nil, in: fixture.context))
        #expect(renewer.run(.c8y, csrPath: nil).reason == "renewal-refused")
        #expect(fixture.web.requests.count == 1)
    }

    @Test("a token of another tenant goes to nobody")
    func otherTenant() throws {
        fixture.broker.answerAsCloud(tenant: "other.cumulocity.com")
        let report = renew()
        #expect(report.status == 1 && report.reason == "other-tenant")
        #expect(report.causes.first == "Cumulocity sends no token over the bridge")
        #expect(fixture.web.requests.count == 1, "the proxy alone")
        #expect(try fixture.text(Self.new) == nil)
    }

    @Test("a message that holds no token is none", arguments: ["71,", "71, ", "70,x", "x", "71,a b", "71,\u{7}"])
    func broken(_ text: String) throws {
        fixture.broker.onMessage { topic, _ in topic == "c8y/s/uat" ? [message("c8y/s/dat", text)] : [] }
        let report = renew()
        if text == "71,a b" {
            // What stands behind a blank is not the token's.
            #expect(fixture.web.requests.last?.headers.contains { $0.value == "Bearer a" } == true)
        } else {
            #expect(report.reason == "cloud-silent", "\(report)")
        }
    }

    @Test("a broker that does not run, and a bridge that is down, are said with what to do")
    func bridge() throws {
        fixture.broker.failToConnect(.silent(.init(host: "127.0.0.1", port: 1883)))
        let report = renew()
        #expect(report.status == 1 && report.hint?.isEmpty == false, "\(report)")
        #expect(fixture.web.requests.count == 1)
        fixture.web.fail(Self.absent)
        fixture.broker.retain(Fixture.health, "0")
        fixture.broker.onMessage { _, _ in [] }
        #expect(renew().hint?.isEmpty == false)
    }

    static let answers: [(status: Int, reason: ReasonID)] = [
        (401, "renewal-refused"), (403, "renewal-refused"), (500, "renewal-refused"), (404, "enrolment-not-offered"),
        (405, "enrolment-not-offered"), (200, "enrolment-answer-broken"),
    ]

    @Test("what the tenant answers to the token is said, and nothing is written", arguments: answers)
    func answer(_ status: Int, _ reason: ReasonID) throws {
        fixture.web.answer(status, "R", "<html>")
        let report = renew()
        #expect(report.reason == reason && report.hint?.isEmpty == false)
        #expect(try fixture.text(Self.new) == nil)
    }

    @Test("a server that is not trusted gets no token, and the setting with the roots is named")
    func untrusted() throws {
        fixture.web.fail(.connection(.untrusted(code: 19, reason: "self-signed certificate in chain")))
        let report = renew()
        #expect(report.status == 1 && report.hint?.contains("c8y.root_cert_path") == true, "\(report)")
    }

    @Test("a device with a password gets no token, and waits for none")
    func password() throws {
        try fixture.configure("c8y.auth_method = 'basic'\n")
        let count = fixture.broker.published.count
        #expect(renew().reason == "proxy-unreachable")
        #expect(fixture.broker.published.count == count)
    }

    @Test("a signal ends the wait")
    func interrupted() throws {
        fixture.broker.failToConnect(.interrupted)
        fixture.signal.send(15)
        #expect(renew().reason == "interrupted")
    }

    @Test("with an expired certificate the device has to be registered again, and no file is lost by that")
    func expired() throws {
        let key = try PrivateKey(pem: Array(try #require(try fixture.text(Fixture.key)).utf8))
        let settings = try Settings.load(from: fixture.context.settingsSource)
        let request = try EnrollmentRequest(commonName: "gateway-1", key: key, settings)
        let old = try StandInAuthority(days: 1).sign(request.body)
        try fixture.write(old, to: Fixture.certificate, mode: 0o444)
        fixture.broker.failToConnect(.silent(.init(host: "127.0.0.1", port: 1883)))
        var context = fixture.context
        context.now = { Int64(Date().timeIntervalSince1970) + 2 * 86_400 }
        let report = renew(context)
        #expect(report.reason == "certificate-expired", "\(report)")
        #expect(report.hint?.contains("tedge cert download c8y") == true && report.hint?.contains("remove") == false)
    }
}
