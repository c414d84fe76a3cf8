import Glibc
import TestSupport
import Testing
import X509

@testable import TedgeCore

/// Keys in a TPM or a token, as far as they can be tried without one.
@Suite struct HardwareKeyTests {
    private static let tpm = "-----BEGIN TSS2 PRIVATE KEY-----\nAAAA\n-----END TSS2 PRIVATE KEY-----\n"

    private static func token(_ text: String) throws -> String {
        let uri = try #require(TokenURI(text))
        return String(decoding: KeyReference.pem(uri), as: UTF8.self)
    }

    /// OpenSSL in this process looks for providers where there are none.
    init() { setenv("OPENSSL_MODULES", "/nonexistent", 1) }

    private func create(_ fixture: Fixture, _ source: KeySource) -> CommandReport {
        CertificateCreator(CertificateSelection(cloud: nil, profile: nil, in: fixture.context)).run(
            deviceID: "gateway-1", key: source)
    }

    private func request(_ fixture: Fixture, _ source: KeySource) -> CommandReport {
        SigningRequestCreator(CertificateSelection(cloud: nil, profile: nil, in: fixture.context)).run(
            deviceID: "gateway-1", outputPath: nil, key: source)
    }

    @Test("the words of --key are read")
    func words() {
        #expect(KeySource("tpm2") == .tpm2)
        #expect(KeySource("pkcs11:object=k") == .token("pkcs11:object=k"))
        #expect(KeySource("tpm") == nil && KeySource("file") == nil)
    }

