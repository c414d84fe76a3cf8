/// How a release of mosquitto understands its configuration, as far as releases differ (the sources of 2.0.11, 2.0.21 and
/// 2.1.2, `conf.c`).
struct MosquittoDialect: Sendable, Equatable {
    /// Whether a listener has its own `listener_allow_anonymous`, and `per_listener_settings` is deprecated (2.1).
    var hasListenerAccess = false
    /// Whether everybody may connect if no listener is defined, regardless of `allow_anonymous` (before 2.0.21).
    var opensLocalOnly = true

    /// The dialect of a version such as `2.0.11`; that of Debian 12 if the version is unknown.
    init(version: String?) {
        let numbers = (version ?? "").split(separator: ".").map { Int($0.prefix { $0.isASCII && $0.isNumber }) ?? 0 }
        guard numbers.count >= 2 else { return }
        let (major, minor, patch) = (numbers[0], numbers[1], numbers.count > 2 ? numbers[2] : 0)
        hasListenerAccess = major > 2 || (major == 2 && minor >= 1)
        opensLocalOnly = major < 2 || (major == 2 && minor == 0 && patch < 21)
    }

    /// The settings of access: they hold for all listeners, or with `per_listener_settings true`, which must stand before
    /// them, for the listener above.
    static let accessKeys: Set = [
        "acl_file", "allow_anonymous", "allow_zero_length_clientid", "auth_plugin", "auto_id_prefix",
        "check_retain_source", "password_file", "plugin", "psk_file",
    ]
    /// Those that name a plugin, of which there can be several.
    static let pluginKeys: Set = ["auth_plugin", "plugin", "plugin_use", "global_plugin"]
    /// The settings of a listener that open the default listener if they precede every other one.
    private static let openingKeys: Set = [
        "bind_interface", "cafile", "capath", "certfile", "ciphers", "ciphers_tls1.3", "crlfile", "dhparamfile",
        "keyfile", "mount_point", "psk_hint", "tls_engine", "tls_engine_kpass_sha1",
    ]
    /// Those that do so if they have another value than this.
    private static let openingUnless: [String: Set<String>] = [
        "max_connections": ["-1"], "max_qos": ["2"], "protocol": ["mqtt"], "require_certificate": ["false", "0"],
        "use_identity_as_username": ["false", "0"], "use_subject_as_username": ["false", "0"],
        "use_username_as_clientid": ["false", "0"], "tls_keyform": ["pem"], "socket_domain": [],
    ]

    /// The settings of the whole broker, wherever they stand.
    private static let brokerKeys: Set = [
        "allow_duplicate_messages", "connection_messages", "max_inflight_bytes", "max_inflight_messages",
        "max_keepalive", "max_packet_size", "max_queued_bytes", "max_queued_messages", "memory_limit",
        "message_size_limit", "per_listener_settings", "persistence", "persistence_file", "persistence_location",
        "persistent_client_expiration", "pid_file", "queue_qos0_messages", "retain_available", "set_tcp_nodelay",
        "sys_interval", "upgrade_outgoing_qos", "user",
    ]

    /// Whether a line is about the whole broker.
    static func concernsBroker(_ line: MosquittoFiles.Line) -> Bool {
        brokerKeys.contains(line.key) || line.key.hasPrefix("log_") || line.key.hasPrefix("autosave_")
    }

    /// Whether a line is about a listener.
    static func concernsListener(_ line: MosquittoFiles.Line) -> Bool {
        openingKeys.contains(line.key) || openingUnless[line.key] != nil
    }

    /// Whether a line above every listener opens the default one.
    static func opensDefaultListener(_ line: MosquittoFiles.Line) -> Bool {
        if openingKeys.contains(line.key) { return true }
        guard let harmless = openingUnless[line.key] else { return false }
        return !harmless.contains(String(line.value.prefix { $0 != " " }))
    }

    /// Whether a line about access above every listener opens the default one, if each listener has its own access.
    func opensDefaultListenerWithAccess(_ line: MosquittoFiles.Line) -> Bool {
        // mosquitto 2.1 refuses them all there.
        switch line.key {
        case "password_file", "psk_file", "auth_plugin", "plugin": true
        case "allow_zero_length_clientid": ["false", "0"].contains(line.value)
        default: false
        }
    }
}
