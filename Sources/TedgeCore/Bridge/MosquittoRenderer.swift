/// Writes the files that mosquitto reads, in the form of mosquitto.conf(5). Every value has been checked before: see
/// `BridgeBuilder`.
enum MosquittoRenderer {
    /// What the line with a password begins with.
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
        lines += ["", "### Topics"]
        for topic in bridge.topics {
            let pattern = topic.pattern.isEmpty ? "\"\"" : topic.pattern
            let remote = topic.remotePrefix.isEmpty ? "\"\"" : topic.remotePrefix
            add("topic", "\(pattern) \(topic.direction.rawValue) \(topic.qos) \(topic.localPrefix) \(remote)")
        }
        return lines.joined(separator: "\n") + "\n"
    }

    static func text(of listeners: ListenerConfiguration) -> String {
        var lines = [
            "per_listener_settings true", "connection_messages true", "log_type error", "log_type warning",
            "log_type notice", "log_type information", "log_type subscribe", "log_type unsubscribe",
            "message_size_limit 268435455",
            "listener \(listeners.port) \(listeners.address)", "allow_anonymous true", "require_certificate false",
        ]
        if let external = listeners.external {
            lines.append("listener \(external.port) \(external.address ?? "")")
            lines.append("allow_anonymous \(external.authoritiesPath == nil)")
            lines.append("require_certificate \(external.authoritiesPath != nil)")
            if let interface = external.interface { lines.append("bind_interface \(interface)") }
            if let path = external.authoritiesPath { lines.append("capath \(path)") }
            if let path = external.certificatePath { lines.append("certfile \(path)") }
            if let path = external.keyPath { lines.append("keyfile \(path)") }
        }
        return lines.joined(separator: "\n") + "\n"
    }
}
