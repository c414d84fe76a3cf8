/// A bridge from the local broker to a cloud's, as a value.
struct BridgeConfiguration: Sendable, Equatable {
    /// The certificates that the cloud's certificate is checked against.
    enum TrustRoots: Sendable, Equatable {
        /// A file with certificates.
        case file(String)
        /// A directory of certificates, hashed.
        case directory(String)
    }

    /// The name of the connection.
    var connection: String
    /// The cloud's broker.
    var address: HostPort
    /// What the cloud's certificate is checked against.
    var trustRoots: TrustRoots
    /// The protocol that the TLS connection names (ALPN); nil for none.
    var alpn: String?
    /// The client id in the cloud: the device id.
    var remoteClientID: String
    /// The client id on the device.
    var localClientID: String
    /// The user name in the cloud, if the certificate is not enough.
    var remoteUserName: String?
    /// User name and password, which replace the certificate.
    var credentials: DeviceCredentials?
    /// The file with the device's certificate.
    var certificatePath: String
    /// The file with the certificate's key.
    var keyPath: String
    /// Whether the cloud's broker forgets the session.
    var cleanSession: Bool
    /// Whether the local broker forgets the session; nil if mosquitto is not told.
    var localCleanSession: Bool?
    /// The local topic on which mosquitto says that the bridge is up (`1`) or down (`0`).
    var healthTopic: String
    /// The keep-alive interval in seconds.
    var keepAlive: Int
    /// The waits before attempts to reconnect; nil for those of mosquitto.
    var backOff: BridgeBackOff?
    /// The topics that are forwarded.
    var topics: [BridgeTopic]
}

/// Why no bridge can be made from the settings.
enum BridgeError: ExplainedError, Equatable {
    /// A value would break the file that mosquitto reads.
    case unusableValue(key: String, value: String, reason: String)
    /// A setting that mosquitto cannot follow.
    case unsupported(key: String, value: String, instead: String)
    /// A setting that needs a later mosquitto than that of this device.
    case mosquittoTooOld(key: String, value: String, version: String, needed: String)
    /// The setting is on with which the mapper holds the bridge.
    case builtInBridge(path: String)

    /// One word for each case.
    var id: ReasonID {
        switch self {
        case .unusableValue: .settingUnusable
        case .unsupported, .mosquittoTooOld: .settingUnsupported
        case .builtInBridge: .builtInBridge
        }
    }

    /// What happened.
    var causes: [String] {
        switch self {
        case .unusableValue(let key, let value, let reason):
            ["The value of '\(key)' cannot be written into mosquitto's configuration: \(reason)", "'\(value)'"]
        case .unsupported(let key, let value, _): ["'\(key)' is '\(value)', which this program cannot do."]
        case .mosquittoTooOld(let key, let value, let version, let needed):
            [
                "'\(key)' is '\(value)', which needs mosquitto \(needed) or later, and this device has mosquitto "
                    + "\(version)."
            ]
        case .builtInBridge(let path):
            [
                "'mqtt.bridge.built_in' is 'true' in \(path): the mapper would hold a second bridge beside mosquitto's."
            ]
        }
    }

    /// What to do about it.
    var hint: String? {
        switch self {
        case .unusableValue(let key, _, _): "Run 'tedge config set \(key) <value>' to correct it."
        case .unsupported(_, _, let instead): instead
        case .mosquittoTooOld(let key, _, _, _):
            "Install a later mosquitto, or run 'tedge config unset \(key)' if the network lets port 8883 through."
        case .builtInBridge:
            "Run 'tedge config unset mqtt.bridge.built_in' to let mosquitto hold the bridge, then try again."
        }
    }
}
