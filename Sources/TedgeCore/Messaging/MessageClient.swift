import Foundation
import MQTT
import TLS

/// A connection for the messages of `mqtt pub` and `mqtt sub`.
struct MessageClient {
    let connection: any MQTTConnection
    let options: MQTTOptions
    let context: Context
    let interruption: Interruption

    /// Connects. A refusal in TLS always causes the same error: libmosquitto sends before the broker has checked the
    /// client's certificate, so it may get an alert, an end or a reset, whichever arrives first.
    func connect(until deadline: ContinuousClock.Instant) throws(MQTTError) {
        do throws(MQTTError) {
            try connection.connect(until: deadline)
        } catch {
            throw explained(error)
        }
    }

    /// Connects as `connect(until:)` does, again and again until the broker is there.
    ///
    /// - Parameters:
    ///   - patience: How long to wait for a broker that is not there, zero for ever; nil for the usual time.
    ///   - limit: When to give up in any case.
    func connect(patience: Duration?, limit: ContinuousClock.Instant?) throws(MQTTError) {
        let begin = ContinuousClock.now
        let wait = patience ?? Context.brokerTimeout
        let end = patience == .zero ? limit : min(limit ?? begin + wait, begin + wait)
        let single = begin + Context.brokerTimeout
        do throws(MQTTError) {
            try connect(until: min(end ?? single, single))
        } catch {
            // If no time is asked for, an answer that is not a broker's, or a name that does not exist, is an error at once.
            guard patience == nil ? error.isAbsence : error.mayPassAfterLoss, end.map({ .now < $0 }) ?? true else {
                throw error
            }
            do throws(MQTTError) {
                try connection.reconnect(until: end)
            } catch {
                throw explained(error)
            }
        }
    }

    /// Makes another handshake that sends no data. Returns its error if it fails too, else the given error.
    private func explained(_ error: MQTTError) -> MQTTError {
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

extension MQTTError {
    /// Whether nothing listens at the address of the broker.
    fileprivate var isAbsence: Bool {
        if case .socket(.cannotConnect) = self { mayPassAfterLoss } else { false }
    }
}

extension Context {
    /// How long a broker may take to accept a connection, confirm a subscription or accept a message.
    static let brokerTimeout = Duration.seconds(10)

    /// The text to print if a connection takes two seconds.
    ///
    /// - Parameter patience: How long to wait for a broker that is not there, zero for ever; nil for the usual time.
    static func brokerWait(_ patience: Duration?) -> String {
        if patience == .zero { return "Waiting for the MQTT broker until it accepts the connection." }
        let seconds = (patience ?? brokerTimeout).fullSeconds
        return "Waiting for the MQTT broker to accept the connection, for at most \(seconds) seconds."
    }

    /// Creates a client for the broker in the settings, not connected yet, with an id that begins with `prefix`.
    ///
    /// - Parameters:
    ///   - window: How many messages may wait for their acknowledgement.
    ///   - gathers: Whether to write published messages together.
    func messageClient(
        _ prefix: String, window: Int = 20, gathers: Bool = false, interruption: Interruption
    ) throws -> MessageClient {
        try require(.mosquitto)
        let settings = try Settings.load(from: settingsSource)
        for warning in settings.warnings() { console.warning(warning.text) }
        var options = try MQTTOptions.local(
            settings, clientID: randomClientID("\(prefix)-\(getpid())"), files: files)
        // If the reader of the messages pauses, the client is blocked and sends nothing to the broker.
        options.keepAlive = 60
        options.inFlightWindow = window
        options.packetLimit = 8 << 20
        options.gathersMessages = gathers
        let connection = try broker.connection(options, interruption: interruption)
        return MessageClient(connection: connection, options: options, context: self, interruption: interruption)
    }
}

extension TLSOptions {
    /// Converts the same files for a separate connection.
    fileprivate init(_ tls: MQTTTLS) {
        let roots = [tls.caFile, tls.caDirectory].compactMap(\.self)
        var identity: Identity?
        if let certificate = tls.certificateFile, let key = tls.keyFile {
            identity = Identity(certificatePath: certificate, keyPath: key)
        }
        self.init(roots: roots.isEmpty ? [.system] : roots.map { .path($0) }, identity: identity, alpn: tls.alpn)
    }
}
