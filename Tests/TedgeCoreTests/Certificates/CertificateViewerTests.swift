import Glibc
import Testing
import X509

@testable import TedgeCore

@Suite struct CertificateViewerTests {
    private func viewer(_ world: World) -> CertificateViewer {
        CertificateViewer(cloud: nil, profile: nil, in: world.context)
    }

    @Test("a certificate is shown with its names, its time and what identifies it")
    func show() throws {
        let world = try World()
        try world.makePair()
        let report = viewer(world).show(path: nil, isNew: false)
        #expect(report.status == 0 && !report.changed)
        let certificate = try Certificate(pem: try world.files.read(world.directory.file(World.certificate)))
        #expect(
            world.output == """
                Certificate:   WORLD/\(World.certificate)
                Subject:       CN=gateway-1, O=Example, OU=Tests
                Issuer:        CN=gateway-1, O=Example, OU=Tests
                Status:        VALID (expires in: 1y)
                Valid from:    Thu, 14 Jan 2027 08:00:00 +0000
                Valid until:   Sat, 15 Jan 2028 08:00:00 +0000
                Serial number: \(certificate.serialNumber)
                Thumbprint:    \(certificate.thumbprint)

                """)
        #expect(world.errors == "")
        #expect(report.json.text.contains(#""status":"VALID (expires in: 1y)","not_before":1799913600,"#))
    }

    @Test("another file is shown from the current directory, a renewed one by its ending")
    func otherFile() throws {
        let world = try World()
        try world.makePair(id: "old")
        try world.write(try world.text(World.certificate) ?? "", to: "copy.pem")
        try world.makePair(id: "renewed")
        try world.write(try world.text(World.certificate) ?? "", to: "\(World.certificate).new")
        #expect(viewer(world).show(path: "copy.pem", isNew: false).status == 0)
        #expect(world.output.contains("Certificate:   WORLD/copy.pem\nSubject:       CN=old,"))
        #expect(viewer(world).show(path: nil, isNew: true).status == 0)
        #expect(world.output.contains("\(World.certificate).new\nSubject:       CN=renewed,"))
    }

    @Test("a certificate that is missing, or none, is an error with the file")
    func failures() throws {
        let world = try World()
        #expect(viewer(world).show(path: nil, isNew: false).reason == "certificate-missing")
        #expect(
            world.errors == """
                Error: failed to show the device certificate

                Caused by:
                    No certificate has been attached to that device.
                    Missing file: "WORLD/\(World.certificate)"
                    Run `tedge cert create --device-id <id>` to generate a new certificate.

                """)
        try world.write("text", to: World.certificate)
        #expect(viewer(world).show(path: nil, isNew: false).reason == "certificate-broken")
    }

    @Test(
        "whether a renewal is due is a line on stderr and the status",
        arguments: [
            (World.now - 10, World.now + 30 * 86_400, "EXPIRES SOON (expires in: 30d)", 0),
            (World.now - 10, World.now - 1, "EXPIRED (since: 1s)", 0),
            (World.now - 10, World.now + 30 * 86_400 + 1, "VALID (expires in: 30d 1s)", 1),
            (World.now + 10, World.now + 20, "NOT VALID YET (will be in: 10s)", 1),
        ] as [(Int64, Int64, String, Int32)])
    func needsRenewal(_ begin: Int64, _ end: Int64, _ text: String, _ status: Int32) throws {
        let world = try World()
        try world.makePair(notBefore: begin, notAfter: end)
        let before = try world.snapshot()
        let report = viewer(world).needsRenewal(path: nil)
        #expect(report.status == status)
        #expect(world.errors == "Status:        \(text)\n" && world.output == "")
        #expect(report.json.text.contains("\"due\":\(status == 0)"))
        #expect(try world.snapshot() == before)
    }

    @Test("the least time is that of the settings, and another file can be named")
    func leastTime() throws {
        let world = try World()
        try world.makePair(notAfter: World.now + 40 * 86_400)
        try world.write(try world.text(World.certificate) ?? "", to: "copy.pem")
        #expect(viewer(world).needsRenewal(path: "copy.pem").status == 1)
        try world.write("certificate.validity.minimum_duration = '41d'\n", to: "tedge/tedge.toml")
        #expect(viewer(world).needsRenewal(path: "copy.pem").status == 0)
    }

    @Test("where it cannot be told the status is 2")
    func cannotTell() throws {
        let world = try World()
        let report = viewer(world).needsRenewal(path: nil)
        #expect(report.status == 2 && report.reason == "certificate-missing")
        #expect(
            world.errors
                == "Cannot check the certificate: No certificate has been attached to that device.\n"
                + "Missing file: \"WORLD/\(World.certificate)\"\n"
                + "Run `tedge cert create --device-id <id>` to generate a new certificate.\n")
        try world.write("text", to: World.certificate)
        #expect(viewer(world).needsRenewal(path: nil).status == 2)
        try world.write("[", to: "tedge/tedge.toml")
        #expect(viewer(world).needsRenewal(path: nil).reason == "settings-broken")
    }

    static let now = World.now
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
        #expect(CertificateSummary(certificate, path: "/c", now: World.now).status == status)
    }

    @Test("how much time is little is a setting")
    func minimum() throws {
        let world = try World()
        try world.makePair(notAfter: World.now + 3600)
        try world.write("certificate.validity.minimum_duration = '1h'\n", to: "tedge/tedge.toml")
        _ = viewer(world).show(path: nil, isNew: false)
        #expect(world.output.contains("EXPIRES SOON (expires in: 1h)"))
        try world.write("certificate.validity.minimum_duration = '59m'\n", to: "tedge/tedge.toml")
        _ = viewer(world).show(path: nil, isNew: false)
        #expect(world.output.contains("VALID (expires in: 1h)"))
    }

    @Test("certificate, key and renewed certificate are removed, and nothing else")
    func remove() throws {
        let world = try World()
        let before = try world.snapshot()
        try world.makePair()
        try world.write("new", to: "\(World.certificate).new")
        let report = viewer(world).remove()
        #expect(report.changed)
        #expect(world.errors == "Certificate was successfully removed\n")
        #expect(try world.snapshot() == before)
        let again = viewer(world).remove()
        #expect(again.status == 0 && !again.changed)
        #expect(again.message == "There is no certificate to remove")
    }

    @Test("of a connected device it is said what becomes of the connection, and what to do")
    func removeWhileConnected() throws {
        let world = try World.ready()
        #expect(world.connect(offline: true).status == 0)
        let report = viewer(world).remove()
        #expect(report.status == 0 && report.changed)
        #expect(world.errors.contains("Warning: The device is still connected to Cumulocity with this certificate,"))
        #expect(report.hint?.contains("Run 'sudo tedge disconnect c8y'") == true)
        let other = try World.ready()
        #expect(other.connect(offline: true).status == 0)
        try other.write("device.cert_path = '\(other.path("other.pem"))'\n", to: "tedge/tedge.toml")
        #expect(viewer(other).remove().hint == nil)
    }

    @Test("a renewed certificate that is missing, and a typed file that is missing, have words of their own")
    func missing() throws {
        let world = try World()
        try world.makePair()
        let renewed = viewer(world).show(path: nil, isNew: true)
        #expect(renewed.reason == "renewed-certificate-missing")
        #expect(renewed.hint == "Run 'tedge cert renew' to make one.")
        let typed = viewer(world).show(path: "no.pem", isNew: false)
        #expect(typed.reason == "certificate-unreadable" && typed.hint == nil)
        #expect(world.errors.contains("0: reading certificate from WORLD/no.pem\n    1: No such file or directory"))
    }

    @Test("a removal that fails, or is interrupted, leaves all of them")
    func removeFails() throws {
        let world = try World()
        try world.makePair()
        let before = try world.snapshot()
        world.files.fail(.remove, "tedge-private-key.pem", EACCES)
        let report = viewer(world).remove()
        #expect(report.status == 1)
        #expect(report.hint == "Run the command with sudo.")
        #expect(try world.snapshot() == before)
        world.files.heal()
        world.signal.send(SIGTERM)
        #expect(viewer(world).remove().reason == "interrupted")
        #expect(try world.snapshot() == before)
    }
}
