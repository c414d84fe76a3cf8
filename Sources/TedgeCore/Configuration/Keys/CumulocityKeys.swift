extension SettingTable {
    /// Cumulocity.
    static let c8y: [SettingKey] = c8yConnection + c8yFeatures + c8yProxy + c8yBridge + c8yOperation

    private static let cloud = CloudName.c8y

    private static let c8yConnection: [SettingKey] =
        cloud.endpointKeys(
            doc: "The host name of the Cumulocity tenant, without scheme and port.",
            note: "For a tenant with separate addresses for HTTP and MQTT, also set c8y.http and c8y.mqtt.",
            example: "your-tenant.cumulocity.com") + [
            cloud.key(
                "auth_method", .choice(.authMethod), .constant("certificate"),
                doc:
                    "How the device authenticates: with its certificate, with a user name and password (basic), or with "
                    + "these if the file of c8y.credentials_path exists and with the certificate otherwise (auto).",
                examples: ["certificate", "basic", "auto"]),
            cloud.key(
                "credentials_path", .path, .inDirectory("credentials.toml"),
                doc: "The file with the user name and password for basic authentication: a TOML table [c8y] with the "
                    + "keys username and password.",
                examples: ["/etc/tedge/credentials.toml"]),
        ] + cloud.deviceKeys(keyURIExample: "pkcs11:token=my-pkcs11-token;object=my-key") + [
            cloud.key(
                "smartrest.templates", .list, .constant(""),
                doc: "The external ids of the SmartREST 2.0 template collections that the device uses.",
                examples: ["templateId1,templateId2"], older: ["smartrest_templates"]),
            cloud.key(
                "smartrest.use_operation_id", .flag, .constant("true"),
                doc: "Whether to report operations by their ids (messages 504 to 506) instead of their names (501 to "
                    + "503), so that two of the same kind can run at the same time.",
                examples: ["true"]),
            cloud.key(
                "smartrest.child_device.create_with_device_marker", .flag, .constant("false"),
                doc: "Whether to create child devices in the cloud with the marker of a device.",
                examples: ["false"]),
            cloud.key(
                "smartrest1.templates", .list, .constant(""),
                doc: "The X-Ids of the SmartREST 1.0 templates that the device uses.",
                examples: ["templateId1,templateId2"]),
            cloud.key(
                "http", .hostPort(443), .sameAs("c8y.url"),
                doc: "The host of the tenant's HTTP interface, with its port if that is not 443.",
                examples: ["http.your-tenant.cumulocity.com:1234"]),
            cloud.mqttKey(
                doc: "The host of the tenant's MQTT interface, with its port if that is not 8883.",
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
            note: "Profiles that are connected at the same time need different ports.",
            examples: ["8001"]),
        cloud.key(
            "proxy.client.host", .name, .constant("127.0.0.1"),
            doc: "The host at which programs on this device and on child devices find that HTTP proxy.",
            examples: ["127.0.0.1", "192.168.1.2", "tedge-hostname"]),
        cloud.key(
            "proxy.client.port", .port, .sameAs("c8y.proxy.bind.port"),
            doc: "The port at which programs on this device and on child devices find that HTTP proxy.",
            examples: ["8001"]),
        cloud.key(
            "proxy.cert_path", .path,
            doc: "The certificate of the local HTTP proxy. With it and c8y.proxy.key_path the proxy uses HTTPS.",
            examples: ["/etc/tedge/device-certs/c8y_proxy_certificate.pem"]),
        cloud.key(
            "proxy.key_path", .path,
            doc: "The private key that belongs to c8y.proxy.cert_path.",
            examples: ["/etc/tedge/device-certs/c8y_proxy_key.pem"]),
        cloud.key(
            "proxy.ca_path", .path,
            doc: "The file or directory with the authorities that sign the certificates of the local HTTP proxy's "
                + "clients. Without it clients need no certificate.",
            examples: ["/etc/ssl/certs"]),
    ]

    private static let c8yBridge: [SettingKey] = [
        cloud.key(
            "bridge.include.local_cleansession", .choice(.auto), .constant("auto"),
            doc:
                "Whether to write a local_cleansession line into the bridge configuration: true, false, or auto, which "
                + "is true for mosquitto 2 and later.",
            examples: ["auto"]),
        cloud.topicPrefixKey(),
        cloud.keepaliveKey(),
        cloud.durableKey(),
    ]

    private static let c8yOperation: [SettingKey] = [
        cloud.key(
            "entity_store.auto_register", .flag, .constant("true"),
            doc: "Whether to register child devices and services at their first message.",
            examples: ["true"]),
        cloud.key(
            "entity_store.clean_start", .flag, .constant("true"),
            doc: "Whether the mapper starts with an empty list of child devices and services.",
            examples: ["true"]),
        cloud.key(
            "software_management.api", .choice(.softwareAPI), .constant("legacy"),
            doc:
                "The interface for reports of installed software: one text with all packages (legacy), or pages of the "
                + "software service (advanced).",
            examples: ["advanced"]),
        cloud.key(
            "software_management.with_types", .flag, .constant("false"),
            doc: "Whether to announce the types of software that the device can install.",
            examples: ["true"]),
        cloud.key(
            "operations.auto_log_upload", .choice(.logUpload), .constant("on-failure"),
            doc: "When to send the log of a finished operation to the cloud as an event.",
            examples: ["always", "never", "on-failure"]),
        cloud.key(
            "availability.enable", .flag, .constant("true"),
            doc: "Whether the cloud monitors that the device and its child devices keep sending.",
            examples: ["true"]),
        cloud.key(
            "availability.interval", .duration, .constant("60m"),
            doc: "How long a device may be silent before the cloud reports it as unavailable, rounded down to whole "
                + "minutes.",
            examples: ["60m"]),
        cloud.key(
            "mqtt_service.enabled", .flag, .constant("false"),
            doc:
                "Whether the device connects to the tenant's MQTT service (port 9883), which accepts any topic, instead "
                + "of the endpoint that accepts only SmartREST.",
            examples: ["true"]),
        cloud.key(
            "mqtt_service.topics", .list, .constant(""),
            doc: "The topics of the MQTT service to which the device subscribes.",
            examples: ["incoming/topic,another/topic,test/topic"]),
    ]
}
