import MQTT
import TLS

/// A client of a broker with TLS that tells why its connection fails always in the same words.
///
/// libmosquitto sends before the broker has judged the client's certificate. A refusal shows itself to it as an alert, as an
/// end or as a reset, whichever comes first.
struct ProbingClient: MessageClient {
    let client: any MessageClient
    let options: MQTTOptions
    let context: Context
    let interruption: Interruption

    var delivered: Int { client.delivered }

    func connect(until deadline: ContinuousClock.Instant) throws(MQTTError) {
        do throws(MQTTError) {
            try client.connect(until: deadline)
        } catch {
            throw settled(error)
        }
    }

    func reconnect(until deadline: ContinuousClock.Instant?) throws(MQTTError) {
        try client.reconnect(until: deadline)
    }

    func subscribe(_ topics: [(filter: String, qos: QoS)], until deadline: ContinuousClock.Instant) throws(MQTTError) {
        try client.subscribe(topics, until: deadline)
    }

    func subscribe(
        _ topics: [(filter: String, qos: QoS)], until deadline: ContinuousClock.Instant,
        handler: (_ topic: RawSpan, _ payload: RawSpan, _ delivery: MQTTDelivery) -> Bool
    ) throws(MQTTError) {
        try client.subscribe(topics, until: deadline, handler: handler)
    }

    func publish(
        topic: String, payload: [UInt8], qos: QoS, retain: Bool, until deadline: ContinuousClock.Instant?
    ) throws(MQTTError) -> Int {
        try client.publish(topic: topic, payload: payload, qos: qos, retain: retain, until: deadline)
    }

    func waitForDelivery(until deadline: ContinuousClock.Instant) throws(MQTTError) {
        try client.waitForDelivery(until: deadline)
    }

    func receive(
        until deadline: ContinuousClock.Instant?, idle: () -> Void,
        handler: (_ topic: RawSpan, _ payload: RawSpan, _ delivery: MQTTDelivery) -> Bool
    ) throws(MQTTError) -> Bool {
        try client.receive(until: deadline, idle: idle, handler: handler)
    }

    func disconnect() { client.disconnect() }

    /// The failure, in the words of a handshake that only listens if that fails too.
    private func settled(_ error: MQTTError) -> MQTTError {
        switch error {
        case .tls(let endpoint, _), .closedBeforeAnswer(let endpoint):
            guard let tls = options.tls else { return error }
            let host = options.host.contains(":") ? "[\(options.host)]" : options.host
            guard let place = try? HostPort(parsing: host, defaultPort: options.port) else { return error }
            let probe = context.probe(
                place, TLSOptions(tls), timeout: .seconds(1), until: .now + .seconds(3), interruption)
            guard let failure = probe.failure, failure.isVerdict else { return .closedBeforeAnswer(endpoint) }
            return .tls(endpoint, failure)
        default: return error
        }
    }
}

extension TLSOptions {
    /// The same files for a connection of its own.
    fileprivate init(_ tls: MQTTTLS) {
        let roots = [tls.caFile, tls.caDirectory].compactMap(\.self)
        var identity: Identity?
        if let certificate = tls.certificateFile, let key = tls.keyFile {
            identity = Identity(certificatePath: certificate, keyPath: key)
        }
        self.init(roots: roots.isEmpty ? [.system] : roots.map { .path($0) }, identity: identity)
    }
}
