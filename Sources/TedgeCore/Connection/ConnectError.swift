import MQTT

/// Why connect, its check or disconnect fails.
enum ConnectError: ExplainedError, Equatable {
    /// The bridge file exists.
    ///
    /// - Parameter isDurable: Whether it was to become durable.
    case alreadyConnected(cloud: CloudName, profile: ProfileName?, isDurable: Bool = false)
    /// The bridge file does not exist.
    case notConnected(cloud: CloudName, profile: ProfileName?)
    /// A file cannot be written for lack of permission.
    case filePermission(path: String, SystemError)
    /// A directory cannot be created for lack of permission.
    case directoryPermission(path: String, SystemError)
    /// The bridge file cannot be removed for lack of permission.
    case removalPermission(path: String, SystemError)
    /// mosquitto does not answer after its restart; what it said is listed.
    case brokerSilent(seconds: Int, reason: String, said: [String], hint: String)
    /// mosquitto would not start with its configuration. The advice is a sentence without its full stop.
    case brokerRejects(complaint: String, advice: String)
    /// mosquitto runs, but would not start again with its present configuration.
    case brokerCannotReturn(complaint: String, advice: String)
    /// Two lines open the same listener.
    case listenerTwice(port: UInt16, ours: String, other: String)
    /// Another program listens on the port of the local broker.
    case portHeld(port: UInt16, holder: String)

    /// One word for each case.
    var id: ReasonID {
        switch self {
        case .alreadyConnected: .alreadyConnected
        case .notConnected: .notConnected
        case .filePermission, .directoryPermission, .removalPermission: .permissionDenied
        case .brokerSilent: .mosquittoNotAnswering
        case .brokerRejects: .mosquittoConfigurationRejected
        case .brokerCannotReturn: .mosquittoCannotRestart
        case .listenerTwice: .listenerTwice
        case .portHeld: .portHeld
        }
    }

    /// What happened.
    var causes: [String] {
        switch self {
        case .alreadyConnected(let cloud, let profile, _):
            [
                "Connection is already established. To remove existing connection use 'tedge disconnect "
                    + "\(cloud.words(profile))' and try again."
            ]
        case .notConnected(let cloud, _): ["Device is not connected to \(Cloud.named(cloud).displayName) cloud"]
        case .filePermission(let path, let reason):
            [
                "File Error. Check permissions for \(path).", "failed to persist temporary file: \(reason)",
                "\(reason)",
            ]
        case .directoryPermission(let path, let reason):
            ["Directory Error. Check permissions for \(path).", "\(reason)"]
        case .removalPermission(let path, let reason):
            ["File operation error. Check permissions for \(path).", "\(reason)"]
        case .brokerSilent(let seconds, let reason, let said, _):
            ["mosquitto does not answer within \(seconds) seconds after its restart.", reason]
                + (said.isEmpty ? [] : ["mosquitto said: " + said.joined(separator: "\n")])
        case .brokerRejects(let complaint, _):
            [
                "mosquitto would not start with its configuration, so it was not restarted.",
                complaint,
            ]
        case .brokerCannotReturn(let complaint, _):
            [
                "mosquitto runs, but would not start again with its present configuration, so nothing was changed.",
                complaint,
            ]
        case .listenerTwice(let port, let ours, let other):
            ["mosquitto cannot open two listeners on port \(port): \(ours) and \(other)."]
        case .portHeld(let port, let holder): ["Port \(port), on which mosquitto is to listen, is held by \(holder)."]
        }
    }

    /// The file or directory that the caller has no permission for.
    var forbiddenPath: String? {
        switch self {
        case .filePermission(let path, _), .directoryPermission(let path, _), .removalPermission(let path, _): path
        default: nil
        }
    }

    /// What to do about it.
    var hint: String? {
        switch self {
        case .alreadyConnected(let cloud, let profile, isDurable: true):
            "Run 'sudo tedge reconnect \(cloud.words(profile)) --durable' to have this connection keep messages."
        case .notConnected(let cloud, let profile): "Run 'sudo tedge connect \(cloud.words(profile))' to connect it."
        case .brokerSilent(_, _, _, let hint): "\(hint) Run 'sudo tedge doctor' to find out more."
        case .brokerRejects(_, let advice), .brokerCannotReturn(_, let advice): "\(advice), then run the command again."
        case .listenerTwice(_, _, let other):
            "Remove the line \(other), or run 'sudo tedge config set mqtt.bind.enabled false' to use that listener alone."
        case .portHeld: "End that program, or run 'sudo tedge config set mqtt.bind.port <port>' for another port."
        default: nil
        }
    }
}
