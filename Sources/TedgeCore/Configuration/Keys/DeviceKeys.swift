extension SettingTable {
    /// The device itself.
    static let device: [SettingKey] = [
        SettingKey(
            "device.id", .name,
            doc: "The name of this device in the clouds, unique among all devices of a tenant.",
            note: "If there is a device certificate, its common name (CN) is the name, and this setting cannot be set.",
            examples: ["Raspberrypi-4d18303a-6d3a-11eb-b1a6-175f6bb72665"]),
        SettingKey(
            "device.key_path", .path, .inDirectory("device-certs/tedge-private-key.pem"),
            doc: "The file with the private key of the device, in PEM format.",
            examples: ["/etc/tedge/device-certs/tedge-private-key.pem"]),
        SettingKey(
            "device.cert_path", .path, .inDirectory("device-certs/tedge-certificate.pem"),
            doc: "The file with the certificate that the device presents to the cloud, in PEM format.",
            examples: ["/etc/tedge/device-certs/tedge-certificate.pem"]),
        SettingKey(
            "device.csr_path", .path, .inDirectory("device-certs/tedge.csr"),
            doc: "The file to write a certificate signing request to.",
            examples: ["/etc/tedge/device-certs/tedge.csr"]),
        SettingKey(
            "device.key_uri", .text,
            doc: "The PKCS#11 URI (RFC 7512) of the private key, if it is in a security module instead of a file.",
            examples: ["pkcs11:token=my-pkcs11-token;object=my-key"]),
        SettingKey(
            "device.key_pin", .text,
            doc: "The PIN that unlocks the private key named by device.key_uri.",
            note: "Without it the PIN of device.cryptoki.pin is used.",
            examples: ["123456", "my-pin"], isSecret: true),
        SettingKey(
            "device.cryptoki.mode", .choice(.cryptoki), .constant("off"),
            doc: "How to reach a hardware security module: not at all (off), through a PKCS#11 library loaded into the "
                + "process (module), or through the tedge-p11-server daemon (socket).",
            examples: ["off", "module", "socket"]),
        SettingKey(
            "device.cryptoki.module_path", .path,
            doc: "The PKCS#11 library to load.", note: "It is needed if device.cryptoki.mode is module.",
            examples: ["/usr/lib/x86_64-linux-gnu/opensc-pkcs11.so"]),
        SettingKey(
            "device.cryptoki.pin", .text, .constant("123456"),
            doc: "The user PIN of the PKCS#11 token, for keys without a PIN of their own.",
            examples: ["123456"], isSecret: true),
        SettingKey(
            "device.cryptoki.uri", .text,
            doc: "The PKCS#11 URI by which tedge-p11-server picks a token and a key if a request names none.",
            examples: ["pkcs11:token=my-pkcs11-token;object=my-key"]),
        SettingKey(
            "device.cryptoki.socket_path", .plainPath, .constant("/run/tedge-p11-server/tedge-p11-server.sock"),
            doc: "The Unix socket that tedge-p11-server listens on.",
            note: "It is used if device.cryptoki.mode is socket.",
            examples: ["/run/tedge-p11-server/tedge-p11-server.sock"]),
        SettingKey(
            "device.type", .text, .constant("thin-edge.io"),
            doc: "The type of the device when it registers with the cloud.",
            examples: ["thin-edge.io"]),
    ]

    /// The contents of new certificates.
    static let certificate: [SettingKey] = [
        SettingKey(
            "certificate.validity.requested_duration", .duration, .constant("365d"),
            doc: "How long a new certificate is valid; an authority that signs it may grant less.",
            examples: ["365d"]),
        SettingKey(
            "certificate.validity.minimum_duration", .duration, .constant("30d"),
            doc: "A certificate that remains valid for less than this time is due for renewal.",
            examples: ["30d"]),
        SettingKey(
            "certificate.organization", .text, .constant("Thin Edge"),
            doc: "The organization (O) in the subject of new certificates and signing requests.",
            examples: ["ACME"]),
        SettingKey(
            "certificate.organization_unit", .text, .constant("Device"),
            doc: "The organizational unit (OU) in the subject of new certificates and signing requests.",
            examples: ["IoT"]),
    ]
}
