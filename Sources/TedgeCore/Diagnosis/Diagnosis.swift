import MQTT

/// Why a connection does not work: the first cause that was found.
struct Diagnosis: Sendable, Equatable {
    /// The id for programs.
    let id: ReasonID
    /// What is wrong.
    let message: String
    /// The observed details; nil if the message has them all.
    let seen: String?
    /// The command to type; nil if there is none.
    let hint: String?

    /// Creates a diagnosis.
    init(_ id: ReasonID, _ message: String, seen: String? = nil, hint: String? = nil) {
        self.id = id
        self.message = message
        self.seen = seen
        self.hint = hint
    }

    /// The message and the observed details.
    var causes: [String] { [message] + (seen.map { [$0] } ?? []) }

    /// A tenant other than the configured one answered.
    static func otherTenant(
        expected: [String], answered: String, _ settings: CloudSettings?, reconnect: String
    ) -> Diagnosis {
        let key = (try? settings?.name("url").text) ?? "c8y.url"
        return Diagnosis(
            .otherTenant,
            "Another tenant answered: the device is configured for \(expected.joined(separator: ", ")), and it is "
                + "connected to \(answered).",
            hint:
                "If the device belongs to \(answered), run 'tedge config set \(key) \(answered)', then '\(reconnect)'; if not, "
                + "ask the administrators of \(answered) why that tenant trusts the device certificate.")
    }

    /// The bridge connects to another address than the one in the settings; nil if it does not, or if its file cannot be
    /// read.
    static func addressChanged(_ plan: ConnectionInputs, in context: Context) -> Diagnosis? {
        guard let endpoint = try? plan.builder.endpoint(),
            let found = WrittenFile(plan.paths.bridge, context.files)?["address"]
        else { return nil }
        let wanted = "\(endpoint.bareHost):\(endpoint.port)"
        guard found != wanted else { return nil }
        return Diagnosis(
            .bridgeFileDiffers,
            "The bridge leads to \(found), and the settings name \(wanted): one of them was changed after the device was connected.",
            seen: "\(plan.paths.bridge)",
            hint: "Run 'sudo tedge reconnect \(plan.cloud.name.words(plan.profile))'.")
    }

    /// Finds the cause of a failed check by running the checks that can explain it.
    static func of(_ error: any Error, _ plan: ConnectionInputs, in context: Context) -> Diagnosis {
        let command = "tedge connect \(plan.cloud.name.words(plan.profile)) --test"
        switch error as? CheckFailure {
        case .interrupted(let interrupted):
            return Diagnosis(
                interrupted.id,
                "\(interrupted.causes.joined(separator: ": ")): the bridge is configured, and whether it works is not known.",
                hint: interrupted.hint ?? "Run '\(command)' to check the connection.")
        case .otherTenant, .silence, .bridgeDown, .bridgeLost:
            if let changed = addressChanged(plan, in: context) { return changed }
            if let unread = firstCause([.bridgeRead], plan, context) { return unread }
        default: break
        }
        switch error as? CheckFailure {
        case .broker(let error):
            return firstCause([.mosquittoRunning, .listener], plan, context)
                ?? Diagnosis(
                    .localMQTTFailed, "The local MQTT broker does not serve the check.", seen: "\(error)",
                    hint:
                        "Check 'mqtt.client.host' and 'mqtt.client.port' with 'tedge config list mqtt.client', and mosquitto "
                        + "with 'systemctl status mosquitto'.")
        case .otherTenant(let expected, let answered):
            return otherTenant(
                expected: expected, answered: answered, plan.builder.settings,
                reconnect: "sudo tedge reconnect \(plan.cloud.name.words(plan.profile))")
        case .silence: return silent(plan.cloud, plan.profile, deviceID: try? plan.builder.deviceID())
        case .refusal(let status):
            return refusedRequest(plan.cloud, plan.profile, status, deviceID: try? plan.builder.deviceID())
        case .bridgeDown, .bridgeLost:
            let related: [CheckID] = [
                .includeLine, .clock, .certificate, .privateKey, .keyPair, .certificateDates,
                .brokerReadsKey, .credentials, .trustRoots,
                .nameResolution, .tcp, .proxy, .serverCertificate, .clientCertificate,
                .credentialsAccepted, .bridgeCurrent, .bridgeRead, .bridgeUp,
            ]
            let cause = firstCause(related, plan, context) ?? bridgeDown(plan.cloud, plan.profile, in: context)
            guard error as? CheckFailure == .bridgeLost, cause.id == .bridgeDown else { return cause }
            return bridgeLost(plan)
        case .bridgeUnknown:
            return firstCause([.includeLine, .bridgeCurrent, .bridgeRead], plan, context)
                ?? Diagnosis(
                    .bridgeUnknown,
                    "mosquitto says nothing about the bridge: it has not read \(plan.paths.bridge).",
                    hint:
                        "Run 'sudo tedge init' to include \(plan.paths.directory) in \(context.mosquittoConfiguration), "
                        + "then disconnect and connect again.")
        case .interrupted, nil: return Diagnosis(error as? any ExplainedError ?? UnexpectedError("\(error)"))
        }
    }

    /// The bridge was up, and then the cloud ended its connection.
    private static func bridgeLost(_ plan: ConnectionInputs) -> Diagnosis {
        let name = plan.cloud.displayName
        let deviceID = (try? plan.builder.deviceID()) ?? "<device id>"
        let rights = plan.cloud.check == .smartREST ? "" : ", and that the device may use the topics of the bridge"
        return Diagnosis(
            .bridgeUnstable, "The bridge to \(name) comes up, and \(name) ends its connection again.",
            hint: "Check that no other device or program is connected as '\(deviceID)'\(rights).")
    }

    /// Why the mapper of a cloud is not running; nil if it is running.
    static func ofMapper(_ cloud: CloudName, _ profile: ProfileName?, in context: Context) -> Diagnosis? {
        let run = DoctorRun(cloud, profile: profile, until: .now + .seconds(timeout), in: context)
        run.asksWhatIsEnabled = false
        return if case .error(let diagnosis) = run.outcome(of: .mapperRunning) { diagnosis } else { nil }
    }

    /// The longest time in seconds to search for the cause after the check.
    static let timeout = 5

    /// The first problem that one of these checks finds.
    private static func firstCause(_ checks: [CheckID], _ plan: ConnectionInputs, _ context: Context) -> Diagnosis? {
        var context = context
        context.interruption = context.interruption.announcing(
            "Looking for the cause, for at most \(timeout) seconds.", on: context.console)
        let run = DoctorRun(
            plan.cloud.name, profile: plan.profile, until: .now + .seconds(timeout), in: context)
        for id in checks {
            if let diagnosis = run.outcome(of: id).diagnosis { return diagnosis }
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
