import Foundation
import MQTT
import TLS

/// A connection for the messages of `mqtt pub` and `mqtt sub`.
struct MessageClient {
    let connection: any MQTTConnection
    let options: MQTTOptions
    let context: Context
    let interruption: Interruption

    /// Connects. A refusal in TLS is always the same error: libmosquitto sends before the broker has judged the client's
    /// certificate, so that it may meet an alert, an end or a reset, whichever comes first.
    func connect(until deadline: ContinuousClock.Instant) throws(MQTTError) {
        do throws(MQTTError) {
            try connection.connect(until: deadline)
        } catch {
            throw explained(error)
        }
    }

    /// The failure of a handshake that only listens, if that fails too; else the error.
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

extension Context {
    /// How long a broker may take to accept a connection, to confirm a subscription or to take a message.
    static let brokerTimeout = Duration.seconds(10)
    /// What is said if it takes two of them for a connection.
    static let brokerWait = "Waiting for the MQTT broker to accept the connection, for at most 10 seconds."

    /// A client of the broker that the settings name, not connected yet, with an id that begins with `prefix`.
    ///
    /// - Parameters:
    ///   - window: How many messages may wait for their acknowledgement.
    ///   - gathers: Whether published messages are written together.
    func messageClient(
        _ prefix: String, window: Int = 20, gathers: Bool = false, interruption: Interruption
    ) throws -> MessageClient {
        try require(.mosquitto)
        let settings = try Settings.load(from: settingsSource)
        for warning in settings.warnings() { console.warning(warning.text) }
        var options = try MQTTOptions.local(
            settings, clientID: randomClientID("\(prefix)-\(getpid())"), files: files)
        // A reader of the messages who pauses holds the client up: it is then silent to the broker.
        options.keepAlive = 60
        options.inFlightWindow = window
        options.packetLimit = 8 << 20
        options.gathersMessages = gathers
        let connection = try broker.connection(options, interruption: interruption)
        return MessageClient(connection: connection, options: options, context: self, interruption: interruption)
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
