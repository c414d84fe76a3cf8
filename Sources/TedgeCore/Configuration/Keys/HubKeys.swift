extension SettingTable {
    /// Azure IoT.
    static let az: [SettingKey] =
        CloudName.az.endpointKeys(
            doc: "The host name of the Azure IoT hub, without scheme and port.", example: "myazure.azure-devices.net")
        + [
            CloudName.az.mqttKey(
                doc:
                    "The host of the MQTT broker, with its port if that is not 8883, for a gateway before the IoT hub.",
                note: "The IoT hub itself takes MQTT on port 443 over WebSocket alone, which mosquitto cannot use.",
                examples: ["gateway.example.com:8883"])
        ]
        + CloudName.az.deviceKeys(keyURIExample: "pkcs11:token=my-pkcs11-token;object=my-key")
        + CloudName.az.mapperAndBridgeKeys(payloadLimit: "262144")

    /// AWS IoT Core.
    static let aws: [SettingKey] =
        CloudName.aws.endpointKeys(
            doc: "The host name of the AWS IoT data endpoint, without scheme and port.",
            example: "your-endpoint.amazonaws.com")
        + [
            CloudName.aws.mqttKey(
                doc: "The host of the AWS IoT data endpoint, with its port if that is not 8883.",
                note: "AWS takes MQTT on port 443 too; the bridge then names the protocol x-amzn-mqtt-ca (ALPN).",
                examples: ["your-endpoint-ats.iot.eu-west-1.amazonaws.com:443"])
        ]
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
            durableKey(),
            topicsKey(
                "te/+/+/+/+/m/+,te/+/+/+/+/e/+,te/+/+/+/+/a/+,te/+/+/+/+/status/health",
                example: "te/+/+/+/+/a/+,te/+/+/+/+/m/+,te/+/+/+/+/e/+"),
        ]
    }
}
