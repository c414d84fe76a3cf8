import MQTT

/// A token with which this device may use Cumulocity's HTTP interface. Cumulocity sends it over the bridge.
///
/// It is a secret: it is never printed, logged or passed to another program.
struct DeviceToken {
    let inputs: ConnectionInputs
    let context: Context
    /// How long the answer may take.
    private static let limit = Duration.seconds(10)
    private static let attempts = 3
    /// The most bytes that a `Secret` holds.
    private static let longest = 4096

    /// Asks for a token: an empty message on `s/uat`, and `71,<token>` on `s/dat`. Throws `CheckFailure` if there is no
    /// answer, or if another tenant answers.
    func request() throws -> Secret {
        let deadline = ContinuousClock.now + Self.limit
        let values = try inputs.checkValues(limit: Self.limit, files: context.files)
        let result: Result<Secret, CheckFailure>
        do throws(MQTTError) {
            let words = "Waiting for a token of Cumulocity, for at most 10 seconds."
            let connection = try context.broker.connect(
                values.broker, until: deadline,
                interruption: context.interruption.announcing(words, on: context.console))
            result = try answer(on: connection, values, until: deadline)
            connection.disconnect()
        } catch {
            try context.interruption.check()
            throw CheckFailure.broker(error)
        }
        return try result.get()
    }

    private func answer(
        on connection: any MQTTConnection, _ values: CheckValues, until deadline: ContinuousClock.Instant
    ) throws(MQTTError) -> Result<Secret, CheckFailure> {
        let topic = "\(values.prefix)/s/dat"
        try connection.subscribe([topic, values.healthTopic], until: deadline)
        var isUp: Bool?
        let begin = ContinuousClock.now
        // A question that goes out while the bridge connects may be lost: it is asked again.
        for attempt in 1...Self.attempts {
            if isUp == true { try ask(connection, values, until: deadline) }
            let end = min(deadline, begin + Self.limit * attempt / Self.attempts)
            // Messages that arrive without a pause do not extend the deadline.
            while ContinuousClock.now < end, let message = try connection.nextMessage(until: end) {
                if message.topic == values.healthTopic {
                    let wasUp = isUp == true
                    isUp = message.payload == [UInt8(ascii: "1")]
                    if isUp == true, !wasUp { try ask(connection, values, until: deadline) }
                } else if message.topic == topic, !message.isRetained, let token = Self.token(in: message.payload) {
                    return checked(token, values)
                }
            }
        }
        return switch isUp {
        case nil: .failure(.bridgeUnknown)
        case false?: .failure(.bridgeDown)
        case true?: .failure(.silence)
        }
    }

    private func ask(
        _ connection: any MQTTConnection, _ values: CheckValues, until deadline: ContinuousClock.Instant
    ) throws(MQTTError) {
        _ = try connection.publish(
            topic: "\(values.prefix)/s/uat", payload: [], qos: .atMostOnce, retain: false, until: deadline)
    }

    /// The token of a tenant, if that is the one of the settings: no other server gets to see it.
    private func checked(_ token: [UInt8], _ values: CheckValues) -> Result<Secret, CheckFailure> {
        let issuer = TokenIssuer.issuer(ofToken: String(decoding: token, as: UTF8.self)).map(TokenIssuer.host)
        if let issuer, !values.hosts.contains(issuer) {
            return .failure(.otherTenant(expected: values.hosts, answered: issuer))
        }
        return .success(Secret(token))
    }

    /// The token in a message; nil if it holds none that fits into a line of HTTP.
    private static func token(in payload: [UInt8]) -> [UInt8]? {
        guard let token = CheckExchange.token(in: payload)?.utf8.prefix(while: { $0 > 32 && $0 < 127 }) else {
            return nil
        }
        return token.isEmpty || token.count > longest ? nil : Array(token)
    }
}
