import Glibc
import MQTT
import TLS
import TestSupport
import Testing
import X509

@testable import TedgeCore

/// A certificate that waits beside the one in use.
@Suite struct RenewedCertificateTests {
    private static let new = "\(Fixture.certificate).new"
    private static let refusal = MQTTError.tls(.init(host: "example.cumulocity.com", port: 8883), .alert(number: 48))

    /// A device that can be connected, with a renewed certificate for its key.
    private func renewed(id: String = "gateway-1", notAfter: Int64 = Fixture.now + 86_400 * 730) throws -> Fixture {
        let fixture = try Fixture.ready()
        let key = try PrivateKey(pem: Array(try #require(try fixture.text(Fixture.key)).utf8))
        let certificate = try Certificate.selfSigned(
            commonName: id, organization: "Example", organizationalUnit: "Tests", key: key,
            notBefore: Fixture.now - 3600, notAfter: notAfter)
        try fixture.write(String(decoding: try certificate.pem(), as: UTF8.self), to: Self.new, mode: 0o444)
        return fixture
    }

    /// Expects that the device is connected with the certificate that was in use before.
    private func expectRefusal(
        _ fixture: Fixture, saying reason: String, sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        let (old, new) = (try fixture.text(Fixture.certificate), try fixture.text(Self.new))
        let report = fixture.connect()
        #expect(report.status == 3 && report.result == .partial && report.changed, sourceLocation: sourceLocation)
        #expect(report.reason == "new-certificate-refused", sourceLocation: sourceLocation)
        #expect(report.hint?.contains("tedge cert upload c8y") == true, sourceLocation: sourceLocation)
        #expect(
            fixture.errors.hasPrefix("Error validating the new certificate: \(reason)"), sourceLocation: sourceLocation)
        #expect(
            fixture.errors.contains(
                "\n  => keep using the current certificate unchanged WORLD/\(Fixture.certificate)\n"),
            sourceLocation: sourceLocation)
        #expect(
            fixture.errors.contains("\nSuccessfully connected, however not using the new certificate\n"),
            sourceLocation: sourceLocation)
        #expect(try fixture.text(Fixture.certificate) == old, sourceLocation: sourceLocation)
        #expect(try fixture.text(Self.new) == new, sourceLocation: sourceLocation)
    }

    @Test("one that the cloud takes becomes the one in use")
    func taken() throws {
        let fixture = try renewed()
        let new = try fixture.text(Self.new)
        let report = fixture.connect()
        #expect(report.status == 0)
        #expect(fixture.errors == "The new certificate is now the active certificate WORLD/\(Fixture.certificate)\n")
        #expect(fixture.output.contains("\nValidating new certificate: WORLD/\(Self.new)\n\n"))
        #expect(try fixture.text(Fixture.certificate) == new)
        #expect(try fixture.text(Self.new) == nil)
        #expect(try fixture.files.status(fixture.directory.file(Fixture.certificate))?.mode == 0o444)
        let proof = try #require(fixture.broker.connections.first)
        #expect(proof.host == "example.cumulocity.com" && proof.port == 8883 && proof.clientID == "gateway-1")
        #expect(proof.tls?.certificateFile == fixture.directory.file(Self.new))
        #expect(proof.tls?.keyFile == fixture.directory.file(Fixture.key))
        #expect(proof.tls?.caDirectory == fixture.directory.file("roots"))
        #expect(fixture.broker.published.first == "s/us 100,gateway-1,thin-edge.io")
    }

    @Test("one that the cloud refuses stays beside the one in use, which connects: status 3")
    func refused() throws {
        var fixture = try renewed()
        fixture.probe = { _, _, _, _, _ in
            TLSProbe(failure: .alert(number: 48), isServerTrusted: true, isIdentityWanted: true)
        }
        fixture.broker.failToConnect(Self.refusal)
        try expectRefusal(fixture, saying: Self.words)
        #expect(fixture.broker.connections.count == 2, "the proof, and the check of the connection")
    }

    private static let words = "Cumulocity does not trust the device certificate. (TLS alert 'unknown ca')\n"

    /// What one and the same refusal looks like to a client that goes on sending.
    static let shapes: [MQTTError] = [
        refusal, .tls(place, nil), .tls(place, .closed(.handshake)),
        .closedBeforeAnswer(place), .disconnected(place, errno: ECONNRESET),
    ]
    private static let place = MQTTError.Endpoint(host: "example.cumulocity.com", port: 8883)

    @Test("however a refusal shows itself, the words are the same, and it is not asked again", arguments: shapes)
    func sameWords(_ shape: MQTTError) throws {
        var fixture = try renewed()
        fixture.probe = { _, _, _, _, _ in
            TLSProbe(failure: .alert(number: 48), isServerTrusted: true, isIdentityWanted: true)
        }
        fixture.broker.failToConnect(shape)
        try expectRefusal(fixture, saying: Self.words)
        #expect(fixture.broker.connections.count == 2)
    }

    @Test("where the cloud gives no reason, an end and a reset have the same words", arguments: [shapes[1], shapes[3]])
    func noReason(_ shape: MQTTError) throws {
        var fixture = try renewed()
        fixture.probe = { _, _, _, _, _ in
            TLSProbe(failure: .closed(.read), isServerTrusted: true, isIdentityWanted: true)
        }
        fixture.broker.failToConnect(shape)
        try expectRefusal(fixture, saying: "Cumulocity closes the connection of this device.\n")
    }

    @Test("one that cannot be used is refused without asking the cloud")
    func unusable() throws {
        let foreign = try renewed()
        let (certificate, key) = (try foreign.text(Fixture.certificate), try foreign.text(Fixture.key))
        try foreign.makePair()
        try foreign.write(try #require(try foreign.text(Fixture.certificate)), to: Self.new)
        try foreign.write(try #require(certificate), to: Fixture.certificate)
        try foreign.write(try #require(key), to: Fixture.key, mode: 0o600)
        try expectRefusal(foreign, saying: "")
        #expect(foreign.errors.contains("does not belong to the certificate"))
        let torn = try renewed()
        try torn.write("-----BEGIN CERTIFICATE-----\nMII", to: Self.new)
        try expectRefusal(torn, saying: "")
        try expectRefusal(try renewed(notAfter: Fixture.now - 1), saying: "")
        try expectRefusal(
            try renewed(id: "gateway-2"), saying: "it is for 'gateway-2', and this device is 'gateway-1'\n")
        for fixture in [foreign, torn] { #expect(fixture.broker.connections.count == 1) }
    }

    @Test("one with a private key in its file, or beside a file that holds the key in use, is refused")
    func keys() throws {
        let words = "The file of the certificate holds the private key too"
        let new = try renewed()
        let key = try #require(try new.text(Fixture.key))
        try new.write((try new.text(Self.new) ?? "") + key, to: Self.new)
        try expectRefusal(new, saying: words)
        let old = try renewed()
        let oldKey = try #require(try old.text(Fixture.key))
        try old.write((try old.text(Fixture.certificate) ?? "") + oldKey, to: Fixture.certificate, mode: 0o600)
        try expectRefusal(old, saying: words)
    }

    @Test("what may pass is tried three times")
    func retries() throws {
        let endpoint = MQTTError.Endpoint(host: "example.cumulocity.com", port: 8883)
        let fixture = try renewed()
        fixture.broker.failToConnect(.cannotConnect(endpoint, errno: ECONNREFUSED), .silent(endpoint))
        #expect(fixture.connect().status == 0)
        #expect(
            fixture.output.contains(
                "Validating new certificate: attempt 2 of 3\nValidating new certificate: attempt 3 of 3\n"))
        let gone = try renewed()
        let failure = MQTTError.silent(endpoint)
        gone.broker.failToConnect(failure, failure, failure)
        try expectRefusal(gone, saying: "\(failure)\n")
    }

    @Test("offline it is left alone, and said so")
    func offline() throws {
        let fixture = try renewed()
        let report = fixture.connect(offline: true)
        #expect(report.status == 0)
        #expect(
            fixture.errors == """
                Offline mode. Skipping new device certificate validation
                  => use current certificate WORLD/\(Fixture.certificate)
                  => ignoring new certificate WORLD/\(Self.new)

                """)
        #expect(try fixture.text(Self.new) != nil)
        #expect(fixture.broker.connections.isEmpty)
    }

    @Test("a connect that fails later has both certificates where they were")
    func rolledBack() throws {
        let fixture = try renewed()
        fixture.programs.on("systemctl restart mosquitto", inTurn: .exited(1), .exited(0))
        let before = try fixture.snapshot()
        #expect(fixture.connect().status == 1)
        #expect(try fixture.snapshot().filter { !$0.contains(".rejected ") } == before)
    }

    @Test("the test of a connection leaves it alone")
    func test() throws {
        let fixture = try renewed()
        #expect(fixture.connect(offline: true).status == 0)
        let before = try fixture.snapshot()
        #expect(ConnectionTest(.c8y, profile: nil, timeout: 2, in: fixture.context).run().status == 0)
        #expect(try fixture.snapshot() == before)
    }

    @Test("a reconnection takes one in the place of a certificate that has expired")
    func expired() throws {
        let fixture = try renewed()
        let new = try fixture.text(Self.new)
        #expect(fixture.connect(offline: true).status == 0)
        try fixture.write(
            String(
                decoding: try Certificate.selfSigned(
                    commonName: "gateway-1", organization: "Example", organizationalUnit: "Tests",
                    key: try PrivateKey(pem: Array(try #require(try fixture.text(Fixture.key)).utf8)),
                    notBefore: Fixture.now - 7200, notAfter: Fixture.now - 3600
                ).pem(), as: UTF8.self), to: Fixture.certificate, mode: 0o444)
        #expect(Reconnector(.c8y, profile: nil, options: .init(), in: fixture.context).run().status == 0)
        #expect(try fixture.text(Fixture.certificate) == new)
    }
}
