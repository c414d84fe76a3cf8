extension SettingTable {
    /// The local broker and its clients.
    static let mqtt: [SettingKey] = topics + listener + client + external + bridge

    private static let topics: [SettingKey] = [
        SettingKey(
            "mqtt.topic_root", .name, .constant("te"),
            doc: "The first level of all local topics.", examples: ["te"]),
        SettingKey(
            "mqtt.device_topic_id", .topicID, .constant("device/main//"),
            doc:
                "The four topic levels that identify this device: by convention 'device', a name and two empty levels.",
            examples: ["device/main//", "device/child_001//"]),
    ]

    private static let listener: [SettingKey] = [
        SettingKey(
            "mqtt.bind.enabled", .flag, .constant("true"),
            doc: "Whether 'tedge connect' configures the listeners of mosquitto (in tedge-mosquitto.conf).",
            note: "Set it to false if you configure the listeners by hand.",
            examples: ["true"]),
        SettingKey(
            "mqtt.bind.address", .ipAddress, .constant("127.0.0.1"),
            doc: "The address of the broker's listener for programs on this device. Every program that reaches it may "
                + "connect.",
            examples: ["127.0.0.1"], older: ["mqtt.bind_address"]),
        SettingKey(
            "mqtt.bind.port", .nonZeroPort, .constant("1883"),
            doc: "The port of the broker's listener for programs on this device.",
            examples: ["1883"], older: ["mqtt.port"]),
    ]

    private static let client: [SettingKey] = [
        SettingKey(
            "mqtt.client.host", .name, .constant("127.0.0.1"),
            doc: "The host of the broker that the commands and services of this device use.",
            examples: ["127.0.0.1"], older: ["mqtt.client_host"]),
        SettingKey(
            "mqtt.client.port", .nonZeroPort, .sameAs("mqtt.bind.port"),
            doc: "The port of the broker that the commands and services of this device use.",
            examples: ["1883"], older: ["mqtt.client_port"]),
        SettingKey(
            "mqtt.client.auth.ca_file", .path,
            doc: "The file with the trusted authorities for the local broker's certificate. With it, or with "
                + "mqtt.client.auth.ca_dir, local clients use TLS.",
            examples: ["/etc/mosquitto/ca_certificates/ca.crt"],
            older: ["mqtt.client.auth.cafile", "mqtt.client_ca_file"]),
        SettingKey(
            "mqtt.client.auth.ca_dir", .path,
            doc: "The directory with the trusted authorities for the local broker's certificate.",
            examples: ["/etc/mosquitto/ca_certificates"], older: ["mqtt.client.auth.cadir", "mqtt.client_ca_path"]),
        SettingKey(
            "mqtt.client.auth.cert_file", .path,
            doc: "The certificate that local clients present to the broker.",
            note: "Set it together with mqtt.client.auth.key_file, or set neither.",
            examples: ["/etc/mosquitto/auth_certificates/cert.pem"],
            older: ["mqtt.client.auth.certfile", "mqtt.client_auth.cert_file"]),
        SettingKey(
            "mqtt.client.auth.key_file", .path,
            doc: "The private key that belongs to mqtt.client.auth.cert_file.",
            examples: ["/etc/mosquitto/auth_certificates/key.pem"],
            older: ["mqtt.client.auth.keyfile", "mqtt.client_auth.key_file"]),
        SettingKey(
            "mqtt.client.auth.username", .text,
            doc: "The user name of local clients at the broker.", examples: ["myuser"]),
        SettingKey(
            "mqtt.client.auth.password_file", .path,
            doc: "The file with the password of local clients at the broker.",
            examples: ["/etc/tedge/.client_password"]),
    ]

    private static let external: [SettingKey] = [
        SettingKey(
            "mqtt.external.bind.port", .port,
            doc: "The port of a second listener, for programs on other machines. Without it there is no such listener.",
            examples: ["8883"], older: ["mqtt.external.port", "mqtt.external_port"]),
        SettingKey(
            "mqtt.external.bind.address", .ipAddress,
            doc: "The address of the second listener. Without it the listener accepts connections on all addresses.",
            examples: ["0.0.0.0"], older: ["mqtt.external.bind_address", "mqtt.external_bind_address"]),
        SettingKey(
            "mqtt.external.bind.interface", .name,
            doc: "The only network interface of the second listener.",
            examples: ["wlan0"], older: ["mqtt.external.bind_interface", "mqtt.external_bind_interface"]),
        SettingKey(
            "mqtt.external.ca_path", .path,
            doc: "The directory with the authorities that sign the certificates of the second listener's clients. "
                + "Without it clients may connect anonymously.",
            examples: ["/etc/ssl/certs"], older: ["mqtt.external.capath", "mqtt.external_capath"]),
        SettingKey(
            "mqtt.external.cert_file", .path,
            doc: "The certificate of the second listener. With it and mqtt.external.key_file the listener uses TLS.",
            examples: ["/etc/tedge/device-certs/tedge-certificate.pem"],
            older: ["mqtt.external.certfile", "mqtt.external_certfile"]),
        SettingKey(
            "mqtt.external.key_file", .path,
            doc: "The private key that belongs to mqtt.external.cert_file.",
            examples: ["/etc/tedge/device-certs/tedge-private-key.pem"],
            older: ["mqtt.external.keyfile", "mqtt.external_keyfile"]),
    ]

    private static let bridge: [SettingKey] = [
        SettingKey(
            "mqtt.bridge.built_in", .flag, .constant("false"),
            doc: "Which program holds the connection to the cloud: mosquitto (false) or tedge-mapper itself (true).",
            note: "This command configures mosquitto. 'tedge connect' stores the value false, because a tedge-mapper "
                + "without a value opens a connection of its own.",
            examples: ["false"]),
        SettingKey(
            "mqtt.bridge.reconnect_policy.initial_interval", .duration, .constant("5s"),
            doc: "How long a bridge waits before its first attempt to reconnect.", note: inMosquitto,
            examples: ["30s"]),
        SettingKey(
            "mqtt.bridge.reconnect_policy.maximum_interval", .duration, .constant("10m"),
            doc: "The longest wait between two attempts to reconnect; the wait grows until then.", note: inMosquitto,
            examples: ["10m"]),
        SettingKey(
            "mqtt.bridge.reconnect_policy.reset_window", .duration, .constant("5m"),
            doc: "How long a connection must last before the wait starts from the initial interval again.",
            note: "With mosquitto 2.0, the wait starts from the initial interval after each connection.",
            examples: ["5m"]),
        SettingKey(
            "mqtt.bridge.save_interval", .duration, .constant("0s"),
            doc: "How often mosquitto saves the messages that it keeps for durable bridges; 0 means at every change.",
            note: "A longer interval spares the flash memory, and loses the messages of that time in a power cut.",
            examples: ["0s", "30s"]),
    ]

    private static let inMosquitto =
        "A bridge of mosquitto follows it if it is durable or one of the reconnect_policy keys is set; otherwise "
        + "mosquitto waits for 5 to 30 seconds."
}
