/// Writes the files that mosquitto reads, in the form of mosquitto.conf(5). Every value has been checked before: see
/// `BridgeBuilder`.
enum MosquittoRenderer {
    /// The key of the line with a password.
    static let passwordKey = "remote_password"

    static func text(of bridge: BridgeConfiguration) -> String {
        var lines = ["### Bridge"]
        func add(_ key: String, _ value: String) { lines.append("\(key) \(value)") }
        add("connection", bridge.connection)
        add("address", "\(bridge.address.bareHost):\(bridge.address.port)")
        switch bridge.trustRoots {
        case .file(let path): add("bridge_cafile", path)
        case .directory(let path): add("bridge_capath", path)
        }
        if let alpn = bridge.alpn { add("bridge_alpn", alpn) }
        add("remote_clientid", bridge.remoteClientID)
        add("local_clientid", bridge.localClientID)
        if let credentials = bridge.credentials {
            add("remote_username", credentials.user)
            add(passwordKey, credentials.password)
        } else {
            if let user = bridge.remoteUserName { add("remote_username", user) }
            add("bridge_certfile", bridge.certificatePath)
            add("bridge_keyfile", bridge.keyPath)
        }
        add("try_private", "false")
        add("start_type", "automatic")
        add("cleansession", String(bridge.cleanSession))
        if let local = bridge.localCleanSession { add("local_cleansession", String(local)) }
        add("notifications", "true")
        add("notifications_local_only", "true")
        add("notification_topic", bridge.healthTopic)
        add("bridge_attempt_unsubscribe", "false")
        add("keepalive_interval", String(bridge.keepAlive))
        if let backOff = bridge.backOff { add("restart_timeout", backOff.text) }
        lines += ["", "### Topics"]
        for topic in bridge.topics {
            let pattern = topic.pattern.isEmpty ? "\"\"" : topic.pattern
            let remote = topic.remotePrefix.isEmpty ? "\"\"" : topic.remotePrefix
            add("topic", "\(pattern) \(topic.direction.rawValue) \(topic.qos) \(topic.localPrefix) \(remote)")
        }
        return lines.joined(separator: "\n") + "\n"
    }

    /// The file with our listeners.
    ///
    /// - Parameters:
    ///   - access: How the file says who may connect.
    ///   - dialect: The release of mosquitto that reads it: 2.1 accepts packets above 2 MB only with a setting.
    ///   - others: Settings of the owner, which apply to the whole broker and are not repeated.
    static func text(
        of listeners: ListenerConfiguration, _ access: ListenerAccess, _ dialect: MosquittoDialect,
        without others: Set<String>
    ) -> String {
        var lines = access == .separate ? ["per_listener_settings true"] : []
        let general = [
            ("connection_messages", ["true"]),
            ("log_type", ["error", "warning", "notice", "information", "subscribe", "unsubscribe"]),
            (dialect.hasListenerAccess ? "max_packet_size" : "message_size_limit", ["268435455"]),
        ]
        for (key, values) in general where !others.contains(key) { lines += values.map { "\(key) \($0)" } }
        func allow(_ anonymous: Bool) {
            switch access {
            case .separate where dialect.hasListenerAccess, .own: lines.append("listener_allow_anonymous \(anonymous)")
            case .separate, .shared: lines.append("allow_anonymous \(anonymous)")
            case .inherited: break
            }
        }
        lines.append("listener \(listeners.port) \(listeners.address)")
        allow(listeners.isAnonymous)
        lines.append("require_certificate false")
        if let external = listeners.external {
            lines.append("listener \(external.port) \(external.address ?? "")")
            allow(external.authoritiesPath == nil)
            lines.append("require_certificate \(external.authoritiesPath != nil)")
            if let interface = external.interface { lines.append("bind_interface \(interface)") }
            if let path = external.authoritiesPath { lines.append("capath \(path)") }
            if let path = external.certificatePath { lines.append("certfile \(path)") }
            if let path = external.keyPath { lines.append("keyfile \(path)") }
        }
        return lines.joined(separator: "\n") + "\n"
    }
}
