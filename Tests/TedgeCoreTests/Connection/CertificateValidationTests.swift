import Glibc
import Testing
import X509

@testable import TedgeCore

/// What connect refuses before it writes anything.
@Suite struct CertificateValidationTests {
    /// Connects, and returns the report of a failure that changed nothing.
    private func refused(_ world: World, sourceLocation: SourceLocation = #_sourceLocation) throws -> CommandReport {
        let before = try world.snapshot()
        let report = world.connect()
        #expect(report.status == 1, sourceLocation: sourceLocation)
        #expect(try world.snapshot() == before, sourceLocation: sourceLocation)
        #expect(world.programs.changes.isEmpty, sourceLocation: sourceLocation)
        return report
    }

    @Test("a certificate that has expired, or is not valid yet, is told with its date")
    func dates() throws {
        let world = try World.ready()
        try world.makePair(notAfter: World.now)
        #expect(world.connect(offline: true).status == 0)
        let expired = try World.ready()
        try expired.makePair(notAfter: World.now - 1)
        #expect(try refused(expired).reason == "certificate-expired")
        #expect(expired.errors.contains("it was valid until Fri, 15 Jan 2027 07:59:59 +0000."))
        let early = try World.ready()
        try early.makePair(notBefore: World.now + 1)
        #expect(try refused(early).reason == "certificate-not-yet-valid")
        #expect(early.errors.contains("it is valid from Fri, 15 Jan 2027 08:00:01 +0000, and the clock says Fri, 15"))
    }

    @Test("a key that is missing, of another certificate, or none at all, is told")
    func keys() throws {
        let missing = try World.ready()
        try missing.files.remove(missing.directory.file(World.key))
        #expect(try refused(missing).reason == "key-missing")
        let other = try World.ready()
        let key = try PrivateKey.generateP256().pem()
        try other.write(String(decoding: key, as: UTF8.self), to: World.key, mode: 0o600)
        #expect(try refused(other).reason == "key-mismatch")
        let broken = try World.ready()
        try broken.write("no key", to: World.key, mode: 0o600)
        #expect(try refused(broken).reason == "key-broken")
    }

    @Test("a key that the caller may not read is left to mosquitto")
    func closedKey() throws {
        let world = try World.ready()
        world.files.fail(.read, "tedge-private-key.pem", EACCES)
        #expect(world.connect(offline: true).status == 0)
    }

    @Test("a certificate that is broken has no device id")
    func brokenCertificate() throws {
        let world = try World.ready()
        try world.write("no certificate", to: World.certificate, mode: 0o644)
        #expect(try refused(world).reason == "setting-missing")
        let named = try World.ready("c8y.device.id = 'gateway-1'\n")
        try named.write("no certificate", to: World.certificate, mode: 0o644)
        #expect(try refused(named).reason == "certificate-broken")
    }

    @Test("roots of trust that are missing or hold no certificate are told with their setting")
    func roots() throws {
        let missing = try World.ready("c8y.root_cert_path = '/no/such/file'\n")
        #expect(
            try refused(missing).message
                == "The trusted root certificates are missing: 'c8y.root_cert_path' is /no/such/file, "
                + "which does not exist."
        )
        let broken = try World.ready("c8y.root_cert_path = '/etc/hostname'\n")
        try broken.configure("c8y.root_cert_path = '\(broken.directory.file("mosquitto.conf"))'\n")
        let report = try refused(broken)
        #expect(report.reason == "trust-roots-unusable")
        #expect(report.hint == "Run 'tedge config set c8y.root_cert_path <file or directory>' to name others.")
    }

    @Test("a file of roots with a certificate will do, and so will one that the caller may not read")
    func rootsFile() throws {
        let world = try World.ready("c8y.root_cert_path = '/placeholder'\n")
        try world.configure("c8y.root_cert_path = '\(world.directory.file(World.certificate))'\n")
        #expect(world.connect(offline: true).status == 0)
        #expect(try world.text(World.bridge)?.contains("\nbridge_cafile \(world.path("device-certs/")) ") == false)
        #expect(
            try world.text(World.bridge)?.contains("\nbridge_cafile \(world.directory.file(World.certificate))\n")
                == true)
    }

    @Test("a key that mosquitto's user cannot read is told with what is closed")
    func unreadableForBroker() throws {
        var world = try World.ready()
        world.accounts.caller = WorldFiles.owner
        let report = try refused(world)
        #expect(report.reason == "key-unreadable-for-mosquitto")
        #expect(world.errors.contains("mosquitto runs as user 'mosquitto', who cannot read WORLD/\(World.key).\n"))
        try world.files.changeMode(world.path("device-certs"), to: 0o700)
        _ = try refused(world)
        #expect(world.errors.contains("the directory WORLD/tedge/device-certs is closed to that user.\n"))
        #expect(world.errors.hasSuffix("Run 'sudo chown mosquitto WORLD/tedge/device-certs', or connect with sudo.\n"))
    }

    @Test("under another service manager mosquitto may run as anyone")
    func otherServiceManager() throws {
        var world = try World.ready()
        world.accounts.caller = WorldFiles.owner
        try world.write(SystemSettingsTests.text(SystemSettingsTests.commands), to: "tedge/system.toml")
        world.programs.install(["tedge-mapper", "rc-service", "rc-update"])
        #expect(world.connect(offline: true).status == 0)
    }
}
