import MQTT

/// The first cause of a connection that is not proven.
public struct Diagnosis: Sendable, Equatable {
    /// A word for programs that stays the same between releases.
    public let id: String
    /// What is wrong.
    public let message: String
    /// What was seen, where there is more to it than the message.
    public let seen: String?
    /// What to type.
    public let hint: String?

    /// Puts a diagnosis together.
    init(_ id: String, _ message: String, seen: String? = nil, hint: String? = nil) {
        self.id = id
        self.message = message
        self.seen = seen
        self.hint = hint
    }

    /// Finds the cause of a check that failed. Where the bridge is down, the cloud's endpoint is asked for the reason.
    static func of(_ error: any Error, _ plan: ConnectPlan, in context: Context) -> Diagnosis {
        switch error as? CheckFailure {
        case .broker(let error):
            return Diagnosis(
                "local-mqtt-failed", "The local MQTT broker does not serve the check.", seen: "\(error)",
                hint: "Run 'systemctl status mosquitto' to see whether mosquitto runs.")
        case .interrupted(let interrupted):
            return Diagnosis("interrupted", interrupted.causes[0] + ".")
        case .otherTenant(let expected, let answered):
            return Diagnosis(
                "other-tenant",
                "Another tenant answered: the device is configured for \(expected.joined(separator: ", ")), and it is "
                    + "connected to \(answered).",
                hint: "Remove the device certificate from \(answered), then disconnect and connect again.")
        case .silence:
            return Diagnosis(
                "cloud-silent",
                "The bridge is up, but \(plan.cloud.displayName) does not answer.",
                hint: "Run 'tedge connect \(plan.cloud.name.rawValue) --test' to try again in a minute.")
        case .bridgeDown:
            return EndpointProbe(plan: plan, context: context).diagnosis()
                ?? Diagnosis(
                    "bridge-down", "The bridge to \(plan.cloud.displayName) is down.",
                    hint: "Run 'journalctl -u mosquitto' to see what mosquitto says about it.")
        case .bridgeUnknown:
            return Diagnosis(
                "bridge-unknown",
                "mosquitto says nothing about the bridge: it has not read \(plan.paths.bridge).",
                hint: "Run 'sudo tedge init' to include \(plan.paths.directory) in \(context.mosquittoConfiguration), "
                    + "then disconnect and connect again.")
        case nil:
            let explained = error as? any ExplainedError ?? UnexpectedError("\(error)")
            return Diagnosis(
                explained.id, explained.causes.joined(separator: ": "), hint: explained.hint)
        }
    }
}

extension Console {
    /// Prints a diagnosis on stderr.
    func explain(_ diagnosis: Diagnosis, cloud: CloudName) {
        var lines = ["Cause: \(diagnosis.message)"]
        if let seen = diagnosis.seen { lines.append("Seen: \(seen)") }
        if let hint = diagnosis.hint { lines.append("Hint: \(hint)") }
        error(lines.map { ErrorFrame.printable($0) + "\n" }.joined())
    }
}
