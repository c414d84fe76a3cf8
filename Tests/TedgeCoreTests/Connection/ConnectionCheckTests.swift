import Glibc
import MQTT
import Testing

@testable import TedgeCore

@Suite struct ConnectionCheckTests {
    static let topic = Fixture.health
    static let endpoint = MQTTError.Endpoint(host: "127.0.0.1", port: 1883)
    static let first = "Try 1 / 2: Sending a message to Cumulocity. "
    static let second = "Try 2 / 2: Sending a message to Cumulocity. "
    static let success = "Received expected response message, connection check is successful.\n"
    static let unanswered =
        "... No response. If the device is new, it's normal to get no response in the first try.\n"

    private func fixture() throws -> Fixture {
        let fixture = try Fixture.ready()
        return fixture
    }

    private func check(_ fixture: Fixture, for purpose: CloudConversation.Purpose = .connection) throws {
        let values = try fixture.plan().checkValues(limit: .seconds(10), files: fixture.files)
        try ConnectionCheck(values: values, purpose: purpose, context: fixture.context).run()
    }

    @Test("the answer in the first try proves the connection, over one connection to the broker")
    func proven() throws {
        let fixture = try fixture()
        try check(fixture)
        #expect(fixture.output == Self.first + Self.success)
        #expect(fixture.broker.published == ["c8y/s/uat ", "c8y/s/us 100,gateway-1,thin-edge.io"])
        #expect(fixture.broker.subscriptions == [["c8y/s/e", "c8y/s/dat", Self.topic]])
        #expect(fixture.broker.disconnects == 1)
        #expect(fixture.broker.connections.first?.clientID.hasPrefix("check_connection_c8y-") == true)
    }

    @Test("a test asks for nothing that could create the device in the cloud")
    func harmless() throws {
        let fixture = try fixture()
        try check(fixture, for: .test)
        #expect(fixture.output == Self.first + Self.success)
        #expect(fixture.broker.published == ["c8y/s/uat "])
    }

    @Test("an answer in the second try proves it as well")
    func secondTry() throws {
        let fixture = try fixture()
        fixture.broker.failToConnect(.cannotConnect(Self.endpoint, errno: ECONNREFUSED))
        try check(fixture)
        #expect(fixture.output == Self.first + Self.unanswered + Self.second + Self.success)
        #expect(fixture.broker.connections.count == 2)
    }

    @Test("nothing is asked while the bridge is down, and asked when it is up")
    func waitsForBridge() throws {
        let fixture = try Fixture()
        try fixture.configure()
        try fixture.makePair()
        fixture.broker.answerAsCloud()
        fixture.broker.retain(Self.topic, "0")
        #expect(throws: CheckFailure.bridgeDown) { try check(fixture) }
        #expect(fixture.broker.published.isEmpty)
        fixture.broker.retain(Self.topic, "1")
        try check(fixture)
        #expect(fixture.broker.published.count == 2)
    }

    @Test("a bridge of which mosquitto says nothing is unknown")
    func unknown() throws {
        let fixture = try Fixture()
        try fixture.configure()
        try fixture.makePair()
        fixture.broker.answerAsCloud()
        #expect(throws: CheckFailure.bridgeUnknown) { try check(fixture) }
        #expect(fixture.output == Self.first + Self.unanswered + Self.second + "... No response.\n")
        #expect(fixture.broker.published.isEmpty)
    }

    @Test("a cloud that is silent is asked again on the same connection")
    func silence() throws {
        let fixture = try fixture()
        fixture.broker.onMessage { _, _ in [message("c8y/s/e", "40,x")] }
        #expect(throws: CheckFailure.silence) { try check(fixture) }
        #expect(fixture.broker.published.count == 4)
        #expect(fixture.broker.connections.count == 1)
    }

    @Test("the tenant that is configured may answer, another one may not")
    func tenants() throws {
        let fixture = try fixture()
        fixture.broker.answerAsCloud(tenant: "Example.Cumulocity.com")
        try check(fixture)
        fixture.broker.answerAsCloud(tenant: "other.cumulocity.com")
        #expect(
            throws: CheckFailure.otherTenant(expected: ["example.cumulocity.com"], answered: "other.cumulocity.com")
        ) { try check(fixture) }
    }

    @Test("a tenant has all the hosts that are configured")
    func hosts() throws {
        let fixture = try Fixture.ready("c8y.mqtt = 'MQTT.example.com:1'\nc8y.http = 'http.example.com'\n")
        let values = try fixture.plan().checkValues(limit: .seconds(1), files: fixture.files)
        #expect(values.hosts == ["mqtt.example.com", "example.cumulocity.com", "http.example.com"])
        for host in values.hosts {
            fixture.broker.answerAsCloud(tenant: host)
            try check(fixture)
        }
    }

    @Test("a broker that does not answer is reported with its error")
    func broker() throws {
        let fixture = try fixture()
        let refusal = MQTTError.refused(Self.endpoint, .notAuthorised)
        fixture.broker.failToConnect(.silent(Self.endpoint), refusal)
        #expect(throws: CheckFailure.broker(refusal)) { try check(fixture) }
    }

    @Test("a signal ends the check, and there is no second try")
    func signal() throws {
        let fixture = try fixture()
        fixture.signal.send(SIGINT)
        fixture.broker.failToConnect(.interrupted)
        #expect(throws: CheckFailure.interrupted(Interrupted(signal: SIGINT))) { try check(fixture) }
        #expect(fixture.output == Self.first)
        #expect(fixture.broker.connections.count == 1)
    }

    @Test("the local broker is reached as the settings say")
    func options() throws {
        let fixture = try Fixture.ready(
            """
            mqtt.client.host = 'broker.example.com'
            mqtt.client.port = 8883
            mqtt.client.auth.ca_file = '/ca.pem'
            mqtt.client.auth.cert_file = '/c.pem'
            mqtt.client.auth.key_file = '/k.pem'
            """)
        try check(fixture)
        let options = try #require(fixture.broker.connections.first)
        #expect(options.host == "broker.example.com")
        #expect(options.port == 8883)
        #expect(options.tls == MQTTTLS(caFile: "/ca.pem", certificateFile: "/c.pem", keyFile: "/k.pem"))
        #expect(options.username == nil)
    }

    @Test("the password of the local broker is the first line of its file")
    func password() throws {
        let fixture = try Fixture.ready("mqtt.client.auth.username = 'me'\n")
        let file = try fixture.directory.write("secret word\r\nmore\n", to: "password")
        try fixture.configure("mqtt.client.auth = { username = 'me', password_file = '\(file)' }\n")
        try check(fixture)
        let options = try #require(fixture.broker.connections.first)
        #expect(options.username == "me")
        #expect(options.password == Array("secret word".utf8))
        #expect(options.tls == nil)
    }
}
