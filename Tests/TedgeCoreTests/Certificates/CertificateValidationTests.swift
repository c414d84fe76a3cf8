import Glibc
import TestSupport
import Testing
import X509

@testable import TedgeCore

/// What connect refuses before it writes anything.
@Suite struct CertificateValidationTests {
    /// Connects, and returns the report of a failure that changed nothing.
    private func refused(_ fixture: Fixture, sourceLocation: SourceLocation = #_sourceLocation) throws -> CommandReport
    {
        let before = try fixture.snapshot()
        let report = fixture.connect()
        #expect(report.status == 1, sourceLocation: sourceLocation)
        #expect(try fixture.snapshot() == before, sourceLocation: sourceLocation)
        #expect(fixture.programs.changes.isEmpty, sourceLocation: sourceLocation)
        return report
    }

    @Test("a certificate that has expired, or is not valid yet, is told with its date")
    func dates() throws {
        let fixture = try Fixture.ready()
        try fixture.makePair(notAfter: Fixture.now)
        #expect(fixture.connect(offline: true).status == 0)
        let expired = try Fixture.ready()
        try expired.makePair(notAfter: Fixture.now - 1)
        #expect(try refused(expired).reason == "certificate-expired")
        #expect(expired.errors.contains("it was valid until Fri, 15 Jan 2027 07:59:59 +0000."))
        let early = try Fixture.ready()
        try early.makePair(notBefore: Fixture.now + 1)
        #expect(try refused(early).reason == "certificate-not-yet-valid")
        #expect(early.errors.contains("it is valid from Fri, 15 Jan 2027 08:00:01 +0000, and the clock says Fri, 15"))
    }

    @Test("a key that is missing, of another certificate, or none at all, is told")
    func keys() throws {
        let missing = try Fixture.ready()
        try missing.files.remove(missing.directory.file(Fixture.key))
        #expect(try refused(missing).reason == "key-missing")
        let other = try Fixture.ready()
        let key = try PrivateKey.generateP256().pem()
        try other.write(String(decoding: key, as: UTF8.self), to: Fixture.key, mode: 0o600)
        #expect(try refused(other).reason == "key-mismatch")
        let broken = try Fixture.ready()
        try broken.write("no key", to: Fixture.key, mode: 0o600)
        #expect(try refused(broken).reason == "key-broken")
    }

    @Test("a key that the caller may not read is left to mosquitto")
    func closedKey() throws {
        let fixture = try Fixture.ready()
        let mosquitto = try #require(fixture.accounts.user(named: "mosquitto")).owner
        try fixture.files.changeOwner(fixture.directory.file(Fixture.key), to: mosquitto)
        fixture.files.fail(.read, "tedge-private-key.pem", EACCES)
        #expect(fixture.connect(offline: true).status == 0)
    }

    @Test("a certificate that is broken is told whether the device id stands elsewhere or not")
    func brokenCertificate() throws {
        let fixture = try Fixture.ready()
        try fixture.write("no certificate", to: Fixture.certificate, mode: 0o644)
        #expect(try refused(fixture).reason == "certificate-broken")
        let named = try Fixture.ready("c8y.device.id = 'gateway-1'\n")
        try named.write("no certificate", to: Fixture.certificate, mode: 0o644)
        #expect(try refused(named).reason == "certificate-broken")
    }

    @Test("roots of trust that are missing or hold no certificate are told with their setting")
    func roots() throws {
        let missing = try Fixture.ready("c8y.root_cert_path = '/no/such/file'\n")
        #expect(
            try refused(missing).message
                == "The trusted root certificates are missing: 'c8y.root_cert_path' is /no/such/file, "
                + "which does not exist."
        )
        let broken = try Fixture.ready("c8y.root_cert_path = '/etc/hostname'\n")
        try broken.configure("c8y.root_cert_path = '\(broken.directory.file("mosquitto.conf"))'\n")
        let report = try refused(broken)
        #expect(report.reason == "trust-roots-unusable")
        #expect(report.hint == "Run 'tedge config set c8y.root_cert_path <file or directory>' to name others.")
    }

