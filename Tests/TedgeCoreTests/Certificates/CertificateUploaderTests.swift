import Foundation
import TLS
import Testing
import X509

@testable import TedgeCore

@Suite struct CertificateUploaderTests {
    let fixture: Fixture

    init() throws { fixture = try Fixture.ready() }

    private func upload(profile: ProfileName? = nil) -> CommandReport {
        let credentials = UploadCredentials(user: "t1/admin", passwordFile: nil, password: "p:w")
        return CertificateUploader(profile: profile, in: fixture.context).run(credentials)
    }

    /// The lines of the error without the warning of the password.
    private var error: String {
        fixture.errors.split(separator: "\n", omittingEmptySubsequences: false).dropFirst().joined(separator: "\n")
    }

    @Test("the tenant is asked for its name, and then to trust the certificate")
    func success() throws {
        fixture.web.answer(200, "OK", #"{"name":"t1234","domainName":"x"}"#)
        fixture.web.answer(201, "Created", "{}")
        let report = upload()
        #expect(report.status == 0 && report.changed)
        #expect(fixture.output == "Certificate uploaded successfully.\n")
        let requests = fixture.web.requests
        try #require(requests.count == 2)
        #expect("\(requests[0].method) \(requests[0].target)" == "GET /tenant/currentTenant")
        #expect(requests[0].body == nil)
        #expect("\(requests[1].method) \(requests[1].target)" == "POST /tenant/tenants/t1234/trusted-certificates")
        for request in requests {
            let authorization = request.headers.first { $0.name == "Authorization" }?.value
            #expect(authorization == "Basic \(Data("t1/admin:p:w".utf8).base64EncodedString())")
        }
        let body = try JSONSerialization.jsonObject(with: Data(requests[1].body ?? [])) as? [String: Any]
        #expect(body?["name"] as? String == "gateway-1")
        #expect(body?["certInPemFormat"] as? String == (try fixture.text(Fixture.certificate)))
        #expect(body?["autoRegistrationEnabled"] as? Bool == true)
        #expect(body?["status"] as? String == "ENABLED")
    }

    @Test("of a file with the key and other certificates the certificate of the device alone is sent")
    func nothingElse() throws {
        let own = try fixture.text(Fixture.certificate) ?? ""
        let key = try fixture.text(Fixture.key) ?? ""
        try fixture.makePair(id: "authority")
        let other = try fixture.text(Fixture.certificate) ?? ""
        for text in ["\(key)\(own)\(other)", "a text\r\n\(own.replacing("\n", with: "\r\n"))\(key)"] {
            try fixture.write(text, to: Fixture.certificate)
            fixture.web.answer(200, "OK", #"{"name":"t1234"}"#)
            fixture.web.answer(201, "Created", "{}")
            #expect(upload().status == 0)
            let body = try JSONSerialization.jsonObject(with: Data(fixture.web.requests.last?.body ?? []))
            #expect((body as? [String: Any])?["certInPemFormat"] as? String == own)
        }
    }

    @Test("a certificate that is there already changes nothing and is no error")
    func exists() {
        fixture.web.answer(200, "OK", #"{"name":"t1234"}"#)
        fixture.web.answer(409, "Conflict", #"{"message":"exists"}"#)
        let report = upload()
        #expect(report.status == 0 && !report.changed)
        #expect(fixture.output == "Certificate already exists in the cloud.\n")
    }

    @Test(
        "an answer is not followed however deep it is",
        arguments: ["[", "{\"name\":", "[]", "\u{0}", "{\"name\":\"\u{301}"])
    func deepAnswer(_ piece: String) {
        fixture.web.answer(200, "OK", String(repeating: piece, count: (1 << 20) / piece.utf8.count))
        #expect(upload().reason == "upload-not-json")
        #expect(fixture.errors.utf8.count < 4000)
    }

    static let refusals: [(status: Int, reason: String, body: String, id: ReasonID, cause: String)] = [
        (401, "Unauthorized", "", "upload-unauthorized", "does not accept the user 't1/admin'"),
        (403, "Forbidden", #"{"message":"no role"}"#, "upload-forbidden", "1: The server says: no role\n"),
        (404, "Not Found", "<html>", "upload-not-found", "example.cumulocity.com:443 knows nothing of trusted"),
        (500, "Internal", "a\n\n b\u{1B}", "upload-server-error", "1: The server says: a b\\u{1b}\n"),
        (503, "", "", "upload-server-error", "The server failed with 503.\n"),
        (302, "Found", "", "upload-refused", "Request returned with code: 302 Found\n"),
        (422, "Unprocessable", #"{"message":""}"#, "upload-refused", "The server says: {\"message\":\"\"}\n"),
    ]

    @Test("each refusal says what it means, in both requests", arguments: refusals)
    func refusal(_ status: Int, _ reason: String, _ body: String, _ id: ReasonID, _ cause: String) throws {
        fixture.web.answer(status, reason, body)
        #expect(upload().reason == id)
        #expect(fixture.errors.contains(cause), "\(fixture.errors)")
        #expect(fixture.web.requests.count == 1)
        fixture.web.answer(200, "OK", #"{"name":"t1234"}"#)
        fixture.web.answer(status, reason, body)
        let report = upload()
        #expect(report.reason == id)
        #expect(report.status == 1)
        #expect(report.hint?.isEmpty == false)
        #expect(fixture.web.requests.count == 3)
        #expect(fixture.output == "")
    }

    static let noTenants = [
        "<html>captive portal</html>", "", "[]", "{}", #"{"name":1}"#, #"{"name":""}"#, #"{"name":"a/b"}"#,
        #"{"name":"a?x"}"#, #"{"name":"ä"}"#, "{\"name\":\"\(String(repeating: "x", count: 65))\"}",
    ]

    @Test("an answer that does not name a tenant ends it before the certificate is sent", arguments: noTenants)
    func noTenant(_ body: String) {
        fixture.web.answer(200, "OK", body)
        #expect(upload().reason == "upload-not-json")
        #expect(fixture.web.requests.count == 1)
    }

    @Test("of a long answer the beginning is told, on one line")
    func longAnswer() {
        fixture.web.answer(200, "OK", String(repeating: "ab \n", count: 500))
        _ = upload()
        #expect(error.contains("    1: '\(String(repeating: "ab ", count: 66))ab'\n"))
    }

    static let failures: [(error: HTTPError, id: ReasonID)] = [
        (.connection(.socket(.nameNotResolved(host: "h", reason: "r"))), "name-not-resolved"),
        (.connection(.socket(.cannotConnect(host: "h", port: 1, errno: ECONNREFUSED))), "port-closed"),
        (.connection(.socket(.cannotConnect(host: "h", port: 1, errno: ENETUNREACH))), "host-unreachable"),
        (.connection(.socket(.noAnswer(host: "h", port: 1))), "packets-dropped"),
        (.connection(.silent(.read)), "endpoint-silent"), (.connection(.flooded(.read)), "endpoint-floods"),
        (.connection(.untrusted(code: 1, reason: "r")), "server-certificate-untrusted"),
        (.connection(.wrongHost(host: "h", names: [])), "server-certificate-wrong-host"),
        (.connection(.serverExpired(notAfter: 0)), "server-certificate-expired"),
        (.connection(.serverNotYetValid(notBefore: 0)), "clock-wrong"), (.connection(.notTLS(reason: "r")), "not-tls"),
        (.connection(.rootsUnusable(path: "/r", reason: "r")), "trust-roots-unusable"),
        (.connection(.proxyRefused(status: 407, reason: "r")), "proxy-refused"),
        (.connection(.lost(errno: ECONNRESET)), "connection-failed"), (.notHTTP("SSH"), "upload-not-http"),
        (.truncated, "upload-answer-broken"), (.tooLarge(limit: 1), "upload-answer-broken"),
    ]

    @Test("each failure of the connection has a word for programs", arguments: failures)
    func connection(_ error: HTTPError, _ id: ReasonID) {
        fixture.web.fail(error)
        let report = upload()
        #expect(report.reason == id)
        #expect(report.status == 1)
        #expect(report.message?.isEmpty == false)
    }

    @Test("a signal is told, and not the connection that it ended")
    func signal() {
        fixture.web.fail(.connection(.interrupted))
        fixture.signal.send(SIGINT)
        #expect(upload().reason == "interrupted")
    }

    @Test("a renewed certificate goes before the one in use")
    func renewed() throws {
        let old = try fixture.text(Fixture.certificate)
        try fixture.makePair(id: "renewed")
        let new = try #require(try fixture.text(Fixture.certificate))
        try fixture.write(new, to: "\(Fixture.certificate).new")
        try fixture.write(old ?? "", to: Fixture.certificate)
        fixture.web.answer(200, "OK", #"{"name":"t1"}"#)
        fixture.web.answer(200, "OK")
        #expect(upload().status == 0)
        let body = try JSONSerialization.jsonObject(with: Data(fixture.web.requests[1].body ?? [])) as? [String: Any]
        #expect(body?["certInPemFormat"] as? String == new)
    }

    @Test("without a certificate nothing is sent")
    func noCertificate() throws {
        try fixture.files.remove(fixture.directory.file(Fixture.certificate))
        #expect(upload().status == 1)
        #expect(fixture.web.requests.isEmpty)
    }
}
