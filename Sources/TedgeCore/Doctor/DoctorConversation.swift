import MQTT

/// What the doctor asks the local broker and, through the bridge, the cloud: nothing that changes anything there.
struct DoctorConversation {
    /// What came of it.
    struct Findings {
        /// The local broker.
        var place = ""
        /// Why the local broker does not serve.
        var localFailure: String?
        /// What mosquitto says about the bridge; nil if it says nothing.
        var isBridgeUp: Bool?
        /// Whether the time was over before the local broker had answered.
        var isUnanswered = false
        /// Whether the cloud had less time for its answer than it may take.
        var isCut = false
        /// The cloud's answer.
        var answer: CheckExchange.Answer?
        /// The hosts that the device is configured for.
        var hosts: [String] = []
    }

    private let examination: DoctorRun
    /// How many seconds the cloud may take for its answer.
    private static let timeout = 4.0

    init(_ examination: DoctorRun) { self.examination = examination }

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
        } catch MQTTError.socket(.interrupted) {
            findings.isCut = true
            findings.isUnanswered = findings.isBridgeUp == nil
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
        // A broker answers in order: what it keeps for the first subscription has come when it confirms a second one.
        try session.subscribe([values.healthTopic], until: examination.end(after: 2))
        var end = ContinuousClock.now
        while let message = try session.nextMessage(until: end) {
            if message.topic == values.healthTopic {
                let isUp = message.payload == [UInt8(ascii: "1")]
                if isUp, findings.isBridgeUp != true {
                    end = examination.end(after: Self.timeout)
                    findings.isCut = end < .now + .seconds(Self.timeout - 0.5)
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
