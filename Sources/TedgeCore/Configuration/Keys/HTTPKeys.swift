extension SettingTable {
    /// The file transfer service of tedge-agent.
    static let http: [SettingKey] = [
        SettingKey(
            "http.bind.port", .port, .constant("8000"),
            doc: "The port on which tedge-agent offers files to child devices.",
            examples: ["8000"], older: ["http.port"]),
        SettingKey(
            "http.bind.address", .ipAddress,
            .firstSet(["mqtt.external.bind.address", "mqtt.bind.address"], otherwise: "127.0.0.1"),
            doc: "The address on which tedge-agent offers files to child devices.",
            note: "If it is not set, the address of the broker is used: mqtt.external.bind.address, else "
                + "mqtt.bind.address.",
            examples: ["127.0.0.1", "192.168.1.2", "0.0.0.0"], older: ["http.bind_address", "http.address"]),
        SettingKey(
            "http.client.port", .port, .constant("8000"),
            doc: "The port at which child devices find the file transfer service.", examples: ["8000"]),
        SettingKey(
            "http.client.host", .name, .constant("127.0.0.1"),
            doc: "The host at which child devices find the file transfer service.",
            examples: ["127.0.0.1", "192.168.1.2", "tedge-hostname"]),
        SettingKey(
            "http.client.auth.cert_file", .path,
            doc: "The certificate that clients present to the local HTTP services.",
            note: "Set it together with http.client.auth.key_file, or set neither.", examples: []),
        SettingKey(
            "http.client.auth.key_file", .path,
            doc: "The private key that belongs to http.client.auth.cert_file.", examples: []),
        SettingKey(
            "http.cert_path", .path,
            doc: "The certificate of the file transfer service. With it and http.key_path the service uses HTTPS.",
            examples: ["/etc/tedge/device-certs/file_transfer_certificate.pem"]),
        SettingKey(
            "http.key_path", .path,
            doc: "The private key that belongs to http.cert_path.",
            examples: ["/etc/tedge/device-certs/file_transfer_key.pem"]),
        SettingKey(
            "http.ca_path", .path,
            doc: "The file or directory with the authorities that sign the certificates of the file transfer service's "
                + "clients. Without it clients need no certificate.",
            examples: ["/etc/ssl/certs"]),
    ]

    /// The HTTP proxy.
    static let proxy: [SettingKey] = [
        SettingKey(
            "proxy.address", .proxyURL,
            doc: "The HTTP proxy for HTTPS connections to the cloud (method CONNECT), as [scheme://]host[:port].",
            note: "A bridge inside mosquitto does not use it.",
            examples: []),
        SettingKey(
            "proxy.username", .text,
            doc: "The user name for the proxy.",
            note: "Set it together with proxy.password, or set neither.", examples: []),
        SettingKey("proxy.password", .text, doc: "The password for the proxy.", examples: [], isSecret: true),
        SettingKey(
            "proxy.no_proxy", .text,
            doc: "The hosts, domains and address ranges to reach without the proxy, separated by commas.",
            examples: ["127.0.0.1,example.com,192.168.1.0/24"]),
    ]
}