    @Test("a file of roots with a certificate will do, and so will one that the caller may not read")
    func rootsFile() throws {
        let fixture = try Fixture.ready("c8y.root_cert_path = '/placeholder'\n")
        try fixture.configure("c8y.root_cert_path = '\(fixture.directory.file(Fixture.certificate))'\n")
        #expect(fixture.connect(offline: true).status == 0)
        #expect(
            try fixture.text(Fixture.bridge)?.contains("\nbridge_cafile \(fixture.path("device-certs/")) ") == false)
        #expect(
            try fixture.text(Fixture.bridge)?.contains(
                "\nbridge_cafile \(fixture.directory.file(Fixture.certificate))\n")
                == true)
    }

    @Test("a key that mosquitto's user cannot read is told with what is closed")
    func unreadableForBroker() throws {
        var fixture = try Fixture.ready()
        fixture.accounts.caller = FixtureFiles.owner
        let report = try refused(fixture)
        #expect(report.reason == "key-unreadable-for-mosquitto")
        #expect(fixture.errors.contains("mosquitto runs as user 'mosquitto', who cannot read WORLD/\(Fixture.key).\n"))
        try fixture.files.changeMode(fixture.path("device-certs"), to: 0o700)
        _ = try refused(fixture)
        #expect(fixture.errors.contains("the directory WORLD/tedge/device-certs (mode 700) is closed to that user.\n"))
        #expect(
            fixture.errors.hasSuffix(
                "Run 'sudo chmod o+x WORLD/tedge/device-certs', which lets others enter the directory, not list it.\n"))
    }

    @Test("under another service manager mosquitto may run as anyone")
    func otherServiceManager() throws {
        var fixture = try Fixture.ready()
        fixture.accounts.caller = FixtureFiles.owner
        try fixture.useOpenRC()
        fixture.programs.install(["tedge-mapper", "rc-service", "rc-update"])
        #expect(fixture.connect(offline: true).status == 0)
    }

    @Test("the authority before the device's certificate is told, and is not the device's identity")
    func authorityFirst() throws {
        let fixture = try Fixture.ready()
        let made = try TestAuthority(name: "An Authority")
        let device = try made.issue("gateway-7")
        let text = { (path: String) in String(decoding: try fixture.files.read(path), as: UTF8.self) }
        let (authority, own) = (try text(made.authority.certificate), try text(device.certificate))
        try fixture.write(try text(device.key), to: Fixture.key, mode: 0o600)
        try fixture.write(authority + own, to: Fixture.certificate)
        let report = try refused(fixture)
        #expect(report.reason == "certificate-order")
        #expect(report.message?.contains("'CN=An Authority' is the authority of 'CN=gateway-7'") == true)
        try fixture.write(own + authority, to: Fixture.certificate)
        #expect(try Settings.load(from: fixture.context.settingsSource).string("device.id") == "gateway-7")
        try fixture.write(own + authority.dropLast(100), to: Fixture.certificate)
        #expect(try refused(fixture).reason == "certificate-broken")
    }

    @Test("roots in a directory or file that mosquitto's user cannot read, or that OpenSSL cannot find, are told")
    func closedRoots() throws {
        let fixture = try Fixture.ready("c8y.root_cert_path = '/placeholder'\n")
        let file = fixture.directory.file("roots.pem")
        try fixture.write(try fixture.text(Fixture.certificate) ?? "", to: "roots.pem", mode: 0o600)
        try fixture.configure("c8y.root_cert_path = '\(file)'\n")
        let closed = try refused(fixture)
        #expect(closed.reason == "trust-roots-unreadable-for-mosquitto")
        #expect(closed.hint == "Run 'sudo chmod o+r \(file)': certificates are no secret.")
        let both = (try fixture.text(Fixture.certificate) ?? "") + (try fixture.text(Fixture.key) ?? "")
        try fixture.write(both, to: "roots.pem", mode: 0o600)
        #expect(try refused(fixture).hint?.hasPrefix("Copy it to a place that this user can read") == true)
        try fixture.write("\u{30}\u{59}\u{30}\u{53}\u{2}\u{1}", to: "roots.pem")
        #expect(try refused(fixture).hint?.hasPrefix("Run 'openssl x509 -inform DER -in \(file) ") == true)
        let unhashed = try Fixture.ready()
        try unhashed.write(try unhashed.text(Fixture.certificate) ?? "", to: "roots/authority.pem")
        #expect(try refused(unhashed).hint?.hasPrefix("Run 'sudo openssl rehash ") == true)
        try unhashed.write(try unhashed.text(Fixture.certificate) ?? "", to: "roots/0a1b2c3d.0")
        #expect(unhashed.connect(offline: true).status == 0)
    }

    @Test("files of the listener for other machines that mosquitto cannot read or use are told with their setting")
    func listenerFiles() throws {
        let paths = ["cert_file": Fixture.certificate, "key_file": "external.key"]
        let fixture = try Fixture.ready()
        let lines = paths.map { "mqtt.external.\($0) = '\(fixture.directory.file($1))'\n" }.joined()
        try fixture.configure("mqtt.external.bind.port = 8884\n" + lines)
        try fixture.write(try fixture.text(Fixture.key) ?? "", to: "external.key", mode: 0o600)
        let closed = try refused(fixture)
        #expect(closed.reason == "listener-file-unreadable-for-mosquitto")
        #expect(closed.hint?.contains("tedge config set mqtt.external.key_file <copy>") == true)
        try fixture.write(String(decoding: try PrivateKey.generateP256().pem(), as: UTF8.self), to: "external.key")
        let mismatch = try refused(fixture)
        #expect(mismatch.reason == "key-mismatch")
        #expect(mismatch.hint?.contains("mqtt.external.cert_file") == true)
        try fixture.write(try fixture.text(Fixture.key) ?? "", to: "external.key")
        #expect(fixture.connect(offline: true).status == 0)
    }

    @Test("of a directory whose owner or group is mosquitto's, their own permissions are to be opened")
    func ownDirectory() throws {
        let fixture = try Fixture.ready()
        let directory = fixture.path("device-certs")
        let mosquitto = try #require(fixture.accounts.user(named: "mosquitto")).owner
        for (owner, mode, hint) in [
            (mosquitto, 0o600, "sudo chmod u+x"), (Owner(user: 0, group: mosquitto.group), 0o701, "sudo chmod g+x"),
        ] as [(Owner, UInt16, String)] {
            try fixture.files.changeMode(directory, to: mode)
            try fixture.files.changeOwner(directory, to: owner)
            let report = try refused(fixture)
            #expect(report.hint.map(fixture.neutral) == "Run '\(hint) WORLD/tedge/device-certs'.")
        }
    }

    @Test("a path that is the address of a key in a token is told as such, and nothing is to be removed for it")
    func hardware() throws {
        let module = try Fixture.ready("device.key_path = '/pkcs11:token=t;object=k?pin-value=1234'\n")
        let report = try refused(module)
        #expect(report.reason == "key-in-hardware")
        #expect(
            report.message
                == "'device.key_path' is pkcs11:token=t;object=k?pin-value=(secret), the address of a key in a token, "
                + "and not a file.")
        #expect(report.hint?.contains(#"'sudo tedge cert create-csr --key "pkcs11:token=t;object=k"'"#) == true)
        #expect(report.hint?.contains("remove") == false)
    }

    @Test("a closed directory above the pair is named with its mode, and none but the program's own is to be opened")
    func closedDirectory() throws {
        var fixture = try Fixture.ready()
        fixture.accounts.caller = FixtureFiles.owner
        try fixture.files.makeDirectory(fixture.directory.file("home"), mode: 0o700, owner: nil)
        for (key, name) in [("cert_path", Fixture.certificate), ("key_path", Fixture.key)] {
            try fixture.write(try fixture.text(name) ?? "", to: "home/\(key)", mode: 0o644)
        }
        let home = fixture.directory.file("home")
        try fixture.configure("device.cert_path = '\(home)/cert_path'\ndevice.key_path = '\(home)/key_path'\n")
        let report = try refused(fixture)
        #expect(fixture.errors.contains("the directory WORLD/home (mode 700) is closed to that user.\n"))
        #expect(
            report.hint.map(fixture.neutral)
                == "Copy certificate and key to WORLD/tedge/device-certs, and set 'device.cert_path' and "
                + "'device.key_path' to the copies.")
    }

    @Test("a certificate that OpenSSL does not use for connections is told before anything is written")
    func weak() throws {
        let fixture = try Fixture.ready()
        let made = try ChildProcess.run(
            "faketime",
            [
                "2027-01-01", "openssl", "req", "-x509", "-newkey", "rsa:1024", "-nodes", "-days", "30", "-subj",
                "/CN=gateway-1", "-keyout", fixture.directory.file("weak.key"), "-out",
                fixture.directory.file("weak.pem"),
            ])
        try #require(made.exit == .status(0), "\(made.errors)")
        try fixture.write(try fixture.text("weak.key") ?? "", to: Fixture.key, mode: 0o600)
        try fixture.write(try fixture.text("weak.pem") ?? "", to: Fixture.certificate)
        let report = try refused(fixture)
        #expect(report.reason == "certificate-too-weak")
        #expect(fixture.errors.contains("1: ee key too small\n"), "\(fixture.errors)")
    }
}
