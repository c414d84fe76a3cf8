import Glibc
import MQTT
import TLS
import TestSupport
import Testing
import X509

@testable import TedgeCore

/// A certificate that waits beside the one in use.
@Suite struct RenewedCertificateTests {
    private static let new = "\(World.certificate).new"
    private static let refusal = MQTTError.tls(.init(host: "example.cumulocity.com", port: 8883), reason: "unknown ca")

    /// A device that can be connected, with a renewed certificate for its key.
    private func renewed(id: String = "gateway-1", notAfter: Int64 = World.now + 86_400 * 730) throws -> World {
        let world = try World.ready()
        let key = try PrivateKey(pem: Array(try #require(try world.text(World.key)).utf8))
        let certificate = try Certificate.selfSigned(
            commonName: id, organization: "Example", organizationalUnit: "Tests", key: key,
            notBefore: World.now - 3600, notAfter: notAfter)
        try world.write(String(decoding: try certificate.pem(), as: UTF8.self), to: Self.new, mode: 0o444)
        return world
    }

    /// Expects that the device is connected with the certificate that was in use before.
    private func expectRefusal(
        _ world: World, saying reason: String, sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        let (old, new) = (try world.text(World.certificate), try world.text(Self.new))
        let report = world.connect()
        #expect(report.status == 3 && report.result == .ok && report.changed, sourceLocation: sourceLocation)
        #expect(report.reason == "new-certificate-refused", sourceLocation: sourceLocation)
        #expect(report.hint?.contains("tedge cert upload c8y") == true, sourceLocation: sourceLocation)
        #expect(
            world.errors.hasPrefix("Error validating the new certificate: \(reason)"), sourceLocation: sourceLocation)
        #expect(
            world.errors.contains("\n  => keep using the current certificate unchanged WORLD/\(World.certificate)\n"),
            sourceLocation: sourceLocation)
        #expect(
            world.errors.contains("\nSuccessfully connected, however not using the new certificate\n"),
            sourceLocation: sourceLocation)
        #expect(try world.text(World.certificate) == old, sourceLocation: sourceLocation)
        #expect(try world.text(Self.new) == new, sourceLocation: sourceLocation)
    }

    @Test("one that the cloud takes becomes the one in use")
    func taken() throws {
        let world = try renewed()
        let new = try world.text(Self.new)
        let report = world.connect()
        #expect(report.status == 0)
        #expect(world.errors == "The new certificate is now the active certificate WORLD/\(World.certificate)\n")
        #expect(world.output.contains("\nValidating new certificate: WORLD/\(Self.new)\n\n"))
        #expect(try world.text(World.certificate) == new)
        #expect(try world.text(Self.new) == nil)
        #expect(try world.files.status(world.directory.file(World.certificate))?.mode == 0o444)
        let proof = try #require(world.broker.connections.first)
        #expect(proof.host == "example.cumulocity.com" && proof.port == 8883 && proof.clientID == "gateway-1")
        #expect(proof.tls?.certificateFile == world.directory.file(Self.new))
        #expect(proof.tls?.keyFile == world.directory.file(World.key))
        #expect(proof.tls?.caDirectory == world.directory.file("roots"))
        #expect(world.broker.published.first == "s/us 100,gateway-1,thin-edge.io")
    }

    @Test("one that the cloud refuses stays beside the one in use, which connects: status 3")
    func refused() throws {
        var world = try renewed()
        world.probe = { _, _, _, _, _ in
            TLSProbe(failure: .alert(number: 48), isServerTrusted: true, isIdentityWanted: true)
        }
        world.broker.failToConnect(Self.refusal)
        try expectRefusal(world, saying: Self.words)
        #expect(world.broker.connections.count == 2, "the proof, and the check of the connection")
    }

    private static let words = "Cumulocity does not trust the device certificate. (TLS alert 'unknown ca')\n"

    /// What one and the same refusal looks like to a client that goes on sending.
    static let shapes: [MQTTError] = [
        refusal, .tls(place, reason: "the broker ended the handshake"), .tls(place, reason: "Connection reset by peer"),
        .closedBeforeAnswer(place), .disconnected(place, errno: ECONNRESET),
    ]
    private static let place = MQTTError.Endpoint(host: "example.cumulocity.com", port: 8883)

    @Test("however a refusal shows itself, the words are the same, and it is not asked again", arguments: shapes)
    func sameWords(_ shape: MQTTError) throws {
        var world = try renewed()
        world.probe = { _, _, _, _, _ in
            TLSProbe(failure: .alert(number: 48), isServerTrusted: true, isIdentityWanted: true)
        }
        world.broker.failToConnect(shape)
        try expectRefusal(world, saying: Self.words)
        #expect(world.broker.connections.count == 2)
    }

    @Test("where the cloud gives no reason, an end and a reset have the same words", arguments: [shapes[1], shapes[3]])
    func noReason(_ shape: MQTTError) throws {
        var world = try renewed()
        world.probe = { _, _, _, _, _ in
            TLSProbe(failure: .closed(.read), isServerTrusted: true, isIdentityWanted: true)
        }
        world.broker.failToConnect(shape)
        try expectRefusal(world, saying: "Cumulocity closes the connection of this device.\n")
    }

    @Test("one that cannot be used is refused without asking the cloud")
    func unusable() throws {
        let foreign = try renewed()
        let (certificate, key) = (try foreign.text(World.certificate), try foreign.text(World.key))
        try foreign.makePair()
        try foreign.write(try #require(try foreign.text(World.certificate)), to: Self.new)
        try foreign.write(try #require(certificate), to: World.certificate)
        try foreign.write(try #require(key), to: World.key, mode: 0o600)
        try expectRefusal(foreign, saying: "")
        #expect(foreign.errors.contains("does not belong to the certificate"))
        let torn = try renewed()
        try torn.write("-----BEGIN CERTIFICATE-----\nMII", to: Self.new)
        try expectRefusal(torn, saying: "")
        try expectRefusal(try renewed(notAfter: World.now - 1), saying: "")
        try expectRefusal(
            try renewed(id: "gateway-2"), saying: "it is for 'gateway-2', and this device is 'gateway-1'\n")
        for world in [foreign, torn] { #expect(world.broker.connections.count == 1) }
    }

    @Test("what may pass is tried three times")
    func retries() throws {
        let endpoint = MQTTError.Endpoint(host: "example.cumulocity.com", port: 8883)
        let world = try renewed()
        world.broker.failToConnect(.cannotConnect(endpoint, errno: ECONNREFUSED), .silent(endpoint))
        #expect(world.connect().status == 0)
        #expect(
            world.output.contains(
                "Validating new certificate: attempt 2 of 3\nValidating new certificate: attempt 3 of 3\n"))
        let gone = try renewed()
        let failure = MQTTError.silent(endpoint)
        gone.broker.failToConnect(failure, failure, failure)
        try expectRefusal(gone, saying: "\(failure)\n")
    }

    @Test("offline it is left alone, and said so")
    func offline() throws {
        let world = try renewed()
        let report = world.connect(offline: true)
        #expect(report.status == 0)
        #expect(
            world.errors == """
                Offline mode. Skipping new device certificate validation
                  => use current certificate WORLD/\(World.certificate)
                  => ignoring new certificate WORLD/\(Self.new)

                """)
        #expect(try world.text(Self.new) != nil)
        #expect(world.broker.connections.isEmpty)
    }

    @Test("a connect that fails later has both certificates where they were")
    func rolledBack() throws {
        let world = try renewed()
        world.programs.on("systemctl restart mosquitto", inTurn: .exited(1), .exited(0))
        let before = try world.snapshot()
        #expect(world.connect().status == 1)
        #expect(try world.snapshot().filter { !$0.contains(".rejected ") } == before)
    }

    @Test("the test of a connection leaves it alone")
    func test() throws {
        let world = try renewed()
        #expect(world.connect(offline: true).status == 0)
        let before = try world.snapshot()
        #expect(ConnectionTest(.c8y, profile: nil, timeout: 2, in: world.context).run().status == 0)
        #expect(try world.snapshot() == before)
    }

    @Test("a reconnection takes one in the place of a certificate that has expired")
    func expired() throws {
        let world = try renewed()
        let new = try world.text(Self.new)
        #expect(world.connect(offline: true).status == 0)
        try world.write(
            String(
                decoding: try Certificate.selfSigned(
                    commonName: "gateway-1", organization: "Example", organizationalUnit: "Tests",
                    key: try PrivateKey(pem: Array(try #require(try world.text(World.key)).utf8)),
                    notBefore: World.now - 7200, notAfter: World.now - 3600
                ).pem(), as: UTF8.self), to: World.certificate, mode: 0o444)
        var options = Connector.Options()
        options.isReconnection = true
        #expect(Connector(.c8y, profile: nil, options: options, in: world.context).run().status == 0)
        #expect(try world.text(World.certificate) == new)
    }
}
