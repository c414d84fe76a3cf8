/// Builds a bridge from settings.
struct BridgeBuilder {
    let cloud: Cloud
    let settings: CloudSettings
    /// Whether a path is a directory.
    let isDirectory: (String) -> Bool
    /// Whether the bridge keeps messages whatever the setting says.
    var becomesDurable = false

    /// Whether the bridge keeps messages while the line is down and over restarts of mosquitto.
    func isDurable() throws -> Bool { try becomesDurable || settings.bool("bridge.durable") }

    /// The bridge. The version of mosquitto, such as `2.0.11`, is asked only if a setting depends on it. Throws
    /// `BridgeError.mosquittoTooOld` for a setting that it cannot follow.
    ///
    /// - Parameter credentials: User name and password, which replace the certificate.
    func bridge(
        credentials: DeviceCredentials? = nil, mosquittoVersion: () -> String?
    ) throws -> BridgeConfiguration {
        let endpoint = try self.endpoint()
        let alpn = cloud.alpn(for: endpoint)
        if alpn != nil { try refuseWithoutALPN(endpoint, mosquittoVersion()) }
        let sessions = try sessions(mosquittoVersion)
        let deviceID = try deviceID()
        let prefix = try topicPrefix()
        let suffix = settings.profile.map { "@\($0)" } ?? ""
        return BridgeConfiguration(
            connection: "edge_to_\(cloud.name.rawValue)\(suffix)", address: endpoint, trustRoots: try trustRoots(),
            alpn: alpn, remoteClientID: deviceID, localClientID: cloud.localClientID + suffix,
            remoteUserName: cloud.remoteUserName(try settings.string("url") ?? endpoint.host, deviceID),
            credentials: credentials,
            certificatePath: try path("device.cert_path"), keyPath: try path("device.key_path"),
            cleanSession: sessions.clean, localCleanSession: sessions.localClean,
            healthTopic: try healthTopic(), keepAlive: try keepAlive(),
            backOff: try BridgeBackOff(settings.settings, isWanted: isDurable()),
            topics: cloud.topics(
                try topicValues(prefix: prefix, deviceID: deviceID, usesCertificate: credentials == nil)))
    }

    /// The cloud's MQTT broker.
    func endpoint() throws -> HostPort {
        let endpoint = try settings.hostPort(cloud.endpointSetting)
        // The MQTT service of Cumulocity has a port of its own.
        guard cloud.check == .smartREST, endpoint.port == 8883, try settings.bool("mqtt_service.enabled") else {
            return endpoint
        }
        return try HostPort(parsing: "\(endpoint.host):9883", defaultPort: 9883)
    }

    /// The device id, which is also the client id in the cloud and part of topics.
    func deviceID() throws -> String {
        try MosquittoValue.line(try settings.required("device.id"), key: "device.id")
    }

    /// The local topic on which mosquitto says whether the bridge is up.
    func healthTopic() throws -> String {
        let root = try MosquittoValue.line(try settings.settings.required("mqtt.topic_root"), key: "mqtt.topic_root")
        let device = try settings.settings.required("mqtt.device_topic_id").utf8.split(
            separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
        let name = device.prefix(2).map { String(Substring($0)) }.joined(separator: "/")
        return try MosquittoValue.line(
            "\(root)/\(name)/service/mosquitto-\(try topicPrefix())-bridge/status/health", key: "mqtt.device_topic_id")
    }

    /// The prefix of the cloud's local topics, without a slash.
    func topicPrefix() throws -> String {
        try MosquittoValue.word(
            try settings.required("bridge.topic_prefix"), key: try settings.name("bridge.topic_prefix").text)
    }

    private func path(_ suffix: String) throws -> String {
        try MosquittoValue.line(try settings.path(suffix), key: try settings.name(suffix).text)
    }

    private func trustRoots() throws -> BridgeConfiguration.TrustRoots {
        let path = try path("root_cert_path")
        return isDirectory(path) ? .directory(path) : .file(path)
    }

    private func keepAlive() throws -> Int {
        // mosquitto.conf(5): at least 5 seconds; MQTT 3.1.1, 3.1.2.10: at most 65535.
        let seconds = try settings.duration("bridge.keepalive_interval").components.seconds
        guard (5...65535).contains(seconds) else {
            throw BridgeError.unusableValue(
                key: try settings.name("bridge.keepalive_interval").text, value: "\(seconds)s",
                reason: "it must be between 5 and 65535 seconds")
        }
        return Int(seconds)
    }

    /// mosquitto knows `bridge_alpn` since version 1.6 (its ChangeLog).
    private func refuseWithoutALPN(_ endpoint: HostPort, _ version: String?) throws {
        guard let version, MosquittoVersion.isOlder(version, than: (1, 6, 0)) else { return }
        throw BridgeError.mosquittoTooOld(
            key: try settings.name(cloud.endpointSetting).text, value: "\(endpoint)", version: version, needed: "1.6")
    }

    /// Whether the cloud's broker forgets the session, and whether mosquitto forgets its side of it; nil if it is not told.
    ///
    /// Cumulocity wants its side to be forgotten. Before 2.0.15 mosquitto then saves no messages of the bridge (its issue
    /// 2604), and so a durable bridge keeps both.
    private func sessions(_ version: () -> String?) throws -> (clean: Bool, localClean: Bool?) {
        let local = try localCleanSession(version)
        guard cloud.cleanSession, try isDurable() else { return (cloud.cleanSession, local) }
        let savesLocal = version().map { !MosquittoVersion.isOlder($0, than: (2, 0, 15)) } ?? false
        return (local == false && savesLocal, local)
    }

    private func localCleanSession(_ version: () -> String?) throws -> Bool? {
        guard cloud.hasLocalCleanSession else { return nil }
        switch try settings.required("bridge.include.local_cleansession") {
        case "true": return false
        case "false": return nil
        default: return MosquittoVersion.isOlder(version() ?? "1", than: (2, 0, 0)) ? nil : false
        }
    }

    private func topicValues(
        prefix: String, deviceID: String, usesCertificate: Bool
    ) throws -> Cloud.TopicValues {
        var values = Cloud.TopicValues(prefix: prefix, deviceID: deviceID, usesCertificate: usesCertificate)
        guard cloud.check == .smartREST else {
            // The id is a level of these clouds' topics.
            if deviceID.utf8.contains(where: { " /+#\"".utf8.contains($0) }) {
                throw BridgeError.unusableValue(
                    key: "device.id", value: deviceID, reason: "it holds a blank, a quote or one of / + #")
            }
            return values
        }
        values.templates = try words("smartrest.templates")
        values.firstTemplates = try words("smartrest1.templates")
        if try settings.bool("mqtt_service.enabled") { values.serviceTopics = try words("mqtt_service.topics") }
        return values
    }

    private func words(_ suffix: String) throws -> [String] {
        let key = try settings.name(suffix).text
        return try settings.list(suffix).map { try MosquittoValue.word($0, key: key) }
    }
}
