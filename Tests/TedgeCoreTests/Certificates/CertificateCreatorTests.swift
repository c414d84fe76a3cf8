import Glibc
import Testing
import X509

@testable import TedgeCore

@Suite struct CertificateCreatorTests {
    private func create(_ fixture: Fixture, id: String? = "gateway-1", cloud: CloudName? = nil) -> CommandReport {
        CertificateCreator(CertificateSelection(cloud: cloud, profile: nil, in: fixture.context)).run(deviceID: id)
    }

    private func status(_ fixture: Fixture, _ name: String) throws -> FileStatus? {
        try fixture.files.status(fixture.directory.file(name))
    }

    /// Expects a failure that changed nothing, and returns its report.
    private func fail(
        _ fixture: Fixture, id: String? = "gateway-1", sourceLocation: SourceLocation = #_sourceLocation
    ) throws -> CommandReport {
        let before = try fixture.snapshot()
        let report = create(fixture, id: id)
        #expect(report.status == 1, sourceLocation: sourceLocation)
        #expect(try fixture.snapshot() == before, sourceLocation: sourceLocation)
        return report
    }

    @Test("a key and a certificate that belongs to it are made, as the settings say")
    func create() throws {
        let fixture = try Fixture()
        try fixture.write(
            "certificate = { organization = 'O', organization_unit = 'U', validity.requested_duration = '10d' }\n",
            to: "tedge/tedge.toml")
        let report = create(fixture)
        #expect(report.status == 0 && report.changed)
        let certificate = try Certificate(pem: try fixture.files.read(fixture.directory.file(Fixture.certificate)))
        let key = try PrivateKey(pem: try fixture.files.read(fixture.directory.file(Fixture.key)))
        #expect(certificate.matches(key))
        #expect(certificate.commonName == "gateway-1")
        #expect(certificate.subject == certificate.issuer)
        #expect(certificate.notBefore == Fixture.now - 86_400)
        #expect(certificate.notAfter == Fixture.now + 9 * 86_400)
        #expect(certificate.subject.contains("O=O") && certificate.subject.contains("OU=U"))
        #expect(fixture.errors.hasPrefix("Certificate created successfully\n"))
        #expect(fixture.output.hasPrefix("Certificate:   WORLD/\(Fixture.certificate)\nSubject:       "))
    }

    @Test("everyone can read the certificate, and its owner alone the key")
    func permissions() throws {
        let fixture = try Fixture()
        #expect(create(fixture).status == 0)
        #expect(try status(fixture, Fixture.certificate)?.mode == 0o444)
        #expect(try status(fixture, Fixture.key)?.mode == 0o400)
        #expect(try status(fixture, Fixture.key)?.owner == FixtureFiles.owner)
    }

    @Test("root gives both to the user that mosquitto runs as")
    func owner() throws {
        var fixture = try Fixture()
        fixture.accounts.caller = FixtureAccounts.root
        #expect(create(fixture).status == 0)
        #expect(try status(fixture, Fixture.certificate)?.owner == Owner(user: 110, group: 120))
        #expect(try status(fixture, Fixture.key)?.owner == Owner(user: 110, group: 120))
    }

    @Test("a certificate, a key, or a link in the place of one is never replaced")
    func existing() throws {
        for (name, reason) in [(Fixture.certificate, ReasonID.certificateExists), (Fixture.key, .keyExists)] {
            let fixture = try Fixture()
            try fixture.write("theirs", to: name)
            #expect(try fail(fixture).reason == reason)
            let linked = try Fixture()
            symlink("/no/such/file", linked.directory.file(name))
            #expect(create(linked).reason == reason)
        }
    }

    @Test("if needed, a valid pair of the same id is kept, and anything else there is an error")
    func ifNeeded() throws {
        let make = { (fixture: Fixture, id: String) in
            CertificateCreator(CertificateSelection(cloud: nil, profile: nil, in: fixture.context))
                .run(deviceID: id, isIfNeeded: true)
        }
        let fixture = try Fixture()
        try fixture.makePair()
        let before = try fixture.snapshot()
        let kept = make(fixture, "gateway-1")
        #expect(kept.status == 0 && !kept.changed)
        #expect(kept.json.text.contains("\"certificate\":{"))
        let other = make(fixture, "gateway-2")
        #expect(other.status == 1 && other.reason == "certificate-of-another-id")
        #expect(try fixture.snapshot() == before)

        #expect(make(try Fixture(), "gateway-1").changed)
        let expired = try Fixture()
        try expired.makePair(notBefore: Fixture.now - 200_000, notAfter: Fixture.now - 100_000)
        #expect(make(expired, "gateway-1").reason == .certificateExpired)
        let keyless = try Fixture()
        try keyless.makePair()
        try keyless.files.remove(keyless.directory.file(Fixture.key))
        #expect(make(keyless, "gateway-1").reason == .keyMissing)
        let foreign = try Fixture()
        try foreign.makePair()
        try foreign.write(String(decoding: PrivateKey.generateP256().pem(), as: UTF8.self), to: Fixture.key)
        #expect(make(foreign, "gateway-1").reason == .keyMismatch)
    }

