import MQTT

/// The bridge, the cloud behind it, and the mapper.
extension Examination {
    /// What the local broker and the cloud say, asked once.
    func findings() -> DoctorConversation.Findings {
        if let conversation { return conversation }
        let found = DoctorConversation(self).run()
        conversation = found
        return found
    }

    func bridgeUp() -> CheckOutcome {
        switch findings().isBridgeUp {
        case true?: .ok("mosquitto says so")
        case false?: .error(bridgeDown())
        case nil:
            .error(
                Diagnosis(
                    "bridge-unknown", "mosquitto says nothing about the bridge: it has not read \(paths.bridge).",
                    hint: "Run 'sudo systemctl restart mosquitto'."))
        }
    }

    /// What mosquitto said of its last attempt, where it can be looked up.
    private func bridgeDown() -> Diagnosis {
        if let manager = try? manager.get(), let plan = try? plan.get(), let deviceID = try? plan.builder.deviceID() {
            let log = BrokerLog(context: context, manager: manager, since: 0)
            if let attempt = log.lastAttempt(of: cloud, profile) {
                return Diagnosis.refusedDevice(cloud, profile, attempt, deviceID: deviceID)
            }
        }
        return Diagnosis.bridgeDown(cloud, profile, in: context)
    }

    func roundTrip() -> CheckOutcome {
        let deviceID = (try? plan.get()).flatMap { try? $0.builder.deviceID() }
        switch findings().answer {
        case .refusal(let status)?:
            return .error(Diagnosis.refusedRequest(cloud, profile, status, deviceID: deviceID))
        case .some: return .ok("\(cloud.displayName) answers")
        case nil: return .error(Diagnosis.silent(cloud, profile, deviceID: deviceID))
        }
    }

    func tenant() -> CheckOutcome {
        guard case .tenant(let host)? = findings().answer else {
            return .unseen("\(cloud.displayName) does not say who it is")
        }
        let hosts = findings().hosts
        if hosts.contains(host) { return .ok(host) }
        return .error(Diagnosis.otherTenant(expected: hosts, answered: host))
    }

    func mapperInstalled() -> CheckOutcome {
        for name in ["tedge-mapper", "tedge_mapper"] where context.processes.isOnPath(name) { return .ok(name) }
        return .warning(
            Diagnosis(
                "mapper-not-installed", "tedge-mapper is not installed.",
                hint: "Install it, for example with 'sudo apt install tedge-mapper', then run '\(reconnectCommand)'."))
    }

    func mapperRunning() -> CheckOutcome {
        guard case .ok? = outcomes["mapper-installed"] else { return .unseen("tedge-mapper is not installed") }
        guard case .ok? = outcomes["service-manager"], let manager = try? manager.get() else {
            return .unseen("there is no service manager to ask")
        }
        let service = mapperServices.first { states?[$0]?.isInstalled == true } ?? mapperServices[0]
        let start = ServiceCommands.words(manager.commands.restart, for: service.unit).joined(separator: " ")
        guard states?[service]?.isActive ?? manager.isActive(service) else {
            let said = manager.lastLines(of: service)
            return .error(
                Diagnosis(
                    "mapper-failed", "\(service.unit) does not run.",
                    seen: said.isEmpty ? nil : said.joined(separator: "\n"), hint: "Run 'sudo \(start)'."))
        }
        if manager.isEnabled(service) == false {
            return .warning(
                Diagnosis(
                    "mapper-not-enabled", "\(service.unit) runs, but is not started with the device.",
                    hint: "Run 'sudo systemctl enable \(service.unit)'."))
        }
        return .ok(service.unit)
    }
}

/// What the doctor asks the local broker and, through the bridge, the cloud: nothing that changes anything there.
struct DoctorConversation {
    /// What came of it.
    struct Findings {
        /// The local broker.
        var place = ""
        /// Why the local broker does not serve.
        var localFailure: String?
        /// What mosquitto says about the bridge; nil where it says nothing.
        var isBridgeUp: Bool?
        /// The cloud's answer.
        var answer: CheckExchange.Answer?
        /// The hosts that the device is configured for.
        var hosts: [String] = []
    }

    private let examination: Examination

    init(_ examination: Examination) { self.examination = examination }

    func run() -> Findings {
        var findings = Findings()
        do {
            let options = try MQTTOptions.local(
                try examination.settings.get(), clientID: randomClientID("tedge-doctor"),
                files: examination.context.files)
            findings.place = "\(options.host):\(options.port)"
            let session = try examination.context.broker.connect(
                options, until: examination.end(after: 2), interruption: examination.context.interruption)
            defer { session.disconnect() }
            guard let plan = try? examination.plan.get(),
                var values = try? plan.checkValues(limit: .seconds(4), files: examination.context.files)
            else { return findings }
            values.broker = options
            findings.hosts = values.hosts
            try converse(session, values, &findings)
        } catch {
            if findings.isBridgeUp == nil { findings.localFailure = "\(error)" }
        }
        return findings
    }

    private func converse(
        _ session: any BrokerSession, _ values: ConnectionCheck.Values, _ findings: inout Findings
    ) throws {
        let exchange = CheckExchange(values, requestID: randomClientID("tedge-doctor"))
        try session.subscribe(exchange.filters + [values.healthTopic], until: examination.end(after: 2))
        // The broker sends what it keeps right after the subscription.
        var end = examination.end(after: 0.5)
        while let message = try session.nextMessage(until: end) {
            if message.topic == values.healthTopic {
                let isUp = message.payload == [UInt8(ascii: "1")]
                if isUp, findings.isBridgeUp != true {
                    end = examination.end(after: 4)
                    for question in exchange.questions where question.isHarmless {
                        try session.publish(
                            topic: question.topic, payload: Array(question.payload.utf8), qos: question.qos, until: end)
                    }
                }
                findings.isBridgeUp = isUp
                if !isUp { return }
            } else if let answer = exchange.answer(message) {
                findings.answer = answer
                if case .refusal = answer { continue }
                if answer != .cloudWithMore { return }
            }
        }
    }
}
