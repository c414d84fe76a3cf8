import MQTT

/// mosquitto as it comes up after a restart.
struct BrokerStart {
    let settings: Settings
    let context: Context
    /// How long it may take to answer, in seconds.
    static let patience = 5

    /// Waits until the broker answers on the configured listener. Throws `ConnectError.brokerSilent` with what it said.
    func wait(_ log: BrokerLog) throws {
        do {
            try answer(context.interruption)
        } catch let error as MQTTError {
            try context.interruption.check()
            throw ConnectError.brokerSilent(
                seconds: Self.patience, reason: "\(error)", said: log.lastErrors(),
                hint: log.place.hint)
        }
    }

    /// Waits until the broker answers, or for as long as it may take, whatever signal comes.
    func settle() { try? answer(.never) }

    private func answer(_ interruption: Interruption) throws {
        let options = try MQTTOptions.local(
            settings, clientID: randomClientID("tedge-restart"), files: context.files)
        try context.broker.waitForStart(
            options, until: .now + .seconds(Self.patience), interruption: interruption
        ).disconnect()
    }
}
