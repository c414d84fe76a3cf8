import MQTT

/// The answers of the local broker and, through the bridge, of the cloud. The questions change nothing there.
struct CloudFindings {
    /// The address of the local broker.
    var broker = ""
    /// Why the local broker does not work; nil if it works.
    var localFailure: String?
    /// Whether mosquitto reports the bridge as up; nil if it reports nothing.
    var isBridgeUp: Bool?
    /// Whether the time ran out before the local broker answered.
    var isUnanswered = false
    /// Whether the cloud had less time for its answer than it is allowed to take.
    var isCut = false
    /// The cloud's answer; nil if there is none.
    var answer: CheckExchange.Answer?
    /// The configured hosts of the device.
    var hosts: [String] = []
}

/// The bridge and the cloud behind it.
extension DoctorRun {
    /// The longest time in seconds for the answer of the cloud.
    private static let answerTimeout = 4.0

    /// The answers of the local broker and the cloud; the questions are sent only once.
    func findings() -> CloudFindings {
        if let conversation { return conversation }
        var findings = CloudFindings()
        do {
            try converse(&findings)
        } catch MQTTError.socket(.interrupted) {
            findings.isCut = true
            findings.isUnanswered = findings.isBridgeUp == nil
        } catch {
            if findings.isBridgeUp == nil { findings.localFailure = "\(error)" }
        }
        conversation = findings
        return findings
    }

    private func converse(_ findings: inout CloudFindings) throws {
        let options = try MQTTOptions.local(
            try settings.get(), clientID: randomClientID("tedge-doctor"), files: context.files)
        findings.broker = "\(options.host):\(options.port)"
        guard let plan = try? plan.get(), var values = try? plan.checkValues(limit: .seconds(4), files: context.files)
        else {
            try context.broker.connect(options, until: end(after: 2), interruption: context.interruption).disconnect()
            return
        }
        values.broker = options
        findings.hosts = values.hosts
        let conversation = CloudConversation(values, named: "tedge-doctor", for: .examination, in: context)
        defer {
            findings.isBridgeUp = conversation.isBridgeUp
            conversation.disconnect()
        }
        try conversation.connect(until: end(after: 2))
        try conversation.readHealth(until: end(after: 2))
        guard conversation.isBridgeUp == true else { return }
        let end = self.end(after: Self.answerTimeout)
        findings.isCut = end < .now + .seconds(Self.answerTimeout - 0.5)
        findings.answer = try conversation.answer(until: end)
    }

    func bridgeUp() -> CheckOutcome {
        switch findings().isBridgeUp {
        case true?: .ok("mosquitto says so")
        case false?: .error(bridgeDown())
        case nil where findings().isUnanswered: .outOfTime
        case nil:
            .error(
                Diagnosis(
                    .bridgeUnknown, "mosquitto says nothing about the bridge: it has not read \(paths.bridge).",
                    hint: "Run 'sudo systemctl restart mosquitto'."))
        }
    }

    /// What mosquitto's log contains about the last attempt, if the log can be read.
    private func bridgeDown() -> Diagnosis {
        if let manager = try? manager.get(), let plan = try? plan.get(), let deviceID = try? plan.builder.deviceID() {
            let log = BrokerLog(context: brokerContext, manager: manager, since: 0)
            if let attempt = log.lastAttempt(of: cloud, profile) {
                return Diagnosis.refusedDevice(cloud, profile, attempt, deviceID: deviceID)
            }
        }
        return Diagnosis.bridgeDown(cloud, profile, in: brokerContext)
    }

    func roundTrip() -> CheckOutcome {
        let deviceID = (try? plan.get()).flatMap { try? $0.builder.deviceID() }
        switch findings().answer {
        case .refusal(let status)?:
            return .error(Diagnosis.refusedRequest(cloud, profile, status, deviceID: deviceID))
        case .some: return .ok("\(cloud.displayName) answers")
        case nil where findings().isCut: return .outOfTime
        case nil: return .error(Diagnosis.silent(cloud, profile, deviceID: deviceID))
        }
    }

    func tenant() -> CheckOutcome {
        guard case .tenant(let host)? = findings().answer else {
            return .skipped("\(cloud.displayName) does not say who it is")
        }
        let hosts = findings().hosts
        if hosts.contains(host) { return .ok(host) }
        if let plan = try? plan.get(), let changed = Diagnosis.addressChanged(plan, in: context) {
            return .error(changed)
        }
        return .error(
            Diagnosis.otherTenant(
                expected: hosts, answered: host, try? cloudSettings(), reconnect: reconnectCommand))
    }
}
