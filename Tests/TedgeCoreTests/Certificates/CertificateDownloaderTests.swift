import Foundation
import TestSupport
import Testing
import X509

@testable import TLS
@testable import TedgeCore

@Suite struct CertificateDownloaderTests {
    var fixture: Fixture
    let authority: StandInAuthority

    init() throws {
        authority = try StandInAuthority()
        fixture = try Fixture.served(by: authority)
    }

    /// Downloads; without pauses, and with one try where nothing else is said.
    private func download(
        id: String? = "gateway-1", csr: String? = nil, url: String? = nil, profile: String? = nil, tries: Bool = false
    ) throws -> CommandReport {
        var options = DownloadOptions()
        (options.deviceID, options.password, options.csrPath, options.url) = (id, "0n€:pw", csr, url)
        (options.retryEvery, options.maxTimeout) = (.zero, tries ? .seconds(600) : .zero)
        let profile = try profile.map { try ProfileName(parsing: $0) }
        return CertificateDownloader(profile: profile, in: fixture.context).run(options)
    }

    private var pair: [String?] {
        get throws { [try fixture.text(Fixture.certificate), try fixture.text(Fixture.key)] }
    }

    @Test("key and certificate are there together, for mosquitto's user, and nothing else")
    func success() throws {
        let report = try download()
        #expect(report.status == 0 && report.changed, "\(fixture.errors)")
        let certificate = try Certificate(pem: Array(try #require(try fixture.text(Fixture.certificate)).utf8))
        let key = try PrivateKey(pem: Array(try #require(try fixture.text(Fixture.key)).utf8))
        #expect(certificate.matches(key))
        #expect(certificate.subject == "CN=gateway-1, O=Thin Edge, OU=Device")
        for (name, mode) in [(Fixture.certificate, 0o444), (Fixture.key, 0o400)] {
            let status = try #require(try fixture.files.status(fixture.directory.file(name)))
            #expect(status.mode == UInt16(mode) && status.owner == fixture.accounts.users["mosquitto"])
        }
        #expect(
            try fixture.files.list(fixture.path("device-certs"))
                == ["tedge-certificate.pem", "tedge-private-key.pem"])
        #expect(
            fixture.errors.hasSuffix(
                "Certificate downloaded successfully\n    => the device can now be connected\n\n"))
        #expect(fixture.output.hasPrefix("Certificate:   WORLD/\(Fixture.certificate)\nSubject:       CN=gateway-1"))
        // The authority has signed itself, so that it is not sent along.
        #expect(try fixture.text(Fixture.certificate)?.components(separatedBy: "BEGIN").count == 2)
    }

    @Test("behind the certificate stand those that lead to its authority, without that one")
    func chain() throws {
        let authority = try StandInAuthority(isBelowAnother: true)
        fixture.web.serve { authority.answer(to: $0) }
        #expect(try download().status == 0, "\(fixture.errors)")
        let all = try Certificate.all(inPEM: Array(try #require(try fixture.text(Fixture.certificate)).utf8))
        #expect(all.map(\.subject) == ["CN=gateway-1, O=Thin Edge, OU=Device", "CN=Middle"])
        #expect(all[0].issuer == all[1].subject && all[1].issuer == "CN=Test Authority")
    }

    @Test("the request is EST's, with id and password, and the password is nowhere else")
    func request() throws {
        _ = try download()
        let request = try #require(fixture.web.requests.first)
        #expect("\(request.method) \(request.target)" == "POST /.well-known/est/simpleenroll")
        let headers = Dictionary(request.headers.map { ($0.name, $0.value) }) { $1 }
        #expect(headers["Authorization"] == "Basic \(Data("gateway-1:0n€:pw".utf8).base64EncodedString())")
        #expect(headers["Content-Type"] == "application/pkcs10")
        #expect(fixture.web.targets[0].endpoint.description == "example.cumulocity.com:443")
        #expect(!fixture.web.targets[0].isPlain)
        #expect(fixture.errors.hasPrefix("Warning: A password on the command line can be read by everyone"))
        #expect(!(fixture.errors + fixture.output).contains("0n€"))
    }

    @Test("a cloud that does not know the device yet, or fails, is asked again in the words of 2.x")
    func retries() throws {
        fixture.web.answer(401, "Unauthorized", #"{"message":"Bad credentials"}"#)
        fixture.web.answer(503, "Unavailable")
        fixture.web.fail(.connection(.socket(.cannotConnect(host: "h", port: 443, errno: ECONNREFUSED))))
        let report = try download(tries: true)
        #expect(report.status == 0)
        #expect(fixture.web.requests.count == 4)
        let lines = fixture.errors.split(separator: "\n").dropFirst().prefix(6)
        #expect(
            Array(lines) == [
                "error: The device ID is not registered yet on example.cumulocity.com:443: 401 Unauthorized: "
                    + "Bad credentials", "warning: Will retry in 0 seconds",
                "error: example.cumulocity.com:443 cannot answer now: 503 Unavailable",
                "warning: Will retry in 0 seconds",
                "error: Fail to connect to example.cumulocity.com:443: h cannot be reached on port 443: Connection refused "
                    + "(os error 111)", "warning: Will retry in 0 seconds",
            ])
    }

    @Test("when the time is over, that is the error, with the last reason, and nothing is left")
    func timeout() throws {
        let before = try fixture.snapshot()
        fixture.web.answer(401, "Unauthorized")
        let report = try download()
        #expect(report.status == 1 && report.reason == "registration-pending")
        let causes = [
            "Maximum timeout elapsed. No certificate has been downloaded",
            "The device ID is not registered yet on example.cumulocity.com:443: 401 Unauthorized",
        ]
        #expect(report.causes == causes && report.message == causes.joined(separator: ": "))
        #expect(report.hint?.contains("Register the device 'gateway-1'") == true)
        #expect(fixture.errors.contains("Error: failed to download a certificate from example.cumulocity.com:443 for"))
        #expect(try fixture.snapshot().filter { !$0.contains(".tedge.lock") } == before)
    }

    @Test("a tenant that cannot answer in time is another reason than a device that it does not know")
    func busy() throws {
        fixture.web.answer(503, "Unavailable")
        #expect(try download().reason == "enrolment-timeout")
    }

    static let definite: [(status: Int, id: ReasonID)] = [
        (400, "enrolment-refused"), (404, "enrolment-not-offered"), (302, "enrolment-refused"),
        (415, "enrolment-refused"), (422, "enrolment-refused"), (200, "enrolment-answer-broken"),
    ]

    @Test("an answer that no other try changes ends it", arguments: definite)
    func final(_ status: Int, _ id: ReasonID) throws {
        fixture.web.answer(status, "R", "<html>")
        let report = try download(tries: true)
        #expect(report.status == 1 && report.reason == id)
        #expect(report.hint?.isEmpty == false)
        #expect(fixture.web.requests.count == 1)
        #expect(try pair == [nil, nil])
    }

    static let failures: [(error: HTTPError, isFinal: Bool)] = [
        (.connection(.untrusted(code: 1, reason: "r")), true), (.connection(.wrongHost(host: "h", names: [])), true),
        (.connection(.serverExpired(notAfter: 0)), true), (.connection(.notTLS(reason: "r")), true),
        (.connection(.rootsUnusable(path: "/r", reason: "r")), true), (.notHTTP("x"), true),
        (.connection(.proxyRefused(status: 407, reason: "r")), true), (.tooLarge(limit: 1), true),
        (.connection(.serverNotYetValid(notBefore: 0)), false), (.connection(.silent(.read)), false),
        (.connection(.socket(.nameNotResolved(host: "h", reason: "r"))), false),
        (.connection(.alert(number: 80)), false),
        (.connection(.socket(.noAnswer(host: "h", port: 1))), false), (.connection(.closed(.handshake)), false),
        (.connection(.lost(errno: ECONNRESET)), false), (.truncated, false),
    ]

    @Test("a failure that no other try mends ends it, others do not", arguments: failures)
    func failure(_ error: HTTPError, _ isFinal: Bool) throws {
        fixture.web.fail(error)
        let report = try download(tries: true)
        #expect(report.status == (isFinal ? 1 : 0))
        #expect(fixture.web.requests.count == (isFinal ? 1 : 2))
        #expect(isFinal == (report.hint?.isEmpty == false))
    }

    @Test("a certificate for another key or another name is not written")
    func foreign() throws {
        let authority = authority
        let other = try EnrollmentRequest(
            commonName: "gateway-1", key: .generateP256(), Settings.load(from: fixture.context.settingsSource))
        fixture.web.serve { _ in authority.answer(to: other.http("/x")) }
        #expect(try download().reason == "enrolment-answer-mismatch")
        let named = try EnrollmentRequest(
            commonName: "other", key: .generateP256(), Settings.load(from: fixture.context.settingsSource))
        try fixture.write(String(decoding: try named.key.pem(), as: UTF8.self), to: Fixture.key, mode: 0o400)
        fixture.web.serve { _ in authority.answer(to: named.http("/x")) }
        #expect(try download().reason == "enrolment-answer-mismatch")
        #expect(fixture.errors.contains("is not for the device 'gateway-1': it is for 'CN=other"))
        #expect(try fixture.text(Fixture.certificate) == nil)
    }

    @Test("a certificate that is there is not asked for again, and the way out is named")
    func exists() throws {
        try fixture.makePair()
        let before = try fixture.snapshot()
        let report = try download()
        #expect(report.status == 1 && report.reason == "certificate-exists")
        #expect(report.hint?.contains("tedge cert renew") == true)
        #expect(fixture.web.requests.isEmpty)
        #expect(try fixture.snapshot() == before)
    }

    @Test("a key that is there is used and stays as it is")
    func key() throws {
        let key = try PrivateKey.generateP256()
        let text = String(decoding: try key.pem(), as: UTF8.self)
        try fixture.write(text, to: Fixture.key, mode: 0o600)
        #expect(try download().status == 0)
        #expect(try fixture.text(Fixture.key) == text)
        #expect(try Certificate(pem: Array(fixture.text(Fixture.certificate)?.utf8 ?? "".utf8)).matches(key))
    }

    @Test("the request of a file is sent where it fits key and name")
    func csr() throws {
        #expect(try download(csr: "r.csr").reason == "key-missing")
        let key = try PrivateKey.generateP256()
        try fixture.write(String(decoding: try key.pem(), as: UTF8.self), to: Fixture.key, mode: 0o400)
        func request(_ name: String, _ key: PrivateKey) throws {
            let pem = try CertificateRequest.pem(
                commonName: name, organization: "Own", organizationalUnit: "", key: key)
            try fixture.write(String(decoding: pem, as: UTF8.self), to: "r.csr")
        }
        #expect(try download(csr: "r.csr").reason == "file-unreadable")
        try fixture.write("no request", to: "r.csr")
        #expect(try download(csr: "r.csr").reason == "request-broken")
        try request("gateway-1", .generateP256())
        #expect(try download(csr: "r.csr").reason == "request-key-mismatch")
        try request("other", key)
        #expect(try download(csr: "r.csr").reason == "request-name-mismatch")
        #expect(fixture.web.requests.isEmpty)
        try request("gateway-1", key)
        #expect(try download(csr: "r.csr").status == 0)
        #expect(fixture.output.contains("Subject:       CN=gateway-1, O=Own\n"))
    }

    @Test("where nothing can be written the password is not spent, and the error names the file")
    func disk() throws {
        // Names are tried under which killed runs are swept.
        fixture.files.fail(.create, ".tmp", ENOSPC)
        let report = try download()
        #expect(report.status == 1 && report.reason == "disk-full")
        #expect(
            report.message
                == "Cannot create \(fixture.directory.file(Fixture.certificate)): No space left on device (os error 28)"
        )
        #expect(fixture.web.requests.isEmpty)
    }

    @Test("a file that cannot be written in the end takes the other one with it")
    func half() throws {
        fixture.files.fail(.create, "tedge-certificate.pem", EIO)
        #expect(try download().status == 1)
        #expect(try pair == [nil, nil])
        #expect(fixture.web.requests.count == 1)
    }

    @Test("a signal ends the pause, whose length is told, and nothing is left")
    func signal() throws {
        let signal = fixture.signal
        fixture.web.serve { _ in
            signal.send(SIGTERM)
            return HTTPResponse(status: 401, reason: "", headers: [], body: [])
        }
        var options = DownloadOptions()
        (options.deviceID, options.password) = ("gateway-1", "otp")
        let report = CertificateDownloader(profile: nil, in: fixture.context).run(options)
        #expect(report.reason == "interrupted" && report.status == 1)
        #expect(fixture.errors.contains("warning: Will retry in 30 seconds\n"))
        #expect(try pair == [nil, nil])
    }

    @Test("tenant and files are those of the profile; --url goes before the setting")
    func places() throws {
        let key = fixture.path("device-certs/second.key")
        try fixture.configure(
            "[c8y.profiles.second]\nurl = 'second.example.com'\ndevice.key_path = '\(key)'\n"
                + "device.cert_path = '\(fixture.path("device-certs/second.pem"))'")
        #expect(try download(profile: "second").status == 0, "\(fixture.errors)")
        #expect(fixture.files.exists(key))
        #expect(fixture.web.targets.last?.endpoint.host == "second.example.com")
        #expect(try download(url: "https://typed.example.com:8443/").status == 0)
        #expect(fixture.web.targets.last?.endpoint.description == "typed.example.com:8443")
        #expect(try download(url: "a b").reason == "url-invalid")
    }
}
