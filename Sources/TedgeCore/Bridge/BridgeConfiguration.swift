/// A bridge from the local broker to a cloud's, as a value.
public struct BridgeConfiguration: Sendable, Equatable {
    /// Where the certificates are that the cloud's own is checked against.
    public enum TrustRoots: Sendable, Equatable {
        /// A file with certificates.
        case file(String)
        /// A directory of certificates, hashed.
        case directory(String)
    }

    /// The name of the connection.
    public var connection: String
    /// The cloud's broker.
    public var address: HostPort
    /// What the cloud's certificate is checked against.
    public var trustRoots: TrustRoots
    /// The client id in the cloud: the device id.
    public var remoteClientID: String
    /// The client id on the device.
    public var localClientID: String
    /// The user name in the cloud, where the certificate is not enough.
    public var remoteUserName: String?
    /// What the device proves itself with in place of its certificate.
    public var credentials: DeviceCredentials?
    /// The file with the device's certificate.
    public var certificatePath: String
    /// The file with the certificate's key.
    public var keyPath: String
    /// Whether the cloud's broker forgets the session.
    public var cleanSession: Bool
    /// Whether the local broker forgets the session; nil if mosquitto is not told.
    public var localCleanSession: Bool?
    /// The local topic on which mosquitto says that the bridge is up (`1`) or down (`0`).
    public var healthTopic: String
    /// The seconds between signs of life.
    public var keepAlive: Int
    /// What is carried.
    public var topics: [BridgeTopic]
}

/// Why settings make no bridge.
public enum BridgeError: ExplainedError, Equatable {
    /// A value would break the file that mosquitto reads.
    case unusableValue(key: String, value: String, reason: String)
    /// Something that settings ask for and mosquitto cannot do.
    case unsupported(key: String, value: String, instead: String)
    /// The setting that lets the mapper hold the bridge is on.
    case builtInBridge(path: String)

    /// One word for each case.
    public var id: ReasonID {
        switch self {
        case .unusableValue: .settingUnusable
        case .unsupported: .settingUnsupported
        case .builtInBridge: .builtInBridge
        }
    }

    /// What happened.
    public var causes: [String] {
        switch self {
        case .unusableValue(let key, let value, let reason):
            ["The value of '\(key)' cannot stand in mosquitto's configuration: \(reason)", "'\(value)'"]
        case .unsupported(let key, let value, _): ["'\(key)' is '\(value)', which this program cannot do."]
        case .builtInBridge(let path):
            [
                "'mqtt.bridge.built_in' is 'true' in \(path): the mapper would hold a second bridge beside mosquitto's."
            ]
        }
    }

    /// What to do about it.
    public var hint: String? {
        switch self {
        case .unusableValue(let key, _, _): "Run 'tedge config set \(key) <value>' to correct it."
        case .unsupported(_, _, let instead): instead
        case .builtInBridge:
            "Run 'tedge config unset mqtt.bridge.built_in' to let mosquitto hold the bridge, then try again."
        }
    }
}
