import MQTT

/// Proves a connection with a message to the cloud and its answer.
struct ConnectionCheck {
    let values: CheckValues
    let purpose: CloudConversation.Purpose
    let context: Context
    private static let tries = 2

    /// Checks the connection that is configured, with the lines of the check. Throws `CheckFailure` and errors of settings.
    ///
    /// - Parameter timeout: How many seconds it may take.
    static func run(
        _ inputs: ConnectionInputs, for purpose: CloudConversation.Purpose, timeout: Int, in context: Context
    ) throws {
        context.console.step("Sending packets to check connection. This may take up to \(timeout) seconds.")
        let values = try inputs.checkValues(limit: .seconds(timeout), files: context.files)
        try ConnectionCheck(values: values, purpose: purpose, context: context).run()
    }

    /// Runs the tries and prints a line for each. Throws `CheckFailure`.
    func run() throws(CheckFailure) {
        let begin = ContinuousClock.now
        let conversation = CloudConversation(values, named: "tedge", for: purpose, in: context)
        for number in 1...Self.tries {
            context.console.partial("Try \(number) / \(Self.tries): Sending a message to \(values.cloud.displayName). ")
            do throws(CheckFailure) {
                try proceed(conversation, until: begin + values.limit * number / Self.tries)
                context.console.line("Received expected response message, connection check is successful.")
                return
            } catch {
                if case .interrupted = error { throw error }
                guard number < Self.tries else {
                    context.console.line("... No response.")
                    throw error
                }
                context.console.line(
                    "... No response. If the device is new, it's normal to get no response in the first try.")
            }
        }
    }

    private func proceed(
        _ conversation: CloudConversation, until deadline: ContinuousClock.Instant
    ) throws(CheckFailure) {
        let answer: CheckExchange.Answer?
        do throws(MQTTError) {
            answer = try conversation.answer(until: deadline)
        } catch {
            conversation.drop()
            if let signal = context.interruption.signal() { throw .interrupted(Interrupted(signal: signal)) }
            throw .broker(error)
        }
        switch answer {
        case .tenant(let host) where !values.hosts.contains(host):
            throw .otherTenant(expected: values.hosts, answered: host)
        case .refusal(let status): throw .refusal(status)
        case .some: conversation.disconnect()
        case nil:
            if conversation.isBridgeLost { throw .bridgeLost }
            switch conversation.isBridgeUp {
            case nil: throw .bridgeUnknown
            case false?: throw .bridgeDown
            case true?: throw .silence
            }
        }
    }
}