    @Test("a certificate that cannot be written takes its key with it")
    func halfWritten() throws {
        let fixture = try Fixture()
        fixture.files.fail(.create, "tedge-certificate.pem", ENOSPC)
        #expect(try fail(fixture).reason == "disk-full")
        fixture.files.heal()
        fixture.files.fail(.create, "tedge-certificate.pem", EEXIST)
        #expect(try fail(fixture).reason == "certificate-exists")
        fixture.files.heal()
        fixture.files.fail(.create, "tedge-private-key.pem", EEXIST)
        #expect(try fail(fixture).reason == "key-exists")
    }

    @Test("a signal ends it with nothing made")
    func signal() throws {
        let fixture = try Fixture()
        fixture.signal.send(SIGINT)
        #expect(try fail(fixture).reason == "interrupted")
    }

    @Test("without an id the one of the settings is taken")
    func storedIdentity() throws {
        let fixture = try Fixture()
        #expect(try fail(fixture, id: nil).reason == "device-id-invalid")
        #expect(fixture.errors.hasPrefix("Error: failed to create a test certificate for the device.\n"))
        try fixture.write("device.id = 'stored'\n", to: "tedge/tedge.toml")
        #expect(create(fixture, id: nil).status == 0)
        #expect(
            try CertificateFile.commonName(at: fixture.directory.file(Fixture.certificate), files: fixture.files)
                == "stored")
    }

    @Test("an id that no cloud takes is refused with the reason")
    func badID() throws {
        let fixture = try Fixture()
        #expect(try fail(fixture, id: "a/b").reason == "device-id-invalid")
        #expect(
            fixture.errors == """
                Error: failed to create a test certificate for the device a/b.

                Caused by:
                    0: DeviceID Error
                    1: The string '"a/b"' contains characters which cannot be used in a name [use only A-Z, a-z, 0-9, \
                ' = ( ) , - . ? % * _ ! @]

                """)
    }

    @Test("a cloud's own certificate goes where its settings say")
    func ofCloud() throws {
        let fixture = try Fixture()
        let (certificate, key) = (fixture.path("c8y/c.pem"), fixture.path("c8y/k.pem"))
        try fixture.write(
            "c8y.device = { cert_path = '\(certificate)', key_path = '\(key)' }\n", to: "tedge/tedge.toml")
        let report = create(fixture, cloud: .c8y)
        #expect(report.status == 0)
        #expect(report.cloud == .c8y)
        #expect(try CertificateFile.commonName(at: certificate, files: fixture.files) == "gateway-1")
        #expect(try status(fixture, "tedge/c8y")?.mode == 0o775)
    }

    @Test("directories are made below the configuration alone", arguments: ["other", "tedge-other"])
    func elsewhere(_ name: String) throws {
        let fixture = try Fixture()
        let path = fixture.directory.file("\(name)/c.pem")
        try fixture.write("device.cert_path = '\(path)'\n", to: "tedge/tedge.toml")
        let report = try fail(fixture)
        #expect(report.reason == "certificate-directory-missing")
        #expect(report.hint == "Run 'sudo tedge init' to make the directories.")
    }

    @Test(
        "a length of time that leaves no valid certificate is refused before anything is written",
        arguments: ["0", "12h", "47h"])
    func validity(_ length: String) throws {
        let fixture = try Fixture()
        try fixture.write("certificate.validity.requested_duration = '\(length)'\n", to: "tedge/tedge.toml")
        let before = try fixture.snapshot()
        let report = CertificateCreator(CertificateSelection(cloud: nil, profile: nil, in: fixture.context)).run(
            deviceID: "gateway-1")
        #expect(report.reason == "certificate-validity-invalid")
        #expect(report.message?.hasPrefix("'certificate.validity.requested_duration' is \(length): ") == true)
        #expect(try fixture.snapshot() == before)
    }

    @Test("the shortest and the longest length of time give a certificate that is valid now")
    func outermostValidity() throws {
        #expect(try CertificateValidity(.seconds(2 * 86_400), now: 1000).end == 1000 + 86_400)
        let last = Int64(253_402_300_799)
        let longest = try CertificateValidity(.seconds(last / 86_400 * 86_400), now: 86_400 + last % 86_400)
        #expect(longest.end == last)
        #expect(throws: CertificateValidity.Problem.tooLong) {
            try CertificateValidity(.seconds(last / 86_400 * 86_400), now: 86_401 + last % 86_400)
        }
    }

    @Test("certificate and key in one file are refused before either is made")
    func oneFile() throws {
        let fixture = try Fixture()
        try fixture.write(
            "device.key_path = '\(fixture.directory.file(Fixture.certificate))'\n", to: "tedge/tedge.toml")
        let before = try fixture.snapshot()
        let report = CertificateCreator(CertificateSelection(cloud: nil, profile: nil, in: fixture.context)).run(
            deviceID: "gateway-1")
        #expect(report.reason == "certificate-and-key-in-one-file")
        #expect(try fixture.snapshot() == before)
    }
}
