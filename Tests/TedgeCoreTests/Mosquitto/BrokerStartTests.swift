import Foundation
import MQTT
import TestSupport
import Testing

@testable import TedgeCore

/// Why a mosquitto that was restarted does not answer.
@Suite struct BrokerStartTests {
    private let place = MQTTError.Endpoint(host: "127.0.0.1", port: 1884)

    @Test(
        "a client port other than that of the listener is reported with both settings, if it is unknown what mosquitto reads"
    )
    func otherPort() throws {
        let fixture = try Fixture.ready("mqtt.client.port = 1884\n")
        try fixture.files.remove(fixture.directory.file("mosquitto.conf"))
        fixture.broker.failToStart(.cannotConnect(place, errno: ECONNREFUSED))
        let report = fixture.connect()
        #expect(report.status == 1 && report.reason == "mosquitto-not-answering")
        #expect(
            fixture.errors.contains(
                "1: mosquitto listens on port 1883 ('mqtt.bind.port'), and the programs of this device look for it on port 1884 "
                    + "('mqtt.client.port').\n"))
    }

    @Test("a name server that leaves mosquitto waiting for an address is reported")
    func nameServer() throws {
        var fixture = try Fixture.ready()
        let nameServer = SilentNameServer()
        defer { nameServer.end() }
        fixture.resolver = nameServer.resolver
        fixture.broker.failToStart(.cannotConnect(place, errno: ECONNREFUSED))
        #expect(fixture.connect().status == 1)
        #expect(
            fixture.errors.contains(
                "1: mosquitto waits for the address of example.cumulocity.com, and the name server does not answer."))
        fixture.resolver = { _ in .failure(.init(reason: "unknown")) }
        fixture.printed.forget()
        #expect(fixture.connect().status == 1)
        #expect(fixture.errors.contains("1: Cannot connect to the MQTT broker at 127.0.0.1:1884: Connection refused"))
    }
}
