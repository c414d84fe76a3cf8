import Foundation
import MQTT
import TLS
import TestSupport
import Testing
import X509

@testable import TedgeCore

/// `cert renew` as a timer runs it. The certificate in use was issued for 40 days; the clock is 20 days further.
@Suite struct RenewalRunTests {
    var fixture: Fixture
    /// What signs renewed certificates, for 400 days.
    let authority: StandInAuthority
    static let new = "\(Fixture.certificate).new"
    static let day: Int64 = 86_400
    /// Authorities outside of this process date by the real clock.
    static let real = Int64(Date().timeIntervalSince1970)

    init() throws {
        (fixture, authority) = (try Fixture.ready(), try StandInAuthority(days: 400))
        try issue(Fixture.certificate)
        let authority = authority
        fixture.web.serve { authority.answer(to: $0) }
    }

    /// Has an authority sign a certificate for the device's key.
    func issue(_ name: String, days: Int = 40) throws {
        let key = try PrivateKey(pem: Array(try #require(try fixture.text(Fixture.key)).utf8))
        let settings = try Settings.load(from: fixture.context.settingsSource)
        let request = try EnrollmentRequest(commonName: "gateway-1", key: key, settings)
        try fixture.write(try StandInAuthority(days: days).sign(request.body), to: name, mode: 0o444)
    }

    /// Makes a self-signed pair that has 20 days left by the clock.
    func makeSelfSigned() throws {
        try fixture.makePair(
            notBefore: Self.real - 300 * Self.day, notAfter: Self.real + 40 * Self.day)
    }

    func context(days: Int64 = 20) -> Context {
        var context = fixture.context
        context.now = { Self.real + days * Self.day + 60 }
        return context
    }

    /// Runs the command, for all certificates if no cloud is named.
    func run(
        _ cloud: CloudName? = nil, isAll: Bool = true, ifDue: Bool = true, reconnect: Bool = true,
        ca: CertificateRenewer.Authority? = nil, days: Int64 = 20
    ) -> CommandReport {
        var options = RenewalRun.Options()
        (options.isOnlyIfDue, options.isReconnecting, options.authority) = (ifDue, reconnect, ca)
        let context = context(days: days)
        let selection = isAll ? nil : CertificateSelection(cloud: cloud, profile: nil, in: context)
        return RenewalRun(selection, options, in: context).run()
    }

    func connect(days: Int64 = 20) {
        var options = Connector.Options()
        options.timeout = 2
        let report = Connector(.c8y, profile: nil, options: options, in: context(days: days)).run()
        #expect(report.status == 0, "\(fixture.errors)")
        fixture.printed.forget()
        fixture.programs.forget()
    }

    static let place = MQTTError.Endpoint(host: "example.cumulocity.com", port: 8883)

    /// Has the cloud refuse the device's certificate in the handshake.
    mutating func distrust() {
        fixture.probe = { _, _, _, _, _ in
            TLSProbe(failure: .alert(number: 48), isServerTrusted: true, isIdentityWanted: true)
        }
        fixture.broker.failToConnect(for: Self.place.host, .tls(Self.place, .alert(number: 48)))
    }

    /// The member `result` of each certificate.
    func results(_ report: CommandReport) -> [String] {
        report.checkedText.matches(of: /"path":(?:"[^"]*"|null),"result":"([^"]*)"/).map { String($0.1) }
    }

    @Test("nothing that is due is one line and status 0, and changes nothing")
    func notDue() throws {
        let before = try fixture.snapshot()
        let report = run(days: 0)
        #expect(report.status == 0 && !report.changed && results(report) == ["not-due"])
        #expect(fixture.output == "No certificate is due for renewal.\n" && fixture.errors == "")
        fixture.printed.forget()
        let single = run(isAll: false, days: 0)
        #expect(single.status == 0 && results(single) == ["not-due"])
        #expect(fixture.output.hasPrefix("WORLD/\(Fixture.certificate) is not due for renewal: it is valid until "))
        #expect(fixture.output.filter { $0 == "\n" }.count == 1)
        #expect(fixture.web.requests.isEmpty)
        #expect(try fixture.snapshot() == before)
    }

    @Test("a device without certificate has nothing to renew")
    func none() throws {
        try fixture.files.remove(fixture.directory.file(Fixture.certificate))
        let report = run()
        #expect(report.status == 0 && results(report) == [])
        #expect(fixture.output == "There is no certificate to renew.\n")
        #expect(run(isAll: false).reason == "certificate-missing")
    }

    @Test("one that is due is replaced where the cloud is connected, by reconnecting it")
    func inUse() throws {
        connect()
        let report = run()
        #expect(report.status == 0 && report.changed && results(report) == ["in-use"], "\(fixture.errors)")
        #expect(try fixture.text(Self.new) == nil)
        let certificate = try Certificate(pem: Array(try #require(try fixture.text(Fixture.certificate)).utf8))
        #expect(certificate.notAfter > Self.real + 300 * Self.day)
        #expect(fixture.programs.calls.contains("systemctl restart mosquitto"))
        #expect(
            fixture.output.contains("Renewing WORLD/\(Fixture.certificate).\nCertificate renewed successfully, until "))
        fixture.printed.forget()
        #expect(results(run()) == ["not-due"])
    }

    @Test("where nothing is connected, and without --reconnect, it waits; a second run asks for no other one")
    func waiting() throws {
        let report = run(days: 11)
        #expect(report.status == 0 && report.changed && results(report) == ["waiting"], "\(fixture.errors)")
        #expect(fixture.output.hasSuffix("WORLD/\(Self.new). The next connect or reconnect uses it.\n"))
        connect(days: 11)
        #expect(try fixture.text(Self.new) == nil, "connect takes it")
        try issue(Fixture.certificate)
        #expect(results(run(reconnect: false, days: 11)) == ["waiting"])
        #expect(!fixture.programs.calls.contains("systemctl restart mosquitto"))
    }

    @Test("one that waits for less than a day is not asked for again, an older one is")
    func again() throws {
        try issue(Self.new, days: 400)
        var context = fixture.context
        // The renewed one is of today; the present one has fewer days left than it shall have.
        try fixture.configure("certificate.validity.minimum_duration = '35d'\n")
        try issue(Fixture.certificate, days: 40)
        context.now = { Self.real + 6 * Self.day }
        let waited = try fixture.text(Self.new)
        var options = RenewalRun.Options()
        options.isOnlyIfDue = true
        #expect(RenewalRun(nil, options, in: context).run().status == 0)
        #expect(try fixture.text(Self.new) != waited, "six days old")
        try makeSelfSigned()
        let key = try PrivateKey(pem: Array(try #require(try fixture.text(Fixture.key)).utf8))
        let successor = try Certificate.selfSigned(
            commonName: "gateway-1", organization: "Example", organizationalUnit: "Tests", key: key,
            notBefore: Self.real - 9 * Self.day, notAfter: Self.real + 300 * Self.day)
        try fixture.write(String(decoding: try successor.pem(), as: UTF8.self), to: Self.new)
        fixture.printed.forget()
        let count = fixture.web.requests.count
        #expect(results(run()) == ["waiting"], "\(fixture.errors)")
        #expect(fixture.output.hasPrefix("A renewed certificate waits already: WORLD/\(Self.new).\n"))
        #expect(fixture.web.requests.count == count)
    }

    @Test("one that the cloud does not trust is not taken: status 3, and mosquitto is not touched")
    mutating func refused() throws {
        connect()
        distrust()
        let old = try fixture.text(Fixture.certificate)
        let report = run()
        #expect(report.status == 3 && report.reason == "new-certificate-refused" && results(report) == ["refused"])
        #expect(report.message?.contains("Cumulocity does not trust the device certificate.") == true)
        #expect(
            fixture.errors.contains("Hint: Run 'tedge cert upload c8y --user <username>', then run 'sudo tedge rec"))
        #expect(try fixture.text(Fixture.certificate) == old)
        #expect(try fixture.text(Self.new) != nil)
        #expect(fixture.programs.changes == [])
    }

    @Test("one that the cloud refuses after the handshake is not taken either")
    func refusedLater() throws {
        connect()
        let old = try fixture.text(Fixture.certificate)
        fixture.broker.failToConnect(.refused(Self.place, .notAuthorised))
        let report = run()
        #expect(report.status == 3 && results(report) == ["refused"], "\(fixture.printed.all)")
        #expect(try fixture.text(Fixture.certificate) == old)
        #expect(fixture.programs.changes == [])
    }

    @Test("one that the cloud refuses only when it is reconnected leaves the old one connected: status 3")
    func refusedAtLast() throws {
        connect()
        let old = try fixture.text(Fixture.certificate)
        fixture.programs.on("systemctl stop") { [broker = fixture.broker] () throws(ProcessError) in
            broker.failToConnect(for: Self.place.host, .refused(Self.place, .notAuthorised))
            return ProcessResult(.exited(0))
        }
        let report = run()
        #expect(report.status == 3 && results(report) == ["refused"], "\(fixture.printed.all)")
        #expect(try fixture.text(Fixture.certificate) == old)
        #expect(report.checkedText.contains(#""connections":[{"command":"reconnect","cloud":"c8y""#))
    }

    @Test("a reconnection that fails has the old certificate where it was: status 1")
    func failedReconnection() throws {
        connect()
        let old = try fixture.text(Fixture.certificate)
        fixture.programs.on("systemctl restart mosquitto", inTurn: .exited(1), .exited(0))
        let report = run()
        #expect(report.status == 1 && results(report) == ["failed"])
        #expect(try fixture.text(Fixture.certificate) == old)
        #expect(try fixture.text(Self.new) != nil)
    }

    @Test("a self-signed one that is due is left alone, and the commands are named: status 1")
    func selfSigned() throws {
        try makeSelfSigned()
        connect()
        let before = try fixture.snapshot()
        let report = run()
        #expect(report.status == 1 && report.reason == "renewal-needs-person" && results(report) == ["needs-person"])
        #expect(
            report.hint
                == "Run 'sudo tedge cert renew --ca self-signed', then 'tedge cert upload c8y --user <username>', "
                + "then run 'sudo tedge reconnect c8y'.")
        #expect(try fixture.snapshot() == before)
        #expect(fixture.web.requests.isEmpty && fixture.programs.changes == [])
        #expect(run(.c8y, isAll: false).reason == "renewal-needs-person")
    }

    @Test("who asks for it by name gets it renewed by its key, and it is used once the cloud accepts it")
    mutating func selfSignedByName() throws {
        try makeSelfSigned()
        connect()
        distrust()
        #expect(run(isAll: false, ca: .selfSigned).status == 3)
        let waiting = try fixture.text(Self.new)
        fixture.broker.failToConnect(for: Self.place.host, nil)
        // The timer's run needs no name any more: the successor is there.
        #expect(results(run()) == ["in-use"], "\(fixture.errors)")
        #expect(try fixture.text(Fixture.certificate) == waiting)
    }

    @Test("one of which it cannot be told is a failure, and the others are handled all the same")
    func unknown() throws {
        try fixture.configure(
            """
            az.url = 'a.azure-devices.net'
            az.device.cert_path = '\(fixture.path("az.pem"))'
            az.device.key_path = '\(fixture.path("az.key"))'
            """)
        try fixture.write("text", to: "tedge/az.pem")
        connect()
        let report = run()
        #expect(report.status == 1 && report.reason == "certificate-broken" && report.changed)
        #expect(results(report) == ["in-use", "failed"], "\(report.checkedText)")
        #expect(fixture.errors.contains("Error: failed to renew the certificate WORLD/tedge/az.pem\n"))
        #expect(report.checkedText.contains(#""cloud":"az","profile":null"#))
    }

    @Test("a clock before this program was written tells nothing, nor does a certificate of the future")
    func clock() throws {
        let before = try fixture.snapshot()
        #expect(run(days: -Self.real / Self.day + 1).reason == "clock-wrong")
        try fixture.makePair(notBefore: Self.real + 50 * Self.day, notAfter: Self.real + 90 * Self.day)
        let report = run()
        #expect(report.status == 1 && report.reason == "certificate-not-yet-valid")
        try issue(Fixture.certificate)
        #expect(try fixture.snapshot().count == before.count)
    }
}
