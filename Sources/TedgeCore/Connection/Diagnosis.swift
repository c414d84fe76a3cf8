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

    /// Another tenant than the configured one answered.
    static func otherTenant(expected: [String], answered: String) -> Diagnosis {
        Diagnosis(
            "other-tenant",
            "Another tenant answered: the device is configured for \(expected.joined(separator: ", ")), and it is "
                + "connected to \(answered).",
            hint: "Remove the device certificate from \(answered), then disconnect and connect again.")
    }

    /// Finds the cause of a check that failed, with the checks of the doctor that bear on it.
    static func of(_ error: any Error, _ plan: ConnectPlan, in context: Context) -> Diagnosis {
        switch error as? CheckFailure {
        case .broker(let error):
            return firstCause(["mosquitto-running", "listener"], plan, context)
                ?? Diagnosis(
                    "local-mqtt-failed", "The local MQTT broker does not serve the check.", seen: "\(error)",
                    hint: "Run 'systemctl status mosquitto' to see whether mosquitto runs.")
        case .interrupted(let interrupted):
            return Diagnosis("interrupted", interrupted.causes[0] + ".")
        case .otherTenant(let expected, let answered): return otherTenant(expected: expected, answered: answered)
        case .silence: return silent(plan.cloud, plan.profile, deviceID: try? plan.builder.deviceID())
        case .refusal(let status):
            return refusedRequest(plan.cloud, plan.profile, status, deviceID: try? plan.builder.deviceID())
        case .bridgeDown:
            let bearing = [
                "include-line", "clock", "certificate", "private-key", "key-pair", "certificate-dates",
                "broker-reads-key", "credentials", "trust-roots",
                "name-resolution", "tcp", "proxy", "server-certificate", "client-certificate",
                "credentials-accepted", "bridge-current", "bridge-up",
            ]
            return firstCause(bearing, plan, context)
                ?? bridgeDown(plan.cloud, plan.profile, in: context)
        case .bridgeUnknown:
            return firstCause(["include-line", "bridge-current"], plan, context)
                ?? Diagnosis(
                    "bridge-unknown",
                    "mosquitto says nothing about the bridge: it has not read \(plan.paths.bridge).",
                    hint:
                        "Run 'sudo tedge init' to include \(plan.paths.directory) in \(context.mosquittoConfiguration), "
                        + "then disconnect and connect again.")
        case nil: return Diagnosis(error as? any ExplainedError ?? UnexpectedError("\(error)"))
        }
    }

    /// What the first of some checks finds wrong.
    private static func firstCause(_ checks: [String], _ plan: ConnectPlan, _ context: Context) -> Diagnosis? {
        let examination = Examination(
            plan.cloud.name, profile: plan.profile, until: .now + .seconds(8), in: context)
        for id in checks {
            if let diagnosis = examination.outcome(of: id).diagnosis { return diagnosis }
        }
        return nil
    }
}

extension Console {
    /// Prints a diagnosis on stderr.
    func explain(_ diagnosis: Diagnosis, cloud: CloudName, _ profile: ProfileName? = nil) {
        var lines = ["Cause: \(diagnosis.message)"]
        if let seen = diagnosis.seen { lines.append("Seen: \(seen)") }
        if let hint = diagnosis.hint { lines.append("Hint: \(hint)") }
        lines.append("More: Run 'tedge doctor \(cloud.words(profile))' to check everything else.")
        error(lines.map { ErrorFrame.printable($0) + "\n" }.joined())
    }
}
