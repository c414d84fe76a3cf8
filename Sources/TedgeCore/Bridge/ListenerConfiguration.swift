/// The listeners of the local broker.
struct ListenerConfiguration: Sendable, Equatable {
    /// A listener for other machines.
    struct External: Sendable, Equatable {
        /// The TCP port.
        var port: UInt16
        /// The address to listen on; nil for all.
        var address: String?
        /// The network interface to listen on.
        var interface: String?
        /// A directory of authorities; with it, clients must have a certificate of one of them.
        var authoritiesPath: String?
        /// The listener's own certificate.
        var certificatePath: String?
        /// The certificate's key.
        var keyPath: String?

        /// The files and directories, each with the setting that names it.
        var files: [(path: String, key: String)] {
            let all = [
                (authoritiesPath, "mqtt.external.ca_path"), (certificatePath, "mqtt.external.cert_file"),
                (keyPath, "mqtt.external.key_file"),
            ]
            return all.compactMap { path, key in path.map { ($0, key) } }
        }
    }

    /// The TCP port for programs on the device.
    var port: UInt16
    /// The address for programs on the device.
    var address: String
    /// The listener for other machines, if there is one.
    var external: External?
    /// Whether programs on the device need no user name.
    let isAnonymous = true

    /// Takes the listeners from the settings; nil if they are disabled. Throws for a certificate without key, or the reverse,
    /// and for two listeners on one port.
    static func from(_ settings: Settings) throws -> ListenerConfiguration? {
        guard try settings.bool("mqtt.bind.enabled") else { return nil }
        var listeners = ListenerConfiguration(
            port: try settings.port("mqtt.bind.port"), address: try settings.required("mqtt.bind.address"))
        if let text = try settings.string("mqtt.external.bind.port"), let port = UInt16(digits: text) {
            _ = try settings.allOrNone(["mqtt.external.cert_file", "mqtt.external.key_file"])
            listeners.external = External(
                port: port, address: try checked(settings, "mqtt.external.bind.address"),
                interface: try checked(settings, "mqtt.external.bind.interface"),
                authoritiesPath: try checked(settings, "mqtt.external.ca_path"),
                certificatePath: try checked(settings, "mqtt.external.cert_file"),
                keyPath: try checked(settings, "mqtt.external.key_file"))
            try listeners.refuseClash()
        }
        return listeners
    }

    private func refuseClash() throws(ListenerError) {
        guard let external, external.port == port else { return }
        let all = [nil, "0.0.0.0", "::"]
        if external.address == address || all.contains(external.address) || all.contains(address) {
            throw .samePort(port)
        }
    }

    /// Throws if a file of the external listener is missing. Files that the caller may not see are skipped.
    func checkFiles(_ files: any Files) throws(ListenerError) {
        for (path, key) in external?.files ?? [] {
            do throws(FileError) {
                if try files.status(path) != nil { continue }
            } catch {
                continue
            }
            throw .fileMissing(path: path, key: key)
        }
    }

    private static func checked(_ settings: Settings, _ key: String) throws -> String? {
        guard let value = try settings.string(key) else { return nil }
        return try MosquittoValue.line(value, key: key)
    }
}

/// Checks that values can be written into mosquitto's configuration.
enum MosquittoValue {
    /// A value that is the rest of a line: no control character, no blank at an end, not empty.
    static func line(_ value: String, key: String) throws(BridgeError) -> String {
        if value.isEmpty { throw .unusableValue(key: key, value: value, reason: "it is empty") }
        if value.unicodeScalars.contains(where: { $0.properties.generalCategory == .control }) {
            throw .unusableValue(key: key, value: value, reason: "it holds a control character or line end")
        }
        if value.utf8.first == UInt8(ascii: " ") || value.utf8.last == UInt8(ascii: " ") {
            throw .unusableValue(key: key, value: value, reason: "it begins or ends with a blank")
        }
        return value
    }

    /// A value that is one word of a line.
    static func word(_ value: String, key: String) throws(BridgeError) -> String {
        let value = try line(value, key: key)
        // By bytes: a blank with an accent is one character, and mosquitto sees the blank.
        if value.utf8.contains(where: { " \"".utf8.contains($0) }) {
            throw .unusableValue(key: key, value: value, reason: "it holds a blank or a quote")
        }
        return value
    }
}
