/// The settings that more than one cloud has.
extension CloudName {
    /// The address of the cloud and the trusted authorities.
    func endpointKeys(doc: String, note: String? = nil, example: String) -> [SettingKey] {
        [
            key("url", .host, doc: doc, note: note, examples: [example]),
            key(
                "root_cert_path", .path, .constant("/etc/ssl/certs"),
                doc: "The trusted root certificates for the server of \(productName): a file in PEM format, or a "
                    + "directory of such files.",
                examples: ["/etc/tedge/\(rawValue)-trusted-root-certificates.pem"]),
        ]
    }

    /// The address of the MQTT broker alone.
    func mqttKey(doc: String, note: String? = nil, examples: [String]) -> SettingKey {
        key("mqtt", .hostPort(8883), .sameAs("\(rawValue).url"), doc: doc, note: note, examples: examples)
    }

    /// An identity for this cloud only. The default of each is the setting of the device.
    func deviceKeys(keyURIExample: String) -> [SettingKey] {
        [
            key(
                "device.id", .name, .sameAs("device.id"),
                doc: "The name of this device in \(productName).",
                note:
                    "If there is a certificate at \(rawValue).device.cert_path, its common name (CN) is used instead.",
                examples: ["Raspberrypi-4d18303a-6d3a-11eb-b1a6-175f6bb72665"]),
            key(
                "device.key_path", .path, .sameAs("device.key_path"),
                doc: "The file with the private key for \(productName), if it is not the one of device.key_path.",
                examples: ["/etc/tedge/device-certs/tedge-private-key.pem"]),
            key(
                "device.cert_path", .path, .sameAs("device.cert_path"),
                doc: "The file with the certificate for \(productName), if it is not the one of device.cert_path.",
                examples: ["/etc/tedge/device-certs/tedge-certificate.pem"]),
            key(
                "device.csr_path", .path, .sameAs("device.csr_path"),
                doc: "The file to write a certificate signing request for \(productName) to.",
                examples: ["/etc/tedge/device-certs/tedge.csr"]),
            key(
                "device.key_uri", .text,
                doc: "The PKCS#11 URI (RFC 7512) of the private key for \(productName), if it is in a security module.",
                examples: [keyURIExample]),
            key(
                "device.key_pin", .text,
                doc: "The PIN that unlocks the private key named by \(rawValue).device.key_uri.",
                examples: ["123456", "my-pin"], isSecret: true),
        ]
    }

    /// The size limit of the mapper's messages.
    func payloadLimitKey(_ bytes: String) -> SettingKey {
        key(
            "mapper.mqtt.max_payload_size", .payloadLimit, .constant(bytes),
            doc: "The largest message, in bytes, that the mapper sends to \(productName).",
            examples: [bytes])
    }

    /// The local end of the bridge.
    func topicPrefixKey() -> SettingKey {
        key(
            "bridge.topic_prefix", .topicPrefix, .constant(rawValue),
            doc: "The prefix of the local topics of the bridge to \(productName).",
            note: "Profiles that are connected at the same time need different prefixes.",
            examples: [rawValue])
    }

    /// The keepalive interval of the bridge.
    func keepaliveKey() -> SettingKey {
        key(
            "bridge.keepalive_interval", .duration, .constant("60s"),
            doc: "How long the bridge to \(productName) stays silent before it sends an MQTT ping.",
            examples: ["60s"])
    }

    /// Whether the bridge keeps messages.
    func durableKey() -> SettingKey {
        key(
            "bridge.durable", .flag, .constant("false"),
            doc: "Whether the bridge to \(productName) keeps messages while the line is down and over restarts of "
                + "mosquitto.",
            note:
                "The command 'tedge connect \(rawValue) --durable' stores the value true. While such a bridge exists, mosquitto as a "
                + "whole saves and queues more; the article BadLines says what.",
            examples: ["true"])
    }

    /// The local topics that the mapper reads.
    func topicsKey(_ topics: String, example: String) -> SettingKey {
        key(
            "topics", .list, .constant(topics),
            doc: "The local topics whose messages the mapper translates for \(productName).",
            examples: [example])
    }
}
