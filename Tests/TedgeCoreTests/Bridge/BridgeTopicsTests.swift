import Testing

@testable import TedgeCore

@Suite struct BridgeTopicsTests {
    @Test("each SmartREST 2.0 template has a topic to the cloud and one from it")
    func templates() throws {
        let more = try BridgeFixture.topics("c8y.smartrest.templates = ['one']\n")
        let usual = try BridgeFixture.topics()
        #expect(
            more.filter { !usual.contains($0) } == ["topic s/uc/one out 1 c8y/ \"\"", "topic s/dc/one in 1 c8y/ \"\""])
        #expect(usual.allSatisfy(more.contains))
    }

    @Test("SmartREST 1.0 templates add the topics of that protocol, once")
    func firstTemplates() throws {
        let usual = try BridgeFixture.topics()
        let more = try BridgeFixture.topics("c8y.smartrest1.templates = ['x', 'y']\n").filter { !usual.contains($0) }
        #expect(
            more
                == [
                    "s/ul/# out", "t/ul/# out", "q/ul/# out", "c/ul/# out", "s/dl in", "s/ul/x out", "s/dl/x in",
                    "s/ol/x in", "s/ul/y out", "s/dl/y in", "s/ol/y in",
                ].map { "topic \($0) 1 c8y/ \"\"" })
    }

    @Test("topics of the MQTT service are forwarded only if it is enabled")
    func service() throws {
        let topics = "c8y.mqtt_service.topics = ['a/b']\n"
        let usual = try BridgeFixture.topics()
        #expect(try BridgeFixture.topics(topics) == usual)
        let more = try BridgeFixture.topics(topics + "c8y.mqtt_service.enabled = true\n")
        #expect(
            more.filter { !usual.contains($0) } == [
                "topic # out 1 c8y/mqtt/out/ \"\"", "topic a/b in 1 c8y/mqtt/in/ \"\"",
            ])
    }

    @Test("no topic is forwarded twice in the same direction", arguments: CloudName.allCases)
    func unique(_ cloud: CloudName) throws {
        let lines = try BridgeFixture.topics(cloud: cloud)
        #expect(Set(lines).count == lines.count)
        #expect(!lines.isEmpty)
    }

    @Test("every local topic begins with the prefix, so that two clouds do not mix", arguments: CloudName.allCases)
    func prefix(_ cloud: CloudName) throws {
        let topics = try BridgeFixture.bridge("\(cloud.rawValue).bridge.topic_prefix = 'mine'\n", cloud: cloud).topics
        #expect(topics.allSatisfy { $0.localPrefix.hasPrefix("mine/") })
    }

    @Test("the user name is the one that the cloud's broker needs")
    func userNames() throws {
        #expect(try BridgeFixture.bridge().remoteUserName == nil)
        #expect(
            try BridgeFixture.bridge(cloud: .az).remoteUserName
                == "hub.azure-devices.net/gateway-1/?api-version=2018-06-30")
        #expect(try BridgeFixture.bridge(cloud: .aws).remoteUserName == "gateway-1")
    }

    @Test("a profile has its own names for the connection and the local client")
    func profileNames() throws {
        let bridge = try BridgeFixture.bridge("c8y.profiles.p.url = 'a.b'\n", profile: "p")
        #expect(bridge.connection == "edge_to_c8y@p")
        #expect(bridge.localClientID == "Cumulocity@p")
    }

    @Test("the health of the bridge is reported on a topic of the device in the settings")
    func healthTopic() throws {
        let lines = "mqtt.topic_root = 'r'\nmqtt.device_topic_id = 'factory/one/a/b'\nc8y.bridge.topic_prefix = 'p'\n"
        #expect(
            try BridgeFixture.builder(lines).healthTopic() == "r/factory/one/service/mosquitto-p-bridge/status/health")
    }
}
