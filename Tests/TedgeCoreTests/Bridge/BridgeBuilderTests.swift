import Testing

@testable import TedgeCore

@Suite struct BridgeBuilderTests {
    @Test("the root certificates are a directory if the path is one, else a file")
    func roots() throws {
        #expect(try BridgeFixture.bridge().trustRoots == .directory("/etc/ssl/certs"))
        let file = try BridgeFixture.builder("c8y.root_cert_path = '/r.pem'\n").bridge { "2.0.11" }
        #expect(file.trustRoots == .file("/r.pem"))
        let directory = try BridgeFixture.builder("c8y.root_cert_path = '/r'\n", directories: ["/r"]).bridge {
            "2.0.11"
        }
        #expect(directory.trustRoots == .directory("/r"))
    }

    @Test("the endpoint of Cumulocity is its own setting, or the address with port 8883")
    func endpoint() throws {
        #expect(try BridgeFixture.builder().endpoint().description == "example.cumulocity.com:8883")
        let other = try BridgeFixture.builder("c8y.mqtt = 'mqtt.example.com:1'\n").endpoint()
        #expect(other.description == "mqtt.example.com:1")
        #expect(try BridgeFixture.builder(cloud: .az).endpoint().description == "hub.azure-devices.net:8883")
    }

    @Test("without an address the missing setting is named", arguments: CloudName.allCases)
    func noAddress(_ cloud: CloudName) throws {
        let settings = try SettingsFixture().load().cloud(cloud)
        let builder = BridgeBuilder(cloud: .named(cloud), settings: settings, isDirectory: { _ in false })
        #expect(throws: SettingsError.missing("\(cloud.rawValue).url")) { try builder.endpoint() }
    }

    @Test("without a device id the missing setting is named")
    func noDeviceID() throws {
        let settings = try SettingsFixture("c8y.url = 'a.b'\n").load().cloud(.c8y)
        let builder = BridgeBuilder(cloud: .cumulocity, settings: settings, isDirectory: { _ in false })
        #expect(throws: SettingsError.missing("device.id")) { try builder.bridge { "2.0.11" } }
    }

    static let sessions: [(setting: String, version: Int?, expected: Bool?)] = [
        ("true", nil, false), ("true", 1, false), ("false", 2, nil), ("'auto'", 2, false), ("'auto'", 3, false),
        ("'auto'", 1, nil), ("'auto'", nil, nil),
    ]

    @Test("mosquitto keeps the local session if the setting or its version says so", arguments: sessions)
    func localSession(_ setting: String, _ version: Int?, _ expected: Bool?) throws {
        let builder = try BridgeFixture.builder("c8y.bridge.include.local_cleansession = \(setting)\n")
        #expect(try builder.bridge { version.map { "\($0).0.9" } }.localCleanSession == expected)
    }

    @Test("the version of mosquitto is asked only if a setting depends on it")
    func versionIsNotNeeded() throws {
        var asked = 0
        let count = { () -> String? in
            asked += 1
            return "2.0.11"
        }
        _ = try BridgeFixture.builder("c8y.bridge.include.local_cleansession = true\n").bridge(
            mosquittoVersion: count)
        _ = try BridgeFixture.builder(cloud: .aws).bridge(mosquittoVersion: count)
        #expect(asked == 0)
        _ = try BridgeFixture.builder().bridge(mosquittoVersion: count)
        #expect(asked == 1)
    }

    @Test("the keep-alive interval is one that MQTT and mosquitto allow", arguments: ["5s", "65535s"])
    func keepAlive(_ interval: String) throws {
        let bridge = try BridgeFixture.bridge("c8y.bridge.keepalive_interval = '\(interval)'\n")
        #expect("\(bridge.keepAlive)s" == interval)
    }

