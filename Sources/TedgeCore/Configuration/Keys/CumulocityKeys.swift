extension SettingTable {
    /// Cumulocity.
    static let c8y: [SettingKey] = c8yConnection + c8yFeatures + c8yProxy + c8yBridge + c8yOperation

    private static let cloud = CloudName.c8y

    private static let c8yConnection: [SettingKey] =
        cloud.endpointKeys(
            doc: "The host name of the Cumulocity tenant, without scheme and port.",
            note: "A tenant with separate addresses for HTTP and MQTT has c8y.http and c8y.mqtt set as well.",
            example: "your-tenant.cumulocity.com") + [
            cloud.key(
                "auth_method", .choice(.authMethod), .constant("certificate"),
                doc: "How the device proves who it is: with its certificate, with a user name and password (basic), or "
                    + "with whichever there is (auto: basic when the file of c8y.credentials_path exists).",
                examples: ["certificate", "basic", "auto"]),
            cloud.key(
                "credentials_path", .path, .inDirectory("credentials.toml"),
                doc: "The file with the user name and password for basic authentication: a TOML table [c8y] with the "
                    + "keys username and password.",
                examples: ["/etc/tedge/credentials.toml"]),
        ] + cloud.deviceKeys(keyURIExample: "pkcs11:token=my-pkcs11-token;object=my-key") + [
            cloud.key(
                "smartrest.templates", .list, .constant(""),
                doc: "The SmartREST 2.0 template collections, by their external ids, that the device uses.",
                examples: ["templateId1,templateId2"], older: ["smartrest_templates"]),
            cloud.key(
                "smartrest.use_operation_id", .flag, .constant("true"),
                doc: "Whether operations are reported by their ids (messages 504 to 506) instead of by their names "
                    + "(501 to 503), so that two of a kind can run at the same time.",
                examples: ["true"]),
            cloud.key(
                "smartrest.child_device.create_with_device_marker", .flag, .constant("false"),
                doc: "Whether child devices are created in the cloud as devices of their own right.",
                examples: ["false"]),
            cloud.key(
                "smartrest1.templates", .list, .constant(""),
                doc: "The SmartREST 1.0 templates, by their X-Ids, that the device uses.",
                examples: ["templateId1,templateId2"]),
            cloud.key(
                "http", .hostPort(443), .sameAs("c8y.url"),
                doc: "The host, and the port if it is not 443, of the tenant's HTTP interface.",
                examples: ["http.your-tenant.cumulocity.com:1234"]),
            cloud.key(
                "mqtt", .hostPort(8883), .sameAs("c8y.url"),
                doc: "The host, and the port if it is not 8883, of the tenant's MQTT interface.",
                examples: ["mqtt.your-tenant.cumulocity.com:1234"]),
            cloud.topicsKey(
                "te/+/+/+/+,te/+/+/+/+/twin/+,te/+/+/+/+/m/+,te/+/+/+/+/m/+/meta,te/+/+/+/+/e/+,te/+/+/+/+/a/+,"
                    + "te/+/+/+/+/status/health",
                example: "te/+/+/+/+/a/+,te/+/+/+/+/m/+,te/+/+/+/+/m/+/meta,te/+/+/+/+/e/+"),
        ]

    private static let c8yFeatures: [SettingKey] = [
        feature("log_upload", "the cloud may ask for log files", older: ["enable.log_management"]),
        feature("config_snapshot", "the cloud may ask for configuration files"),
        feature("config_update", "the cloud may replace configuration files"),
        feature("firmware_update", "the cloud may install firmware"),
        feature("device_profile", "the cloud may apply device profiles (firmware, software and configuration at once)"),
        feature("device_restart", "the cloud may restart the device"),
        feature("software_update", "the cloud may install and remove software"),
        cloud.payloadLimitKey("16184"),
    ]

    private static func feature(_ name: String, _ whether: String, older: [String] = []) -> SettingKey {
        cloud.key(
            "enable.\(name)", .flag, .constant("true"), doc: "Whether \(whether).", examples: ["true"], older: older)
    }

    private static let c8yProxy: [SettingKey] = [
        cloud.key(
            "proxy.bind.address", .ipAddress, .constant("127.0.0.1"),
            doc: "The address on which the mapper offers the tenant's HTTP interface to local programs.",
            examples: ["127.0.0.1"]),
        cloud.key(
            "proxy.bind.port", .port, .constant("8001"),
            doc: "The port on which the mapper offers the tenant's HTTP interface to local programs.",
            note: "Two profiles that are connected at the same time need different ports.",
            examples: ["8001"]),
        cloud.key(
            "proxy.client.host", .name, .constant("127.0.0.1"),
            doc: "The host at which local programs, on this and on child devices, find that HTTP proxy.",
            examples: ["127.0.0.1", "192.168.1.2", "tedge-hostname"]),
        cloud.key(
            "proxy.client.port", .port, .sameAs("c8y.proxy.bind.port"),
            doc: "The port at which local programs find that HTTP proxy.",
            examples: ["8001"]),
        cloud.key(
            "proxy.cert_path", .path,
            doc: "The certificate of the local HTTP proxy. With it and c8y.proxy.key_path the proxy speaks HTTPS.",
            examples: ["/etc/tedge/device-certs/c8y_proxy_certificate.pem"]),
        cloud.key(
            "proxy.key_path", .path,
            doc: "The private key that belongs to c8y.proxy.cert_path.",
            examples: ["/etc/tedge/device-certs/c8y_proxy_key.pem"]),
        cloud.key(
            "proxy.ca_path", .path,
            doc: "The file or directory with the authorities that clients of the local HTTP proxy need a certificate "
                + "of. Without it no client certificate is asked for.",
            examples: ["/etc/ssl/certs"]),
    ]

    private static let c8yBridge: [SettingKey] = [
        cloud.key(
            "bridge.include.local_cleansession", .choice(.auto), .constant("auto"),
            doc: "Whether the bridge configuration has a local_cleansession line: true, false, or auto, which is true "
                + "for mosquitto 2 and later.",
            examples: ["auto"]),
        cloud.topicPrefixKey(),
        cloud.keepaliveKey(),
    ]

    private static let c8yOperation: [SettingKey] = [
        cloud.key(
            "entity_store.auto_register", .flag, .constant("true"),
            doc: "Whether child devices and services are registered at their first message.",
            examples: ["true"]),
        cloud.key(
            "entity_store.clean_start", .flag, .constant("true"),
            doc: "Whether the mapper starts with an empty list of child devices and services.",
            examples: ["true"]),
        cloud.key(
            "software_management.api", .choice(.softwareAPI), .constant("legacy"),
            doc: "Which interface the installed software is reported through: one text with all packages (legacy), or "
                + "pages of the software service (advanced).",
            examples: ["advanced"]),
        cloud.key(
            "software_management.with_types", .flag, .constant("false"),
            doc: "Whether the types of software that the device can install are announced.",
            examples: ["true"]),
        cloud.key(
            "operations.auto_log_upload", .choice(.logUpload), .constant("on-failure"),
            doc: "When the log of a finished operation is sent to the cloud as an event.",
            examples: ["always", "never", "on-failure"]),
        cloud.key(
            "availability.enable", .flag, .constant("true"),
            doc: "Whether the cloud watches that the device and its child devices keep sending.",
            examples: ["true"]),
        cloud.key(
            "availability.interval", .duration, .constant("60m"),
            doc: "How long a device may be silent before the cloud calls it unavailable. It is rounded down to whole "
                + "minutes.",
            examples: ["60m"]),
        cloud.key(
            "mqtt_service.enabled", .flag, .constant("false"),
            doc: "Whether the device connects to the tenant's MQTT service (port 9883), which takes any topic, instead "
                + "of the endpoint that takes SmartREST alone.",
            examples: ["true"]),
        cloud.key(
            "mqtt_service.topics", .list, .constant(""),
            doc: "The topics of the MQTT service whose messages are brought to the device.",
            examples: ["incoming/topic,another/topic,test/topic"]),
    ]
}
