/// The rows that more than one cloud has.
extension CloudName {
    /// Where the cloud is and whom to trust there.
    func endpointKeys(doc: String, note: String? = nil, example: String) -> [SettingKey] {
        [
            key("url", .host, doc: doc, note: note, examples: [example]),
            key(
                "root_cert_path", .path, .constant("/etc/ssl/certs"),
                doc: "The certificates that the server of \(productName) is checked against: a file in PEM form, or a "
                    + "directory of such files.",
                examples: ["/etc/tedge/\(rawValue)-trusted-root-certificates.pem"]),
        ]
    }

    /// An identity for this cloud alone. Each falls back to the setting of the device.
    func deviceKeys(keyURIExample: String) -> [SettingKey] {
        [
            key(
                "device.id", .name, .sameAs("device.id"),
                doc: "The name that \(productName) knows this device by.",
                note: "Where \(rawValue).device.cert_path names a certificate, its common name (CN) counts.",
                examples: ["Raspberrypi-4d18303a-6d3a-11eb-b1a6-175f6bb72665"]),
            key(
                "device.key_path", .path, .sameAs("device.key_path"),
                doc: "The file with the private key for \(productName), where it is not the key of device.key_path.",
                examples: ["/etc/tedge/device-certs/tedge-private-key.pem"]),
            key(
                "device.cert_path", .path, .sameAs("device.cert_path"),
                doc: "The file with the certificate for \(productName), where it is not that of device.cert_path.",
                examples: ["/etc/tedge/device-certs/tedge-certificate.pem"]),
            key(
                "device.csr_path", .path, .sameAs("device.csr_path"),
                doc: "The file that a signing request for a \(productName) certificate is written to.",
                examples: ["/etc/tedge/device-certs/tedge.csr"]),
            key(
                "device.key_uri", .text,
                doc: "The PKCS#11 URI (RFC 7512) of the private key for \(productName), where a security module holds "
                    + "it.",
                examples: [keyURIExample]),
            key(
                "device.key_pin", .text,
                doc: "The PIN that unlocks the private key named by \(rawValue).device.key_uri.",
                examples: ["123456", "my-pin"], isSecret: true),
        ]
    }

    /// The limit of what the mapper sends.
    func payloadLimitKey(_ bytes: String) -> SettingKey {
        key(
            "mapper.mqtt.max_payload_size", .payloadLimit, .constant(bytes),
            doc: "The largest message, in bytes, that the mapper passes on to \(productName).",
            examples: [bytes])
    }

    /// The local end of the bridge.
    func topicPrefixKey() -> SettingKey {
        key(
            "bridge.topic_prefix", .topicPrefix, .constant(rawValue),
            doc: "What the local topics of the bridge to \(productName) begin with.",
            note: "Two profiles that are connected at the same time need different prefixes.",
            examples: [rawValue])
    }

    /// The pulse of the bridge.
    func keepaliveKey() -> SettingKey {
        key(
            "bridge.keepalive_interval", .duration, .constant("60s"),
            doc: "How long the bridge to \(productName) stays silent before it sends an MQTT ping.",
            examples: ["60s"])
    }

    /// The local topics that the mapper reads.
    func topicsKey(_ topics: String, example: String) -> SettingKey {
        key(
            "topics", .list, .constant(topics),
            doc: "The local topics whose messages the mapper translates for \(productName).",
            examples: [example])
    }
}
