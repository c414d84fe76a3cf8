extension SettingTable {
    /// Azure IoT.
    static let az: [SettingKey] =
        CloudName.az.endpointKeys(
            doc: "The host name of the Azure IoT hub, without scheme and port.", example: "myazure.azure-devices.net")
        + CloudName.az.deviceKeys(keyURIExample: "pkcs11:token=my-pkcs11-token;object=my-key")
        + CloudName.az.mapperAndBridgeKeys(payloadLimit: "262144")

    /// AWS IoT Core.
    static let aws: [SettingKey] =
        CloudName.aws.endpointKeys(
            doc: "The host name of the AWS IoT data endpoint, without scheme and port.",
            example: "your-endpoint.amazonaws.com")
        + CloudName.aws.deviceKeys(keyURIExample: "pkcs11:model=PKCS%2315%20emulated")
        + CloudName.aws.mapperAndBridgeKeys(payloadLimit: "131072")
}

extension CloudName {
    /// The settings that Azure and AWS share.
    fileprivate func mapperAndBridgeKeys(payloadLimit: String) -> [SettingKey] {
        [
            key(
                "mapper.timestamp", .flag, .constant("true"),
                doc: "Whether the mapper adds the time to messages for \(productName) that have none.",
                examples: ["true"], older: ["mapper_timestamp"]),
            key(
                "mapper.timestamp_format", .choice(.timeFormat), .constant("unix"),
                doc:
                    "The format of times in messages for \(productName): text (rfc-3339) or seconds since 1970 (unix).",
                examples: ["rfc-3339", "unix"]),
            payloadLimitKey(payloadLimit),
            topicPrefixKey(),
            keepaliveKey(),
            topicsKey(
                "te/+/+/+/+/m/+,te/+/+/+/+/e/+,te/+/+/+/+/a/+,te/+/+/+/+/status/health",
                example: "te/+/+/+/+/a/+,te/+/+/+/+/m/+,te/+/+/+/+/e/+"),
        ]
    }
}
