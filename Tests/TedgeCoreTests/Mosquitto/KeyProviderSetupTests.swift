import TestSupport
import Testing
import X509

@testable import TedgeCore

/// The configuration of OpenSSL and the drop-in of mosquitto's unit.
@Suite struct KeyProviderSetupTests {
    private static let dropIn = "units/mosquitto.service.d/tedge-keys.conf"
    private static let configuration = "units/mosquitto.service.d/tedge-openssl.cnf"
    private static let tpm = "-----BEGIN TSS2 PRIVATE KEY-----\nAAAA\n-----END TSS2 PRIVATE KEY-----\n"

    private func setup(_ fixture: Fixture) throws -> KeyProviderSetup {
        let context = fixture.context
        return KeyProviderSetup(
            context: context, manager: ServiceManager(try SystemSettings.load(from: context), in: context))
    }

    private func apply(_ references: [KeyReference], _ fixture: Fixture) throws -> Transaction {
        let transaction = Transaction(in: fixture.context)
        try setup(fixture).apply(references, on: transaction)
        return transaction
    }

    private func token(_ text: String) throws -> KeyReference {
        let uri = try #require(TokenURI(text))
        return try #require(KeyReference(pem: KeyReference.pem(uri)))
    }

    private func tpm() throws -> KeyReference { try #require(KeyReference(pem: Array(Self.tpm.utf8))) }

    /// A device that is connected with a key in the TPM.
    private func connected() throws -> Fixture {
        let fixture = try Fixture.ready()
        #expect(fixture.connect(offline: true).status == 0)
        try fixture.write(Self.tpm, to: Fixture.key, mode: 0o400)
        try apply([tpm()], fixture).commit()
        fixture.programs.forget()
        return fixture
    }

    private func disconnect(_ fixture: Fixture) -> CommandReport {
        Disconnector(.c8y, profile: nil, in: fixture.context).run()
    }

    @Test("the drop-in names the configuration, and systemd reads its units again")
    func written() throws {
        let fixture = try Fixture.ready()
        try apply([token("pkcs11:object=k;type=private?module-path=/m.so")], fixture).commit()
        let dropIn = try #require(try fixture.text(Self.dropIn))
        #expect(
            fixture.neutral(dropIn).hasSuffix(
                "[Unit]\nAfter=pcscd.socket\n[Service]\nEnvironment=\"OPENSSL_CONF=WORLD/units/mosquitto.service.d/tedge-openssl.cnf\"\n"
            ))
        let configuration = try #require(try fixture.text(Self.configuration))
        #expect(configuration.contains("\npkcs11-module-path = /m.so\n"))
        #expect(fixture.programs.changes == ["systemctl daemon-reload"])
        #expect(try setup(fixture).isCurrent(for: [token("pkcs11:object=k?module-path=/m.so")]))
        #expect(try !setup(fixture).isCurrent(for: []))
        fixture.programs.forget()
        try apply([token("pkcs11:object=k;type=private?module-path=/m.so")], fixture).commit()
        #expect(fixture.programs.changes == [])
    }

    @Test("without such a key nothing is written, and nothing is asked of systemd")
    func none() throws {
        let fixture = try Fixture.ready()
        let before = try fixture.snapshot()
        try apply([], fixture).commit()
        #expect(try fixture.snapshot() == before)
        #expect(fixture.programs.calls == [])
        #expect(try setup(fixture).isCurrent(for: []))
    }

    @Test("what is undone is as before, and systemd reads its units again")
    func undone() throws {
        let fixture = try Fixture.ready()
        let before = try fixture.snapshot()
        try apply([tpm()], fixture).undo()
        #expect(try fixture.snapshot() == before)
        #expect(fixture.programs.changes == ["systemctl daemon-reload", "systemctl daemon-reload"])
    }