    @Test("an interval that is too short or too long is refused", arguments: ["4s", "65536s", "0"])
    func keepAliveRefused(_ interval: String) throws {
        let error = try #require(throws: BridgeError.self) {
            try BridgeFixture.bridge("c8y.bridge.keepalive_interval = '\(interval)'\n")
        }
        #expect(error.id == "setting-unusable")
        #expect(error.causes.first?.contains("'c8y.bridge.keepalive_interval'") == true)
        #expect(error.causes.first?.hasSuffix("it must be between 5 and 65535 seconds") == true)
    }

    @Test(
        "a template that would be more than one word is refused",
        arguments: ["a b", "a\\\"b", "a \u{301}b", "\\\"\u{301}"])
    func templates(_ name: String) throws {
        let error = try #require(throws: BridgeError.self) {
            try BridgeFixture.bridge("c8y.smartrest.templates = [\"\(name)\"]\n")
        }
        #expect(error.causes.first?.hasSuffix("it holds a blank or a quote") == true)
    }

    @Test("an empty template is refused")
    func emptyTemplate() throws {
        #expect(throws: BridgeError.unusableValue(key: "c8y.smartrest1.templates", value: "", reason: "it is empty")) {
            try BridgeFixture.bridge("c8y.smartrest1.templates = ['']\n")
        }
    }

    static let ids = ["a/b", "a b", "a+b", "a#b", "a\"b", "a/\u{301}b", "a#\u{301}"]

    @Test("an id that would be more than one level of a topic is refused by Azure and AWS", arguments: ids)
    func levels(_ id: String) throws {
        for cloud in [CloudName.az, .aws] {
            let error = try #require(throws: BridgeError.self) { try BridgeFixture.bridge(cloud: cloud, id: id) }
            #expect(error.hint == "Run 'tedge config set device.id <value>' to correct it.")
            #expect(error.causes.last == "'\(id)'")
        }
    }

    @Test("Cumulocity allows blanks in an id, because it is the rest of its line")
    func idWithBlank() throws {
        #expect(try BridgeFixture.bridge(id: "a b/c").remoteClientID == "a b/c")
    }

    @Test("a path with a blank at an end is refused under the key of the profile")
    func blankAtTheEnd() throws {
        let lines = "c8y.profiles.p = { url = 'a.b', device.key_path = '/k ' }\n"
        #expect(
            throws: BridgeError.unusableValue(
                key: "c8y.profiles.p.device.key_path", value: "/k ", reason: "it begins or ends with a blank")
        ) { try BridgeFixture.bridge(lines, profile: "p") }
    }

    @Test("errors say what the person can do instead")
    func errors() {
        let unsupported = BridgeError.unsupported(key: "k", value: "v", instead: "Do this.")
        #expect(unsupported.id == "setting-unsupported")
        #expect(unsupported.causes == ["'k' is 'v', which this program cannot do."])
        #expect(unsupported.hint == "Do this.")
        let second = BridgeError.builtInBridge(path: "/f")
        #expect(second.id == "built-in-bridge")
        #expect(second.causes.first?.contains("in /f:") == true)
        #expect(second.hint?.contains("tedge config unset mqtt.bridge.built_in") == true)
    }

    @Test("AWS is reached on port 443 by the name of a protocol; the others, and other ports, need none")
    func webPort() throws {
        let web = try BridgeFixture.bridge("aws.mqtt = 'abc.iot.eu-central-1.amazonaws.com:443'\n", cloud: .aws)
        #expect(web.alpn == "x-amzn-mqtt-ca" && web.address.port == 443)
        #expect(MosquittoRenderer.text(of: web).contains("\nbridge_alpn x-amzn-mqtt-ca\n"))
        #expect(try BridgeFixture.bridge(cloud: .aws).alpn == nil)
        #expect(try BridgeFixture.bridge("az.mqtt = 'gateway:443'\n", cloud: .az).alpn == nil)
        #expect(try BridgeFixture.bridge("c8y.mqtt = 'example.cumulocity.com:443'\n").alpn == nil)
    }

    @Test("a mosquitto without bridge_alpn is told before anything is changed")
    func noALPN() throws {
        let builder = try BridgeFixture.builder("aws.mqtt = 'abc:443'\n", cloud: .aws)
        let error = try #require(throws: BridgeError.self) { try builder.bridge { "1.5.7" } }
        #expect(error.id == "setting-unsupported")
        #expect(error.causes[0].hasPrefix("'aws.mqtt' is 'abc:443', which needs mosquitto 1.6 or later"))
        #expect(error.hint?.contains("tedge config unset aws.mqtt") == true)
        for version in ["1.6.0", "2.0.11", "2.1.2"] { #expect(try builder.bridge { version }.alpn != nil) }
        // It is unknown, and mosquitto itself will say so.
        #expect(try builder.bridge { nil }.alpn != nil)
    }

    @Test("the user name for Azure has the host of the hub, also through a gateway")
    func gateway() throws {
        let bridge = try BridgeFixture.bridge("az.mqtt = 'gateway.example.com:8884'\n", cloud: .az)
        #expect(bridge.address.description == "gateway.example.com:8884")
        #expect(bridge.remoteUserName?.hasPrefix("hub.azure-devices.net/gateway-1/") == true)
    }

    static let durableSessions: [(version: String?, local: String, clean: Bool, localClean: Bool?)] = [
        ("2.0.21", "auto", true, false), ("2.1.2", "auto", true, false), ("2.0.15", "auto", true, false),
        ("2.0.11", "auto", false, false), ("1.6.9", "auto", false, nil), (nil, "auto", false, nil),
        ("2.0.21", "false", false, nil),
    ]

    @Test("a durable bridge keeps the session on the side that mosquitto saves", arguments: durableSessions)
    func durable(_ version: String?, _ local: String, _ clean: Bool, _ localClean: Bool?) throws {
        let lines = "c8y.bridge = { durable = true, include.local_cleansession = '\(local)' }\n"
        let bridge = try BridgeFixture.bridge(
            lines.replacing("'false'", with: "false"), mosquitto: version)
        #expect(bridge.cleanSession == clean && bridge.localCleanSession == localClean)
    }

    static let backOffs: [(lines: String, expected: String?)] = [
        ("", nil), ("c8y.bridge.durable = true\n", "5 600 300"),
        ("mqtt.bridge.reconnect_policy.maximum_interval = '1m'\n", "5 60 300"),
        ("mqtt.bridge.reconnect_policy = { initial_interval = '30s', maximum_interval = '10s' }\n", "30 30 300"),
        ("mqtt.bridge.reconnect_policy = { initial_interval = '0s', reset_window = '0s' }\n", "1 600 0"),
        ("mqtt.bridge.reconnect_policy = { initial_interval = '2h', maximum_interval = '3h' }\n", "3600 7200 300"),
    ]

    @Test("the waits between attempts are those of the settings, within what mosquitto takes", arguments: backOffs)
    func backOff(_ lines: String, _ expected: String?) throws {
        let bridge = try BridgeFixture.bridge(lines)
        #expect(bridge.backOff?.text == expected)
        let line = expected.map { "\nrestart_timeout \($0)\n" } ?? "restart_timeout"
        #expect(MosquittoRenderer.text(of: bridge).contains(line) == (expected != nil))
    }
}
