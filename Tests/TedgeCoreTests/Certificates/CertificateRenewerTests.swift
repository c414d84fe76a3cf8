import Foundation
import TLS
import TestSupport
import Testing
import X509

@testable import TedgeCore

@Suite struct CertificateRenewerTests {
    let fixture: Fixture
    let authority: StandInAuthority
    static let new = "\(Fixture.certificate).new"

    init() throws {
        (fixture, authority) = (try Fixture.ready(), try StandInAuthority())
        let authority = authority
        fixture.web.serve { authority.answer(to: $0) }
    }

    private func renew(
        _ signer: CertificateRenewer.Authority = .selfSigned, csr: String? = nil, cloud: CloudName? = nil
    ) -> CommandReport {
        CertificateRenewer(CertificateSelection(cloud: cloud, profile: nil, in: fixture.context)).run(
            signer, csrPath: csr)
    }

    private func certificate(_ name: String) throws -> Certificate {
        try Certificate(pem: Array(try #require(try fixture.text(name)).utf8))
    }

    @Test("a self-signed one lies beside the old one, for mosquitto's user, with the same subject and key")
    func selfSigned() throws {
        let (old, key) = (try fixture.text(Fixture.certificate), try fixture.text(Fixture.key))
        let report = renew()
        #expect(report.status == 0 && report.changed, "\(fixture.errors)")
        #expect(try fixture.text(Fixture.certificate) == old && fixture.text(Fixture.key) == key)
        let (before, after) = (try certificate(Fixture.certificate), try certificate(Self.new))
        #expect(after.subject == before.subject && after.isSelfSigned)
        #expect(after.matches(try PrivateKey(pem: Array((key ?? "").utf8))))
        #expect(after.serialNumber != before.serialNumber)
        #expect(after.notBefore == Fixture.now - 86_400 && after.notAfter == Fixture.now + 364 * 86_400)
        let status = try #require(try fixture.files.status(fixture.directory.file(Self.new)))
        #expect(status.mode == 0o444 && status.owner == fixture.accounts.users["mosquitto"])
        #expect(
            fixture.errors == """
                Certificate renewed successfully
                    For an un-interrupted service:
                    => the new certificate has to be uploaded to the cloud
                    => then the device reconnected


                """)
        #expect(fixture.output.hasPrefix("Certificate:   WORLD/\(Self.new)\nSubject:       CN=gateway-1"))
        #expect(fixture.web.requests.isEmpty)
    }

    @Test("the validity is the configured one, and a second renewal replaces the first")
    func again() throws {
        #expect(renew().status == 0)
        let first = try certificate(Self.new)
        try fixture.configure("certificate.validity.requested_duration = '10d'")
        #expect(renew().status == 0, "\(fixture.errors)")
        let second = try certificate(Self.new)
        #expect(second.notAfter == Fixture.now + 9 * 86_400)
        #expect(first.serialNumber != second.serialNumber)
    }

    @Test("one that somebody else has signed is not renewed by its key")
    func signedByOther() throws {
        #expect(renew(.c8y).status == 0)
        try fixture.write(try #require(try fixture.text(Self.new)), to: Fixture.certificate, mode: 0o444)
        let before = try fixture.snapshot()
        let report = renew()
        #expect(report.reason == "certificate-not-self-signed")
        let path = fixture.directory.file(Fixture.certificate)
        #expect(report.message == "Cannot renew certificate with self-signed ca: \(path) is not self-signed")
        #expect(try fixture.snapshot() == before)
    }

    @Test("Cumulocity's is asked for at the mapper's proxy, and written")
    func cumulocity() throws {
        #expect(renew(.c8y).status == 0, "\(fixture.errors)")
        let request = try #require(fixture.web.requests.first)
        #expect("\(request.method) \(request.target)" == "POST /c8y/.well-known/est/simplereenroll")
        #expect(!request.headers.contains { $0.name == "Authorization" })
        #expect(request.headers.contains { $0.name == "Content-Type" && $0.value == "application/pkcs10" })
        #expect(fixture.web.targets[0].endpoint.description == "127.0.0.1:8001" && fixture.web.targets[0].isPlain)
        let new = try certificate(Self.new)
        #expect(new.issuer == "CN=Test Authority" && new.commonName == "gateway-1")
        #expect(fixture.errors.hasSuffix("    => the device has to be reconnected to the cloud\n\n"))
    }

    @Test("where the proxy has a certificate it is spoken to over TLS, at the configured place, and so are its roots")
    func secureProxy() throws {
        let lines = """
            c8y.proxy.cert_path = '/p.pem'
            c8y.proxy.client.host = '::1'
            c8y.proxy.client.port = 9000
            c8y.proxy.ca_path = '/ca'
            http.client.auth.cert_file = '/c.pem'
            http.client.auth.key_file = '/c.key'
            """
        try fixture.configure(lines)
        #expect(renew(.c8y).status == 0, "\(fixture.errors)")
        let target = fixture.web.targets[0]
        #expect(target.endpoint.description == "[::1]:9000" && !target.isPlain)
        #expect(target.options.roots == [.system, .path("/ca")])
        #expect(target.options.identity == .init(certificatePath: "/c.pem", keyPath: "/c.key"))
    }

    @Test("a proxy that is not there says how to start it")
    func noProxy() throws {
        fixture.web.fail(.connection(.socket(.cannotConnect(host: "127.0.0.1", port: 8001, errno: ECONNREFUSED))))
        let report = renew(.c8y)
        #expect(report.reason == "proxy-unreachable")
        #expect(report.causes.first == "Fail to connect to Cumulocity HTTP proxy http://127.0.0.1:8001/c8y")
        #expect(report.message?.hasSuffix("127.0.0.1:8001: Connection refused (os error 111)") == true)
        #expect(report.hint?.contains("systemctl start tedge-mapper-c8y") == true)
        fixture.signal.send(SIGTERM)
        fixture.web.fail(.connection(.interrupted))
        #expect(renew(.c8y).reason == "interrupted")
    }

    static let proxies: [(error: HTTPError, hint: String)] = [
        (.connection(.untrusted(code: 1, reason: "r")), "tedge config set c8y.proxy.ca_path"),
        (.connection(.rootsUnusable(path: "/r", reason: "r")), "tedge config set c8y.proxy.ca_path"),
        (.connection(.wrongHost(host: "h", names: [])), "Set 'c8y.proxy.client.host'"),
        (.connection(.notTLS(reason: "r")), "tedge config unset c8y.proxy.cert_path"),
        (.connection(.identityUnusable(path: "/c", reason: "r")), "Check 'http.client.auth.cert_file'"),
        (.notHTTP("x"), "set 'c8y.proxy.cert_path'"), (.connection(.silent(.read)), "systemctl start"),
    ]

    @Test("what is wrong with the proxy has its own way out", arguments: proxies)
    func proxy(_ error: HTTPError, _ hint: String) {
        fixture.web.fail(error)
        let report = renew(.c8y)
        #expect(report.status == 1 && report.hint?.contains(hint) == true)
    }

    static let answers: [(status: Int, body: String, id: ReasonID, text: String)] = [
        (401, #"{"message":"no"}"#, "renewal-refused", "The request failed with 401 R:\n        no\n"),
        (502, "", "renewal-refused", "The request failed with 502 R\n"),
        (200, "<html>", "enrolment-answer-broken", "Fail to extract a certificate from the response: it is not base64"),
        (200, "AAAA", "enrolment-answer-broken", "Fail to extract a certificate from the response: OpenSSL cannot"),
    ]

    @Test("an answer without certificate says so, and nothing is written", arguments: answers)
    func answer(_ status: Int, _ body: String, _ id: ReasonID, _ text: String) throws {
        fixture.web.answer(status, "R", body)
        let report = renew(.c8y)
        #expect(report.status == 1 && report.reason == id)
        #expect(report.hint?.isEmpty == false)
        #expect(fixture.errors.contains(text), "\(fixture.errors)")
        #expect(try fixture.text(Self.new) == nil)
    }

    @Test("a certificate for another key is not written")
    func foreign() throws {
        let authority = authority
        let other = try EnrollmentRequest(
            commonName: "gateway-1", key: .generateP256(), Settings.load(from: fixture.context.settingsSource))
        fixture.web.serve { _ in authority.answer(to: other.http("/x")) }
        #expect(renew(.c8y).reason == "enrolment-answer-mismatch")
        #expect(try fixture.text(Self.new) == nil)
    }

    @Test("a pair that was exchanged while the answer was waited for gets no certificate of the old key")
    func exchanged() throws {
        let (authority, fixture) = (authority, fixture)
        fixture.web.serve { request in
            try? fixture.makePair()
            return authority.answer(to: request)
        }
        // The fixture holds what is served, and that the fixture.
        defer { fixture.web.serve { authority.answer(to: $0) } }
        #expect(renew(.c8y).reason == "key-mismatch")
        #expect(try fixture.text(Self.new) == nil)
    }

    @Test("the request of a file is sent; the own key reads none")
    func csr() throws {
        let key = try PrivateKey(pem: Array(try #require(try fixture.text(Fixture.key)).utf8))
        let pem = try CertificateRequest.pem(
            commonName: "gateway-1", organization: "Own", organizationalUnit: "", key: key)
        try fixture.write(String(decoding: pem, as: UTF8.self), to: "r.csr")
        #expect(renew(.c8y, csr: "r.csr").status == 0)
        #expect(try certificate(Self.new).subject == "CN=gateway-1, O=Own")
        #expect(renew(.selfSigned, csr: "r.csr").reason == "request-unused")
    }

    @Test("the other clouds issue no certificates")
    func others() {
        #expect(renew(.c8y, cloud: .az).message == "Certificate renewal is not supported for Azure")
        #expect(renew(.c8y, cloud: .aws).message == "Certificate renewal is not supported for AWS")
        #expect(renew(.selfSigned, cloud: .az).status == 0)
    }

    @Test("a certificate or key that is missing or does not fit is said so, with its file")
    func broken() throws {
        let path = fixture.directory.file(Fixture.certificate)
        try fixture.write("x", to: Fixture.certificate)
        #expect(renew().message?.hasPrefix("decoding certificate from \(path): ") == true)
        try fixture.files.remove(path)
        #expect(renew(.c8y).reason == "certificate-missing")
        try fixture.makePair()
        let old = try fixture.text(Fixture.certificate)
        try fixture.makePair()
        try fixture.write(old ?? "", to: Fixture.certificate)
        #expect(renew().reason == "key-mismatch")
        try fixture.files.remove(fixture.directory.file(Fixture.key))
        #expect(renew().reason == "key-missing")
        #expect(try fixture.text(Self.new) == nil)
    }

    @Test("a certificate whose file holds the key is not renewed, because connect would replace the key")
    func keyInCertificateFile() throws {
        let both = (try fixture.text(Fixture.certificate) ?? "") + (try fixture.text(Fixture.key) ?? "")
        try fixture.write(both, to: Fixture.certificate)
        #expect(renew().reason == "certificate-and-key-in-one-file")
        #expect(try fixture.text(Self.new) == nil)
        #expect(try fixture.text(Fixture.certificate) == both)
    }

    @Test(
        "a length of time that leaves no valid certificate is refused",
        arguments: ["0", "12h", "47h"])
    func validity(_ length: String) throws {
        try fixture.write(
            "certificate.validity.requested_duration = '\(length)'\n", to: "tedge/tedge.toml")
        #expect(renew().reason == "certificate-validity-invalid")
        #expect(try fixture.text(Self.new) == nil)
    }

    @Test("a disk that is full leaves the renewed certificate of before")
    func disk() throws {
        #expect(renew().status == 0)
        let before = try fixture.text(Self.new)
        fixture.files.fail(.write, ".new", ENOSPC)
        #expect(renew().reason == "disk-full")
        #expect(try fixture.text(Self.new) == before)
    }

    @Test("no authority is asked for a certificate that cannot be written")
    func notWritable() throws {
        fixture.files.fail(.create, ".tmp", EROFS)
        #expect(renew(.c8y).reason == "read-only-file-system")
        #expect(fixture.web.requests.isEmpty)
    }
}