    @Test("a unit that hides devices is shown the TPM, and no other device")
    func devices() throws {
        let fixture = try Fixture.ready()
        fixture.programs.on(
            "systemctl show --property=PrivateDevices", .exited(0), output: "PrivateDevices=yes\nDevicePolicy=auto\n")
        try apply([tpm()], fixture).commit()
        #expect(
            try fixture.text(Self.dropIn)?.hasSuffix(
                "PrivateDevices=no\nDevicePolicy=closed\nDeviceAllow=/dev/tpmrm0 rw\n")
                == true)
    }

    @Test("the way to the TPM is that of the variable, and stays when a later command does not have it")
    func tcti() throws {
        var fixture = try Fixture.ready()
        fixture.environment["TPM2OPENSSL_TCTI"] = "swtpm:port=1"
        try apply([tpm()], fixture).commit()
        #expect(try fixture.text(Self.configuration)?.contains("\ntcti = swtpm:port=1\n") == true)
        fixture.environment = [:]
        #expect(try setup(fixture).isCurrent(for: [tpm()]))
    }

    @Test("a variable that the owner has given to the unit stays, and a warning says what its file needs")
    func owners() throws {
        let fixture = try Fixture.ready()
        var context = fixture.context
        var unit = MosquittoUnit()
        unit.environment = ["OPENSSL_CONF=/etc/own.cnf"]
        context.mosquittoUnit = unit
        let transaction = Transaction(in: context)
        let manager = ServiceManager(try SystemSettings.load(from: context), in: context)
        try KeyProviderSetup(context: context, manager: manager).apply([tpm()], on: transaction)
        transaction.commit()
        #expect(try fixture.text(Self.dropIn) == nil)
        #expect(fixture.errors.contains("mosquitto's unit sets OPENSSL_CONF=/etc/own.cnf, which stays"))
    }

    @Test("another configuration directory changes no unit of this machine")
    func otherDirectory() throws {
        let fixture = try Fixture.ready()
        var context = fixture.context
        context.ownsMosquitto = false
        let transaction = Transaction(in: context)
        let manager = ServiceManager(try SystemSettings.load(from: context), in: context)
        try KeyProviderSetup(context: context, manager: manager).apply([tpm()], on: transaction)
        transaction.commit()
        #expect(try fixture.text(Self.dropIn) == nil)
        #expect(
            fixture.errors.contains(
                "can use the key only if it is started with the variable OPENSSL_CONF=WORLD/tedge/openssl.cnf"))
    }

    @Test("disconnect removes both with the last bridge that needs them, before mosquitto is restarted")
    func disconnectLast() throws {
        let fixture = try connected()
        #expect(disconnect(fixture).status == 0)
        #expect(try fixture.text(Self.dropIn) == nil && fixture.text(Self.configuration) == nil)
        #expect(!fixture.files.exists(fixture.directory.file("units/mosquitto.service.d")))
        let changes = fixture.programs.changes
        let reload = try #require(changes.firstIndex(of: "systemctl daemon-reload"))
        let restart = try #require(changes.firstIndex(of: "systemctl restart mosquitto"))
        #expect(reload < restart)
    }

    @Test("they stay as long as another bridge has such a key, and something of the owner's stays in the directory")
    func disconnectOne() throws {
        let fixture = try connected()
        let bridge = try #require(try fixture.text("tedge/mosquitto-conf/c8y-bridge.conf"))
        try fixture.write(bridge, to: "tedge/mosquitto-conf/az-bridge.conf")
        #expect(disconnect(fixture).status == 0)
        #expect(try fixture.text(Self.dropIn) != nil && fixture.text(Self.configuration) != nil)
        #expect(!fixture.programs.changes.contains("systemctl daemon-reload"))
    }

    @Test("a disconnect that fails puts them back, and systemd has read its units before mosquitto is restarted")
    func disconnectFails() throws {
        let fixture = try connected()
        fixture.programs.on("systemctl restart mosquitto", inTurn: .exited(1), .exited(0))
        let before = try fixture.snapshot()
        #expect(disconnect(fixture).status == 1)
        #expect(try fixture.snapshot() == before)
        let changes = fixture.programs.changes.filter { $0.contains("daemon-reload") || $0.contains("restart") }
        #expect(changes.suffix(2) == ["systemctl daemon-reload", "systemctl restart mosquitto"])
    }

    @Test("a file that the owner has put there is not removed")
    func foreign() throws {
        let fixture = try Fixture.ready()
        try fixture.files.makeDirectory(fixture.directory.file("units"), mode: 0o755, owner: nil)
        try fixture.files.makeDirectory(
            fixture.directory.file("units/mosquitto.service.d"), mode: 0o755, owner: nil)
        try fixture.write("# mine\n", to: Self.configuration)
        try apply([], fixture).commit()
        #expect(try fixture.text(Self.configuration) == "# mine\n")
    }
}
