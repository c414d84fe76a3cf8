@testable import TedgeCore

/// Bridges of devices whose settings exist only in the test.
enum BridgeFixture {
    static let certificate = "/etc/tedge/device-certs/tedge-certificate.pem"
    private static let addresses = [
        CloudName.c8y: "example.cumulocity.com", .az: "hub.azure-devices.net",
        .aws: "abc.iot.eu-central-1.amazonaws.com",
    ]

    /// A builder for a device `gateway-1` that has the address of its cloud.
    ///
    /// - Parameters:
    ///   - lines: Further lines of `tedge.toml`.
    ///   - directories: The paths that are directories.
    static func builder(
        _ lines: String = "", cloud: CloudName = .c8y, profile: String? = nil, id: String = "gateway-1",
        directories: Set<String> = ["/etc/ssl/certs"]
    ) throws -> BridgeBuilder {
        let address = "\(cloud.rawValue).url = '\(addresses[cloud] ?? "")'\n"
        let settings = try SettingsFixture(address + lines, certificates: [certificate: id]).load()
        return BridgeBuilder(
            cloud: .named(cloud),
            settings: settings.cloud(cloud, profile: try profile.map { try ProfileName(parsing: $0) }),
            isDirectory: { directories.contains($0) })
    }

    /// The bridge of a device with mosquitto 2.
    static func bridge(
        _ lines: String = "", cloud: CloudName = .c8y, profile: String? = nil, id: String = "gateway-1",
        credentials: DeviceCredentials? = nil, mosquitto: String? = "2.0.21"
    ) throws -> BridgeConfiguration {
        try builder(lines, cloud: cloud, profile: profile, id: id).bridge(credentials: credentials) { mosquitto }
    }

    /// The topic lines of the bridge's file.
    static func topics(_ lines: String = "", cloud: CloudName = .c8y) throws -> [String] {
        let text = MosquittoRenderer.text(of: try bridge(lines, cloud: cloud))
        return text.split(separator: "\n").map(String.init).filter { $0.hasPrefix("topic ") }
    }
}
