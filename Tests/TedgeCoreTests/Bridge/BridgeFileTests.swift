import TestSupport
import Testing

@testable import TedgeCore

/// The files that mosquitto reads, each compared with its golden text.
@Suite struct BridgeFileTests {
    static let bridges: [(name: String, cloud: CloudName, profile: String?, lines: String)] = [
        ("bridge-c8y", .c8y, nil, ""),
        (
            "bridge-c8y-options", .c8y, nil,
            """
            c8y.mqtt = 'mqtt.example.com:1234'
            c8y.root_cert_path = '/etc/tedge/roots.pem'
            c8y.device.key_path = '/etc/tedge/c8y key.pem'
            c8y.bridge.topic_prefix = 'cumulocity'
            c8y.bridge.keepalive_interval = '2m'
            c8y.bridge.include.local_cleansession = false
            c8y.smartrest.templates = ['one', 'two']
            c8y.smartrest1.templates = ['old']
            c8y.mqtt_service.enabled = true
            c8y.mqtt_service.topics = ['incoming/topic', 'other/#']
            mqtt.topic_root = 'root'
            mqtt.device_topic_id = 'factory/gateway/line/1'
            """
        ),
        (
            "bridge-c8y-profile", .c8y, "second",
            "c8y.profiles.second = { url = 'second.example.com', bridge.topic_prefix = 'c8y-second' }\n"
        ),
        ("bridge-az", .az, nil, ""),
        ("bridge-aws", .aws, nil, ""),
    ]

    @Test("the bridge file", arguments: bridges)
    func bridge(_ name: String, _ cloud: CloudName, _ profile: String?, _ lines: String) throws {
        let text = MosquittoRenderer.text(of: try BridgeFixture.bridge(lines, cloud: cloud, profile: profile))
        #expect(text == (try golden(name, recording: text)))
    }

    @Test("an IPv6 address goes without its brackets, which mosquitto takes for a part of the name")
    func address() throws {
        let text = MosquittoRenderer.text(of: try BridgeFixture.bridge("c8y.mqtt = '[2001:db8::1]:8883'\n"))
        #expect(text.contains("\naddress 2001:db8::1:8883\n"))
    }

    static let listeners = [
        ("listener", ""),
        ("listener-port", "mqtt.bind = { address = '0.0.0.0', port = 1884 }\n"),
        ("listener-external", "mqtt.external.bind.port = 8884\n"),
        (
            "listener-external-tls",
            """
            mqtt.external.bind = { port = 8883, address = '10.0.0.1', interface = 'wlan0' }
            mqtt.external.ca_path = '/etc/ssl/certs'
            mqtt.external.cert_file = '/etc/tedge/local.pem'
            mqtt.external.key_file = '/etc/tedge/local.key'
            """
        ),
    ]

    @Test("the file with the listeners", arguments: listeners)
    func listener(_ name: String, _ lines: String) throws {
        let listeners = try #require(try ListenerConfiguration.from(try SettingsWorld(lines).load()))
        let text = MosquittoRenderer.text(of: listeners)
        #expect(text == (try golden(name, recording: text)))
    }

    @Test("there is no listener file where the settings want none")
    func noListeners() throws {
        let settings = try SettingsWorld("mqtt.bind.enabled = false\nmqtt.external.bind.port = 1\n").load()
        #expect(try ListenerConfiguration.from(settings) == nil)
    }

    @Test("a value for a listener that begins or ends with a blank is refused with its key", arguments: [" x", "x "])
    func blankAtTheEnd(_ value: String) throws {
        let settings = try SettingsWorld("mqtt.external.bind = { port = 1, interface = '\(value)' }\n").load()
        #expect(
            throws: BridgeError.unusableValue(
                key: "mqtt.external.bind.interface", value: value, reason: "it begins or ends with a blank")
        ) { try ListenerConfiguration.from(settings) }
    }

    @Test("the names of the files tell clouds and profiles apart")
    func paths() throws {
        let plain = BridgePaths(in: "/etc/tedge", .c8y, nil)
        #expect(plain.listeners == "/etc/tedge/mosquitto-conf/tedge-mosquitto.conf")
        #expect(plain.bridge == "/etc/tedge/mosquitto-conf/c8y-bridge.conf")
        let profile = BridgePaths(in: "/x", .az, try ProfileName(parsing: "second"))
        #expect(profile.bridge == "/x/mosquitto-conf/az@second-bridge.conf")
        #expect(profile.listeners == "/x/mosquitto-conf/tedge-mosquitto.conf")
    }
}
