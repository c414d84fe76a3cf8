import MQTT

/// Why connect, its check or disconnect fails by itself.
public enum ConnectError: ExplainedError, Equatable {
    /// There is a bridge file.
    case alreadyConnected(cloud: CloudName)
    /// There is no bridge file.
    case notConnected(cloud: CloudName)
    /// A file cannot be written for lack of permission.
    case filePermission(path: String, SystemError)
    /// A directory cannot be made for lack of permission.
    case directoryPermission(path: String, SystemError)
    /// The bridge file cannot be removed for lack of permission.
    case removalPermission(path: String, SystemError)
    /// mosquitto does not answer after its restart; what it said is listed.
    case brokerSilent(seconds: Int, reason: String, said: [String])

    /// One word for each case.
    public var id: String {
        switch self {
        case .alreadyConnected: "already-connected"
        case .notConnected: "not-connected"
        case .filePermission, .directoryPermission, .removalPermission: "permission-denied"
        case .brokerSilent: "mosquitto-not-answering"
        }
    }

    /// What happened.
    public var causes: [String] {
        switch self {
        case .alreadyConnected(let cloud):
            [
                "Connection is already established. To remove existing connection use 'tedge disconnect \(cloud.rawValue)' "
                    + "and try again."
            ]
        case .notConnected(let cloud): ["Device is not connected to \(Cloud.named(cloud).displayName) cloud"]
        case .filePermission(let path, let reason):
            [
                "File Error. Check permissions for \(path).", "failed to persist temporary file: \(reason)",
                "\(reason)",
            ]
        case .directoryPermission(let path, let reason):
            ["Directory Error. Check permissions for \(path).", "\(reason)"]
        case .removalPermission(let path, let reason):
            ["File operation error. Check permissions for \(path).", "\(reason)"]
        case .brokerSilent(let seconds, let reason, let said):
            ["mosquitto does not answer within \(seconds) seconds after its restart.", reason]
                + (said.isEmpty ? [] : ["mosquitto said: " + said.joined(separator: "\n")])
        }
    }

    /// What to do about it.
    public var hint: String? {
        switch self {
        case .notConnected(let cloud): "Run 'sudo tedge connect \(cloud.rawValue)' to connect it."
        case .brokerSilent: "Run 'journalctl -u mosquitto' for all that mosquitto said."
        default: nil
        }
    }
}
