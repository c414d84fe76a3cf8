import Glibc
import TestSupport
import Testing

/// A network that lets port 443 through, and no other.
@Suite("only port 443 is open", .serialized, .enabled(if: geteuid() == 0, "port 443 needs root")) struct WebPortTests {
    /// A gateway that is configured, and a cloud whose usual port drops all packets.
    private func ready(_ name: String, _ kind: StandInCloud.Kind) throws -> (cloud: StandInCloud, gateway: Gateway) {
        let (cloud, gateway) = (try StandInCloud(kind, hasWebPort: true), try Gateway())
        try gateway.configure(name, for: cloud)
        try gateway.certify(for: cloud)
        try cloud.misbehave("filtered")
        return (cloud, gateway)
    }

    @Test("for AWS connect and doctor name the setting, and with it the device is connected through that port")
    func amazon() throws {
        let (cloud, gateway) = try ready("aws", .aws)
        let command = "sudo tedge config set aws.mqtt \(cloud.address):443"
        let connect = try gateway.tedge("connect", "aws", "--timeout", "2")
        #expect(connect.status == 4)
        #expect(connect.errors.contains("Cause: \(cloud.address) does not answer on port 8883.\n"), "\(connect.errors)")
        #expect(connect.errors.contains("; port 443 of \(cloud.address) is open\n"))
        #expect(connect.errors.contains("'\(command)', then 'sudo tedge reconnect aws'"))
        let doctor = try gateway.tedge("doctor", "aws", "--only", "tcp", "--json")
        #expect(doctor.output.contains(#""reason":"packets-dropped""#) && doctor.output.contains(command))

        try gateway.tedge("config", "set", "aws.mqtt", "\(cloud.address):443").expectSuccess()
        let reconnect = try gateway.tedge("reconnect", "aws")
        #expect(reconnect.status == 0, "\(reconnect.errors)")
        #expect(gateway.text("mosquitto-conf/aws-bridge.conf")?.contains("\nbridge_alpn x-amzn-mqtt-ca\n") == true)
        let healthy = try gateway.tedge("doctor", "aws")
        #expect(healthy.status == 0 && !healthy.output.contains("warning"), "\(healthy.output)")
        #expect(healthy.output.contains("client-certificate: the TLS handshake accepts it"))
        // So does bootstrap, which registers the device again.
        let again = try gateway.tedge(
            "bootstrap", "aws", "--register", "self-signed", "--re-register", "--no-wait", "--json")
        #expect(again.output.contains("registration-pending"), "\(again)")
        #expect(try !cloud.show().contains("does not name the protocol"))
        // The bridge, the test and each probe of the doctor named the protocol.
        #expect(try gateway.tedge("connect", "aws", "--test").status == 0)
        #expect(try cloud.show().contains(#""refused": []"#))
    }

    @Test("for Azure both say plainly that mosquitto cannot use it")
    func azure() throws {
        let (cloud, gateway) = try ready("az", .azure)
        let connect = try gateway.tedge("connect", "az", "--timeout", "2")
        let limit = "On port 443, Azure takes MQTT over WebSocket alone, which mosquitto's bridge cannot use."
        #expect(connect.status == 4 && connect.errors.contains(limit), "\(connect.errors)")
        #expect(!connect.errors.contains("config set"))
        #expect(try gateway.tedge("doctor", "az", "--only", "tcp").output.contains(limit))
        #expect(try cloud.show().contains("filtered"))
    }
}

/// A device or its certificate that was removed in the tenant.
@Suite("removed in the tenant", .serialized) struct RemovedInTenantTests {
    @Test(
        "a deleted device, a removed certificate and another tenant are told apart, and the first is registered again")
    func apart() throws {
        let (cloud, gateway) = (try StandInCloud(), try Gateway())
        try gateway.configure(for: cloud)
        try gateway.certify(for: cloud)
        #expect(try gateway.tedge("connect", "c8y").status == 0)
        let healthy = try gateway.tedge("doctor", "c8y")
        #expect(healthy.output.contains("ok       device-registered: gateway-1\n"), "\(healthy.output)")

        try cloud.command("forget")
        let gone = try gateway.tedge("doctor", "c8y")
        #expect(gone.status == 1)
        #expect(
            gone.output.contains(
                "error    device-registered: Cumulocity trusts the certificate of 'gateway-1' and has no such device: it was "
                    + "deleted there, or never registered.\n"), "\(gone.output)")
        #expect(gone.output.contains("'sudo tedge reconnect c8y' to register it again"))
        #expect(try gateway.tedge("doctor", "c8y", "--json").output.contains(#""reason":"device-gone""#))
        #expect(try gateway.tedge("reconnect", "c8y").status == 0)
        #expect(try gateway.tedge("doctor", "c8y").output.contains("ok       device-registered: gateway-1\n"))

        try cloud.command("untrust", gateway.path("device-certs/tedge-certificate.pem"))
        let refused = try gateway.tedge("doctor", "c8y", "--json").output
        #expect(refused.contains(#""reason":"device-certificate-not-trusted""#))
        #expect(!refused.contains("device-gone") && refused.contains("tedge cert upload c8y"))
    }
}

/// `--durable` on a gateway whose services are not systemd's.
@Suite("durable bridges") struct DurableTests {
    @Test("connect --durable is announced, kept by reconnect, shown by a dry run, and ends with disconnect")
    func life() throws {
        let (cloud, gateway) = (try StandInCloud(), try Gateway())
        try gateway.configure(for: cloud)
        try gateway.certify(for: cloud)
        let file = "mosquitto-conf/tedge-durable.conf"
        let rehearsal = try gateway.tedge("connect", "c8y", "--durable", "--dry-run")
        #expect(rehearsal.status == 0 && rehearsal.output.contains("tedge-durable.conf"), "\(rehearsal.output)")
        #expect(gateway.text(file) == nil)

        let connect = try gateway.tedge("connect", "c8y", "--durable")
        #expect(connect.status == 0, "\(connect.errors)")
        #expect(try connect.output == page("connect").output)
        #expect(connect.errors.contains("To keep messages, mosquitto as a whole gets these settings"))
        #expect(gateway.text(file)?.contains("\nmax_queued_messages 100000\n") == true)
        #expect(gateway.text("mosquitto-conf/c8y-bridge.conf")?.contains("\nrestart_timeout 5 600 300\n") == true)
        let again = try gateway.tedge("connect", "c8y", "--durable", "--if-needed", "--json")
        #expect(again.status == 0 && again.output.contains(#""changed":false"#), "\(again)")
        #expect(try gateway.tedge("reconnect", "c8y").status == 0)
        #expect(gateway.text(file) != nil)
        #expect(try gateway.tedge("disconnect", "c8y").status == 0)
        #expect(gateway.text(file) == nil)
    }
}
