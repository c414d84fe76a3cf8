import Sockets

/// Whether mosquitto can open its listeners, and whether the programs of this device reach one.
struct ListenerCheck {
    private let model: MosquittoModel
    private let listeners: ListenerConfiguration?
    private let path: String
    private let context: Context
    private let addresses: ListenerAddresses

    /// - Parameters:
    ///   - model: What the configuration with our listeners means to mosquitto.
    ///   - path: The file with our listeners.
    init(_ model: MosquittoModel, _ listeners: ListenerConfiguration?, _ path: String, in context: Context) {
        (self.model, self.listeners, self.path, self.context) = (model, listeners, path, context)
        addresses = ListenerAddresses(resolve: context.addresses, interfaces: context.interfaces())
    }

    /// Why it cannot open them, by its configuration and by who holds a port; nil if it can.
    ///
    /// - Parameter isService: Whether a process is the mosquitto that is restarted, which frees its ports.
    func problem(isService: (ListeningProcess) -> Bool) -> ConnectError? {
        let canonical = MosquittoFiles.canonical(path, context.files)
        let ours = model.listeners.filter { $0.line.canonical == canonical }
        let others = model.listeners.filter { $0.line.canonical != canonical }
        for one in ours {
            if let other = others.first(where: { addresses.clash(one, $0) }) {
                return .listenerTwice(port: one.port, ours: path, other: other.line.place)
            }
        }
        for one in ours {
            guard
                let holder = ListeningProcess.of(
                    one.port, on: addresses.addresses(of: one), proc: context.processDirectory),
                !isService(holder)
            else { continue }
            return .portHeld(port: one.port, holder: holder.description)
        }
        return nil
    }

    /// Throws `MosquittoConfigurationError` if the programs of this device would not reach a listener.
    func checkClients(_ settings: Settings) throws {
        let (host, port) = (try settings.required("mqtt.client.host"), try settings.port("mqtt.client.port"))
        let usesTLS = try ["ca_file", "ca_dir", "cert_file"].contains {
            try settings.string("mqtt.client.auth.\($0)") != nil
        }
        let listeners = model.isLocalOnly ? Self.local(like: model) : model.listeners
        let reached = listeners.filter { $0.port == port && addresses.reaches(host, $0) }
        guard let first = reached.first else {
            // A host that is not this device has its own broker.
            guard addresses.isLocal(host) else { return }
            throw MosquittoConfigurationError.clientsMissListener(
                host: host, port: port, listeners: listeners.filter { $0.port != 0 }.map(\.endpoint))
        }
        let isTLS = first.settings["certfile"] != nil || first.settings["psk_hint"] != nil
        if isTLS != usesTLS {
            throw MosquittoConfigurationError.clientsMissTLS(listener: first.line.place, isTLS: isTLS)
        }
    }

    /// The listeners of a mosquitto that serves only the device.
    private static func local(like model: MosquittoModel) -> [MosquittoModel.Listener] {
        ["127.0.0.1", "::1"].map { (address: String) in
            MosquittoModel.Listener(
                line: .init(path: "", number: 0, key: "listener", value: "1883 " + address), port: 1883, host: address)
        }
    }
}
