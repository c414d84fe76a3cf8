import MQTT
import Sockets
import TLS

/// The start of mosquitto after a restart.
struct BrokerStart {
    let settings: Settings
    let context: Context
    /// How long it may take to answer, in seconds.
    static let timeout = 5

    /// Waits until the broker answers on the configured listener. Throws `ConnectError.brokerSilent` with what it said.
    func wait(_ log: BrokerLog) throws {
        guard context.rehearsal == nil else { return }
        do {
            try answer(context.interruption)
        } catch let error as MQTTError {
            try context.interruption.check()
            let reason = otherPort() ?? nameInTheWay() ?? "\(error)"
            throw ConnectError.brokerSilent(
                seconds: Self.timeout, reason: reason, said: log.lastErrors(), hint: log.place.hint)
        }
    }

    /// Where mosquitto listens by our file, if the settings of this listener have changed since the file was written. Connect
    /// writes it again; a disconnect, or a failed connect that was undone, leaves it.
    private func writtenListener(besides options: MQTTOptions) -> (host: String, port: UInt16)? {
        guard let listeners = try? ListenerConfiguration.from(settings), options.port == listeners.port,
            ["127.0.0.1", "localhost", "::1", listeners.address].contains(options.host),
            let words = WrittenFile(BridgePaths.listeners(in: context.configurationDirectory), context.files)?[
                "listener"]?
                .split(separator: " ").map(String.init),
            words.count == 2, let port = UInt16(words[0]), (port, words[1]) != (listeners.port, listeners.address)
        else { return nil }
        return (["0.0.0.0", "::"].contains(words[1]) ? "127.0.0.1" : words[1], port)
    }

    /// Why programs of this device do not reach mosquitto: it listens on another port than they use; nil if not.
    private func otherPort() -> String? {
        guard let bound = try? ListenerConfiguration.from(settings)?.port,
            let used = try? settings.port("mqtt.client.port"),
            bound != used, let host = try? settings.required("mqtt.client.host"),
            ["127.0.0.1", "localhost", "::1"].contains(host)
        else { return nil }
        return
            "mosquitto listens on port \(bound) ('mqtt.bind.port'), and the programs of this device look for it on port "
            + "\(used) ('mqtt.client.port')."
    }

    /// The host of a cloud for which the name servers do not answer: mosquitto looks it up before it does anything else.
    private func nameInTheWay() -> String? {
        let interruption = context.interruption
        for cloud in CloudName.allCases.map(Cloud.named) {
            guard let endpoint = try? settings.cloud(cloud.name, profile: nil).hostPort(cloud.endpointSetting) else {
                continue
            }
            do throws(TLSError) {
                let waiter = Waiter<TLSError>(interrupted: { interruption.isRequested })
                _ = try AddressLookup.addresses(
                    of: endpoint.bareHost, until: .now + .seconds(1), waiter, resolver: context.resolver)
            } catch {
                guard case .socket(.nameServerSilent(let host)) = error else { continue }
                return
                    "mosquitto waits for the address of \(host), and the name server does not answer. Check the network, and "
                    + "the name servers in /etc/resolv.conf."
            }
        }
        return nil
    }

    /// Waits until the broker answers or its time is up. No signal ends this.
    func waitUninterrupted() {
        if context.rehearsal == nil { try? answer(.never) }
    }

    private func answer(_ interruption: Interruption) throws {
        var options = try MQTTOptions.local(
            settings, clientID: randomClientID("tedge-restart"), files: context.files)
        if let place = writtenListener(besides: options) { (options.host, options.port) = place }
        let connection = try context.broker.connection(options, interruption: interruption)
        try connection.waitForBroker(until: .now + .seconds(Self.timeout))
        connection.disconnect()
    }
}