    @Test("without the provider, create and create-csr name the package, and change nothing")
    func missing() throws {
        for (source, package) in [(KeySource.tpm2, "tpm2-openssl"), (.token("pkcs11:object=k"), "pkcs11-provider")] {
            for make in [create, request] {
                let fixture = try Fixture()
                let before = try fixture.snapshot()
                let report = make(fixture, source)
                #expect(report.status == 1)
                #expect(report.reason == "key-provider-missing")
                #expect(report.hint?.contains("sudo apt install \(package)") == true)
                #expect(
                    fixture.errors.contains("/nonexistent/\(source == .tpm2 ? "tpm2" : "pkcs11").so does not exist"))
                #expect(try fixture.snapshot() == before)
            }
        }
    }

    @Test("without the provider, connect and doctor name the package, and connect changes nothing")
    func connect() throws {
        for (pem, package) in [
            (Self.tpm, "tpm2-openssl"), (try Self.token("pkcs11:object=k;type=private"), "pkcs11-provider"),
        ] {
            let fixture = try Fixture.ready()
            try fixture.write(pem, to: Fixture.key, mode: 0o400)
            let before = try fixture.snapshot()
            let report = fixture.connect(offline: true)
            #expect(report.status == 1)
            #expect(report.reason == "key-provider-missing")
            #expect(report.hint?.contains("sudo apt install \(package)") == true)
            #expect(try fixture.snapshot() == before)
            let doctor = Doctor(.c8y, profile: nil, options: Doctor.Options(), in: fixture.context).run()
            #expect(doctor.status != 0)
            #expect(fixture.printed.output.contains("sudo apt install \(package)"))
        }
    }

    @Test("a PIN on the command line is refused, and is not printed")
    func pinInArguments() throws {
        let fixture = try Fixture()
        let report = create(fixture, .token("pkcs11:object=k?pin-value=987654"))
        #expect(report.reason == "key-pin-exposed")
        #expect(!fixture.errors.contains("987654"))
        #expect(report.hint?.contains("pin-source=file:<file>") == true)
        let bad = create(fixture, .token("pkcs11:token=t?pin-value=987654"))
        #expect(bad.reason == "key-address-invalid")
        #expect(!fixture.errors.contains("987654"))
    }

    @Test("a file with the PIN that everybody can read is refused, with the commands that close it")
    func openPIN() throws {
        let fixture = try Fixture()
        try fixture.write("1234\n", to: "pin", mode: 0o644)
        let report = create(fixture, .token("pkcs11:object=k?pin-source=file:\(fixture.directory.file("pin"))"))
        #expect(report.reason == "key-pin-exposed")
        #expect(report.hint.map(fixture.neutral)?.contains("sudo chmod 400 WORLD/pin") == true)
    }

    @Test("removing a pair says what becomes of the key, and connect never advises it")
    func remove() throws {
        for (pem, words) in [
            (Self.tpm, "the TPM keeps no copy"),
            (
                try Self.token("pkcs11:object=k;type=private?pin-value=987654"),
                "the key pkcs11:object=k;type=private stays in its token"
            ),
        ] {
            let fixture = try Fixture.ready()
            try fixture.write(pem, to: Fixture.key, mode: 0o400)
            let selection = CertificateSelection(cloud: nil, profile: nil, in: fixture.context)
            #expect(CertificateViewer(selection).remove().status == 0)
            #expect(fixture.errors.contains(words))
            #expect(!fixture.errors.contains("987654"))
        }
    }

    @Test("a request is not made for another key than the one that is there")
    func keyThere() throws {
        let fixture = try Fixture.ready()
        let before = try fixture.text(Fixture.key)
        #expect(request(fixture, .tpm2).reason == "key-exists")
        #expect(try fixture.text(Fixture.key) == before)
    }

    @Test(
        "each failure has its reason and a hint, none of which removes anything",
        arguments: [
            (.missing, "key-provider-missing"), (.failed, "key-provider-failed"), (.badAddress, "key-address-invalid"),
            (.noTPM, "tpm-unreachable"), (.noPermission, "tpm-unreachable"), (.busyTPM, "tpm-busy"),
            (.otherTPM, "tpm-key-foreign"), (.authorization, "key-provider-failed"),
            (.noModule, "token-module-unusable"), (.noToken, "token-missing"), (.noKey, "token-key-missing"),
            (.noPIN, "token-pin-missing"), (.unreadablePIN, "token-pin-missing"), (.wrongPIN, "token-pin-wrong"),
            (.lastPIN, "token-pin-wrong"), (.lockedPIN, "token-pin-locked"),
        ] as [(ProviderFailure.Kind, String)])
    func reasons(kind: ProviderFailure.Kind, reason: String) throws {
        for provider in KeyProvider.allCases {
            let failure = ProviderFailure(provider, kind, "detail")
            let errors: [CertificateError] = [
                .provider(path: "/k", failure), .provider(path: nil, failure),
                .unusableForBroker(path: "/k", user: "mosquitto", failure),
            ]
            #expect(errors.map(\.id.rawValue) == [reason, reason, "key-unusable-for-mosquitto"])
            for error in errors {
                let hint = try #require(error.hint)
                #expect(!hint.contains("remove") && !hint.contains("rm ") && !hint.contains("delete"))
                #expect(error.causes.count == 2)
            }
        }
    }

    @Test("all kinds of failures are in the list above")
    func kinds() { #expect(ProviderFailure.Kind.allCases.count == 16) }

    @Test("settings of upstream's own PKCS #11 client are refused with the file to make, and without the PIN")
    func cryptoki() throws {
        let fixture = try Fixture.ready(
            "device.cryptoki.mode = 'module'\ndevice.key_uri = 'pkcs11:token=t;object=k?pin-value=987654'\n")
        let report = fixture.connect(offline: true)
        #expect(report.reason == "setting-unsupported")
        #expect(report.hint?.contains(#"sudo tedge cert create-csr --key "pkcs11:token=t;object=k""#) == true)
        #expect(report.hint?.contains("tedge config set device.cryptoki.mode off") == true)
        #expect(!fixture.errors.contains("987654"))
    }

    @Test("what the process of mosquitto's user prints is read, whatever it is about")
    func broker() {
        let failure = ProviderFailure(.pkcs11, .unreadablePIN, "/etc/a b: Permission denied")
        #expect(BrokerKeyCheck.failure(in: "noise\n" + BrokerKeyCheck.line(failure)) == failure)
        #expect(BrokerKeyCheck.failure(in: BrokerKeyCheck.line(.init(.tpm2, .noTPM))) == ProviderFailure(.tpm2, .noTPM))
        #expect(BrokerKeyCheck.failure(in: "") == nil)
        #expect(BrokerKeyCheck.failure(in: "0 13\n") == nil)
    }
}
