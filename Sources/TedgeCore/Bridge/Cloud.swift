/// What makes one cloud different from another: a row of a table.
struct Cloud: Sendable {
    /// The short name in commands, files and topics.
    let name: CloudName
    /// The name in messages.
    var displayName: String { name.productName }
    /// The client id of the bridge on the device's own broker.
    let localClientID: String
    /// Whether the cloud's broker forgets the session when the bridge disconnects.
    let cleanSession: Bool
    /// Whether mosquitto may be told to keep the session on the local side.
    let hasLocalCleanSession: Bool
    /// The protocol (ALPN) with which the cloud takes MQTT over TLS on port 443; nil if it does not.
    let protocolOnWebPort: String?
    /// The user name that the cloud's broker needs besides the certificate, from the host and the device id.
    let remoteUserName: @Sendable (_ host: String, _ deviceID: String) -> String?
    /// The topics of the bridge.
    let topics: @Sendable (_ values: TopicValues) -> [BridgeTopic]
    /// How the connection is checked.
    let check: CheckProtocol

    /// The setting with the host and port of the cloud's MQTT broker.
    var endpointSetting: String { "mqtt" }

    /// The port of HTTPS, which networks leave open if they close all others.
    static let webPort: UInt16 = 443

    /// The protocol (ALPN) that a connection to an address names; nil if none is needed.
    func alpn(for endpoint: HostPort) -> String? { endpoint.port == Self.webPort ? protocolOnWebPort : nil }

    /// What topics depend on.
    struct TopicValues: Sendable {
        /// The topic prefix on the device.
        var prefix: String
        /// The device id.
        var deviceID: String
        /// Templates of SmartREST 2.0 and 1.0.
        var templates: [String] = []
        var firstTemplates: [String] = []
        /// The topics of Cumulocity's MQTT service, nil if that is not used.
        var serviceTopics: [String]?
        /// Whether the device has a certificate, and not a password.
        var usesCertificate = true
    }

    /// The row of a cloud.
    static func named(_ name: CloudName) -> Cloud {
        switch name {
        case .c8y: .cumulocity
        case .az: .azure
        case .aws: .amazon
        }
    }
}

/// Which messages prove a connection.
enum CheckProtocol: Sendable {
    /// SmartREST: message 100 or a request for a token, answered with 41 or 71.
    case smartREST
    /// The device twin of Azure IoT Hub, answered with status 200.
    case deviceTwin
    /// A message that the policy of AWS IoT reflects.
    case reflection
}

extension Cloud {
    static let azure = Cloud(
        name: .az, localClientID: "Azure", cleanSession: false, hasLocalCleanSession: false, protocolOnWebPort: nil,
        remoteUserName: { host, deviceID in "\(host)/\(deviceID)/?api-version=2018-06-30" },
        topics: { values in
            let events = "devices/\(values.deviceID)/"
            let local = "\(values.prefix)/"
            return [
                BridgeTopic("messages/events/#", .out, 1, local: local, remote: events),
                BridgeTopic("messages/devicebound/#", .in, 1, local: local, remote: events),
                BridgeTopic("methods/POST/#", .in, 1, local: local, remote: "$iothub/"),
                BridgeTopic("methods/res/#", .out, 1, local: local, remote: "$iothub/"),
                BridgeTopic("twin/res/#", .in, 1, local: local, remote: "$iothub/"),
                BridgeTopic("twin/GET/#", .out, 1, local: local, remote: "$iothub/"),
                BridgeTopic("twin/PATCH/#", .out, 1, local: local, remote: "$iothub/"),
            ]
        }, check: .deviceTwin)

    static let amazon = Cloud(
        // AWS IoT Core, "Device communication protocols": this name means a client certificate.
        name: .aws, localClientID: "Aws", cleanSession: false, hasLocalCleanSession: false,
        protocolOnWebPort: "x-amzn-mqtt-ca",
        remoteUserName: { _, deviceID in deviceID },
        topics: { values in
            let own = "thinedge/\(values.deviceID)/"
            let test = "thinedge/devices/\(values.deviceID)/test-connection"
            let local = "\(values.prefix)/"
            return [
                BridgeTopic("td/#", .out, 1, local: local, remote: own),
                BridgeTopic("cmd/#", .in, 1, local: local, remote: own),
                BridgeTopic("shadow/#", .both, 1, local: local, remote: "$aws/things/\(values.deviceID)/"),
                BridgeTopic("", .out, 1, local: "\(values.prefix)/test-connection", remote: test),
                BridgeTopic("", .in, 1, local: "\(values.prefix)/connection-success", remote: test),
            ]
        }, check: .reflection)

    static let cumulocity = Cloud(
        name: .c8y, localClientID: "Cumulocity", cleanSession: true,
        hasLocalCleanSession: true, protocolOnWebPort: nil,
        remoteUserName: { _, _ in nil }, topics: cumulocityTopics, check: .smartREST)
}
