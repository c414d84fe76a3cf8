import Glibc
import Testing
import X509

@testable import TedgeCore

@Suite struct CertificateViewerTests {
    private func viewer(_ fixture: Fixture) -> CertificateViewer {
        CertificateViewer(CertificateSelection(cloud: nil, profile: nil, in: fixture.context))
    }

    @Test("a certificate is shown with its names, its time and what identifies it")
    func show() throws {
        let fixture = try Fixture()
        try fixture.makePair()
        let report = viewer(fixture).show(path: nil, isNew: false)
        #expect(report.status == 0 && !report.changed)
        let certificate = try Certificate(pem: try fixture.files.read(fixture.directory.file(Fixture.certificate)))
        #expect(
            fixture.output == """
                Certificate:   WORLD/\(Fixture.certificate)
                Subject:       CN=gateway-1, O=Example, OU=Tests
                Issuer:        CN=gateway-1, O=Example, OU=Tests
                Status:        VALID (expires in: 1y)
                Valid from:    Thu, 14 Jan 2027 08:00:00 +0000
                Valid until:   Sat, 15 Jan 2028 08:00:00 +0000
                Serial number: \(certificate.serialNumber)
                Thumbprint:    \(certificate.thumbprint)

                """)
        #expect(fixture.errors == "")
        #expect(
            report.checkedText.contains(
                #""status":"VALID (expires in: 1y)","not_before":"2027-01-14T08:00:00Z","not_after":"2028-01-15T08:00:00Z","expires_in_seconds":31536000,"#
            ))
    }

    @Test("another file is shown from the current directory, a renewed one by its ending")
    func otherFile() throws {
        let fixture = try Fixture()
        try fixture.makePair(id: "old")
        try fixture.write(try fixture.text(Fixture.certificate) ?? "", to: "copy.pem")
        try fixture.makePair(id: "renewed")
        try fixture.write(try fixture.text(Fixture.certificate) ?? "", to: "\(Fixture.certificate).new")
        #expect(viewer(fixture).show(path: "copy.pem", isNew: false).status == 0)
        #expect(fixture.output.contains("Certificate:   WORLD/copy.pem\nSubject:       CN=old,"))
        #expect(viewer(fixture).show(path: nil, isNew: true).status == 0)
        #expect(fixture.output.contains("\(Fixture.certificate).new\nSubject:       CN=renewed,"))
    }

    @Test("a certificate that is missing, or none, is an error with the file")
    func failures() throws {
        let fixture = try Fixture()
        #expect(viewer(fixture).show(path: nil, isNew: false).reason == "certificate-missing")
        #expect(
            fixture.errors == """
                Error: failed to show the device certificate

                Caused by:
                    No certificate has been attached to that device.
                    Missing file: "WORLD/\(Fixture.certificate)"
                    Run `tedge cert create --device-id <id>` to generate a new certificate.

                """)
        try fixture.write("text", to: Fixture.certificate)
        #expect(viewer(fixture).show(path: nil, isNew: false).reason == "certificate-broken")
    }

    @Test(
        "whether a renewal is due is a line on stderr and the status",
        arguments: [
            (Fixture.now - 99 * 86_400, Fixture.now + 30 * 86_400, "EXPIRES SOON (expires in: 30d)", 0),
            (Fixture.now - 99 * 86_400, Fixture.now - 1, "EXPIRED (since: 1s)", 0),
            (Fixture.now - 99 * 86_400, Fixture.now + 30 * 86_400 + 1, "VALID (expires in: 30d 1s)", 1),
            (Fixture.now + 10, Fixture.now + 99 * 86_400, "NOT VALID YET (will be in: 10s)", 1),
        ] as [(Int64, Int64, String, Int32)])
    func needsRenewal(_ begin: Int64, _ end: Int64, _ text: String, _ status: Int32) throws {
        let fixture = try Fixture()
        try fixture.makePair(notBefore: begin, notAfter: end)
        let before = try fixture.snapshot()
        let report = viewer(fixture).needsRenewal(path: nil)
        #expect(report.status.rawValue == status)
        #expect(fixture.errors == "Status:        \(text)\n" && fixture.output == "")
        #expect(report.checkedText.contains("\"due\":\(status == 0)"))
        #expect(try fixture.snapshot() == before)
    }

    @Test("the least time is that of the settings, and another file can be named")
    func leastTime() throws {
        let fixture = try Fixture()
        try fixture.makePair(notAfter: Fixture.now + 40 * 86_400)
        try fixture.write(try fixture.text(Fixture.certificate) ?? "", to: "copy.pem")
        #expect(viewer(fixture).needsRenewal(path: "copy.pem").status == 1)
        try fixture.write("certificate.validity.minimum_duration = '41d'\n", to: "tedge/tedge.toml")
        #expect(viewer(fixture).needsRenewal(path: "copy.pem").status == 0)
    }

    @Test("where it cannot be told the status is 2")
    func cannotTell() throws {
        let fixture = try Fixture()
        let report = viewer(fixture).needsRenewal(path: nil)
        #expect(report.status == 2 && report.reason == "certificate-missing")
        #expect(
            fixture.errors
                == "Cannot check the certificate: No certificate has been attached to that device.\n"
                + "Missing file: \"WORLD/\(Fixture.certificate)\"\n"
                + "Run `tedge cert create --device-id <id>` to generate a new certificate.\n")
        try fixture.write("text", to: Fixture.certificate)
        #expect(viewer(fixture).needsRenewal(path: nil).status == 2)
        try fixture.write("[", to: "tedge/tedge.toml")
        #expect(viewer(fixture).needsRenewal(path: nil).reason == "settings-broken")
    }

    static let now = Fixture.now
    static let validities: [(begin: Int64, end: Int64, status: String)] = [
        (now - 10, now + 30 * 86_400, "EXPIRES SOON (expires in: 30d)"),
        (now - 10, now + 30 * 86_400 + 1, "VALID (expires in: 30d 1s)"),
        (now - 10, now, "EXPIRES SOON (expires in: 0s)"),
        (now - 10, now - 1, "EXPIRED (since: 1s)"), (now - 99_999, now - 90_061, "EXPIRED (since: 1d 1h 1m 1s)"),
        (now, now + 1, "EXPIRES SOON (expires in: 1s)"), (now + 60, now + 100, "NOT VALID YET (will be in: 1m)"),
        (now - 1, now + 2 * 31_536_000 + 3600, "VALID (expires in: 2y 1h)"),
    ]

    @Test("the time that is left is judged by the clock", arguments: validities)
    func validity(_ begin: Int64, _ end: Int64, _ status: String) throws {
        let certificate = try Certificate.selfSigned(
            commonName: "c", organization: "o", organizationalUnit: "u", key: try PrivateKey.generateP256(),
            notBefore: begin, notAfter: end)
        #expect(CertificateSummary(certificate, path: "/c", now: Fixture.now).status == status)
    }

    @Test("how much time is little is a setting")
    func minimum() throws {
        let fixture = try Fixture()
        try fixture.makePair(notAfter: Fixture.now + 3600)
        try fixture.write("certificate.validity.minimum_duration = '1h'\n", to: "tedge/tedge.toml")
        _ = viewer(fixture).show(path: nil, isNew: false)
        #expect(fixture.output.contains("EXPIRES SOON (expires in: 1h)"))
        try fixture.write("certificate.validity.minimum_duration = '59m'\n", to: "tedge/tedge.toml")
        _ = viewer(fixture).show(path: nil, isNew: false)
        #expect(fixture.output.contains("VALID (expires in: 1h)"))
    }

    @Test("certificate, key and renewed certificate are removed, and nothing else")
    func remove() throws {
        let fixture = try Fixture()
        let before = try fixture.snapshot()
        try fixture.makePair()
        try fixture.write("new", to: "\(Fixture.certificate).new")
        let report = viewer(fixture).remove()
        #expect(report.changed)
        #expect(fixture.errors == "Certificate was successfully removed\n")
        #expect(try fixture.snapshot() == before)
        let again = viewer(fixture).remove()
        #expect(again.status == 0 && !again.changed)
        #expect(again.message == "There is no certificate to remove")
    }

    @Test("of a connected device it is said what becomes of the connection, and what to do")
    func removeWhileConnected() throws {
        let fixture = try Fixture.ready()
        #expect(fixture.connect(offline: true).status == 0)
        let report = viewer(fixture).remove()
        #expect(report.status == 0 && report.changed)
        #expect(fixture.errors.contains("Warning: The device is still connected to Cumulocity with this certificate,"))
        #expect(report.hint?.contains("Run 'sudo tedge disconnect c8y'") == true)
        let other = try Fixture.ready()
        #expect(other.connect(offline: true).status == 0)
        try other.write("device.cert_path = '\(other.path("other.pem"))'\n", to: "tedge/tedge.toml")
        #expect(viewer(other).remove().hint == nil)
    }

    @Test("a renewed certificate that is missing, and a typed file that is missing, have words of their own")
    func missing() throws {
        let fixture = try Fixture()
        try fixture.makePair()
        let renewed = viewer(fixture).show(path: nil, isNew: true)
        #expect(renewed.reason == "renewed-certificate-missing")
        #expect(renewed.hint == "Run 'tedge cert renew' to make one.")
        let typed = viewer(fixture).show(path: "no.pem", isNew: false)
        #expect(typed.reason == "certificate-unreadable" && typed.hint == nil)
        #expect(fixture.errors.contains("0: reading certificate from WORLD/no.pem\n    1: No such file or directory"))
    }

    @Test("a removal that fails, or is interrupted, leaves all of them")
    func removeFails() throws {
        let fixture = try Fixture()
        try fixture.makePair()
        let before = try fixture.snapshot()
        fixture.files.fail(.remove, "tedge-private-key.pem", EACCES)
        let report = viewer(fixture).remove()
        #expect(report.status == 1)
        #expect(report.hint == "Run the command with sudo.")
        #expect(try fixture.snapshot() == before)
        fixture.files.heal()
        fixture.signal.send(SIGTERM)
        #expect(viewer(fixture).remove().reason == "interrupted")
        #expect(try fixture.snapshot() == before)
    }
}
