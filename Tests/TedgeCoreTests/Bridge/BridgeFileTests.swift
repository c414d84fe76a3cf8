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
        (
            "bridge-c8y-templates", .c8y, nil,
            "c8y.smartrest.templates = ['one', 'two']\nc8y.smartrest1.templates = ['old']\n"
        ),
        (
            "bridge-c8y-service", .c8y, nil,
            "c8y.mqtt_service = { enabled = true, topics = ['incoming/topic', 'other/#'] }\n"
        ),
        ("bridge-c8y-clean-session", .c8y, nil, "c8y.bridge.include.local_cleansession = false\n"),
        (
            "bridge-c8y-identity", .c8y, nil,
            """
            c8y.device = { id = 'own-id', cert_path = '/etc/tedge/c8y.pem', key_path = '/etc/tedge/c8y.key' }
            """
        ),
        ("bridge-az", .az, nil, ""),
        ("bridge-az-options", .az, nil, options(of: "az")),
        ("bridge-aws", .aws, nil, ""),
        ("bridge-aws-options", .aws, nil, options(of: "aws")),
        ("bridge-aws-web-port", .aws, nil, "aws.mqtt = 'abc-ats.iot.eu-central-1.amazonaws.com:443'\n"),
        ("bridge-c8y-durable", .c8y, nil, "c8y.bridge.durable = true\n"),
        ("bridge-az-durable", .az, nil, "az.bridge.durable = true\n"),
    ]

    /// Every setting that changes a bridge of Azure or AWS.
    private static func options(of cloud: String) -> String {
        """
        \(cloud).root_cert_path = '/etc/tedge/roots.pem'
        \(cloud).device = { id = 'own-id', cert_path = '/etc/tedge/own.pem', key_path = '/etc/tedge/own.key' }
        \(cloud).bridge = { topic_prefix = 'hub', keepalive_interval = '2m' }
        mqtt.topic_root = 'root'
        mqtt.device_topic_id = 'factory/gateway/line/1'

        """
    }

    @Test("the bridge file of a device with a password")
    func credentials() throws {
        let directory = try TemporaryDirectory()
        try write("[c8y]\nusername = 't12345/gateway-1'\npassword = 'se cr#t\"'\n", to: directory.file("c.toml"))
        let credentials = try DeviceCredentials(contentsOf: directory.file("c.toml"), files: SystemFiles())
        let text = MosquittoRenderer.text(of: try BridgeFixture.bridge(credentials: credentials))
        #expect(text == (try golden("bridge-c8y-basic", recording: text)))
    }

    @Test(
        "the local session is kept from version 2 on, or as the setting says",
        arguments: [
            ("", 2, true), ("", 1, false), ("", nil, false), ("true", 1, true), ("false", 2, false), ("auto", 2, true),
        ] as [(String, Int?, Bool)])
    func localCleanSession(_ value: String, _ version: Int?, _ isThere: Bool) throws {
        let lines = value.isEmpty ? "" : "c8y.bridge.include.local_cleansession = '\(value)'\n"
        let text = MosquittoRenderer.text(
            of: try BridgeFixture.bridge(
                lines.replacing("'", with: value == "auto" ? "'" : ""), mosquitto: version.map { "\($0).0" }))
        #expect(text.contains("\nlocal_cleansession false\n") == isThere)
    }

    @Test("the MQTT service has its own port if no other is named")
    func servicePort() throws {
        let on = "c8y.mqtt_service.enabled = true\n"
        #expect(try BridgeFixture.bridge(on).address.port == 9883)
        #expect(
            try BridgeFixture.bridge(on + "c8y.mqtt = 'a.example.com'\n").address.description == "a.example.com:9883")
        #expect(try BridgeFixture.bridge(on + "c8y.mqtt = 'a.example.com:1234'\n").address.port == 1234)
        #expect(try BridgeFixture.bridge().address.port == 8883)
    }

    @Test("the bridge file", arguments: bridges)
    func bridge(_ name: String, _ cloud: CloudName, _ profile: String?, _ lines: String) throws {
        let text = MosquittoRenderer.text(of: try BridgeFixture.bridge(lines, cloud: cloud, profile: profile))
        #expect(text == (try golden(name, recording: text)))
    }

    @Test("an IPv6 address is written without its brackets, which mosquitto would take as a part of the name")
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
        let listeners = try #require(try ListenerConfiguration.from(try SettingsFixture(lines).load()))
        let text = MosquittoRenderer.text(of: listeners, .separate, MosquittoDialect(version: nil), without: [])
        #expect(text == (try golden(name, recording: text)))
    }

    @Test("there is no listener file if listeners are disabled")
    func noListeners() throws {
        let settings = try SettingsFixture("mqtt.bind.enabled = false\nmqtt.external.bind.port = 1\n").load()
        #expect(try ListenerConfiguration.from(settings) == nil)
    }

    @Test("a value for a listener that begins or ends with a blank is refused with its key", arguments: [" x", "x "])
    func blankAtTheEnd(_ value: String) throws {
        let settings = try SettingsFixture("mqtt.external.bind = { port = 1, interface = '\(value)' }\n").load()
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
