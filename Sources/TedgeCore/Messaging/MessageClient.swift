import Foundation
import MQTT

/// A client of the broker for many messages, for one thread. What each call guarantees is said at `MQTTClient`.
public protocol MessageClient {
    /// How many published messages are done.
    var delivered: Int { get }

    /// Connects.
    func connect(until deadline: ContinuousClock.Instant) throws(MQTTError)
    /// Connects again after a loss, as often as it takes.
    func reconnect(until deadline: ContinuousClock.Instant?) throws(MQTTError)
    /// Subscribes and waits for the broker to say so.
    func subscribe(_ topics: [(filter: String, qos: QoS)], until deadline: ContinuousClock.Instant) throws(MQTTError)
    /// Subscribes, and hands on the messages that come before the broker says so. Returns early if the handler returns false.
    func subscribe(
        _ topics: [(filter: String, qos: QoS)], until deadline: ContinuousClock.Instant,
        handler: (_ topic: RawSpan, _ payload: RawSpan, _ delivery: MQTTDelivery) -> Bool
    ) throws(MQTTError)
    /// Hands a message over and returns its packet id.
    func publish(
        topic: String, payload: [UInt8], qos: QoS, retain: Bool, until deadline: ContinuousClock.Instant?
    ) throws(MQTTError) -> Int
    /// Returns when every published message is done.
    func waitForDelivery(until deadline: ContinuousClock.Instant) throws(MQTTError)
    /// Hands messages on as they come, until the handler returns false; false at the deadline.
    func receive(
        until deadline: ContinuousClock.Instant?, idle: () -> Void,
        handler: (_ topic: RawSpan, _ payload: RawSpan, _ delivery: MQTTDelivery) -> Bool
    ) throws(MQTTError) -> Bool
    /// Ends the connection.
    func disconnect()
}

extension MQTTClient: MessageClient {}

extension Context {
    /// How long a broker may take to accept a connection, to confirm a subscription or to take a message.
    static let brokerPatience = Duration.seconds(10)
    /// What is said if it takes two of them for a connection.
    static let brokerWait = "Waiting for the MQTT broker to accept the connection, for at most 10 seconds."

    /// A client of the broker that the settings name, not connected yet, with an id that begins with `prefix`.
    ///
    /// - Parameters:
    ///   - window: How many messages may wait for their acknowledgement.
    ///   - gathers: Whether published messages are written together.
    func messageClient(
        _ prefix: String, window: Int = 20, gathers: Bool = false, interruption: Interruption
    ) throws -> any MessageClient {
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
        let client = try broker.client(options, interruption: interruption)
        guard options.tls != nil else { return client }
        return ProbingClient(client: client, options: options, context: self, interruption: interruption)
    }
}
