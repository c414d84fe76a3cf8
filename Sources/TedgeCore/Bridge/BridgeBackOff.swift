/// How long a bridge waits before its attempts to reconnect: `restart_timeout` of mosquitto.conf(5).
///
/// The waits are random and grow from the first to the longest one. mosquitto 2.1 starts from the first again if a
/// connection has lasted for some time; 2.0 does so after each connection, and ignores the third number.
struct BridgeBackOff: Sendable, Equatable {
    /// The first wait in seconds, 1 to 3600.
    let first: Int64
    /// The longest wait in seconds, not below the first and at most 7200.
    let longest: Int64
    /// The seconds after which a connection counts as stable.
    let stable: Int64

    /// The value in mosquitto's configuration.
    var text: String { "\(first) \(longest) \(stable)" }

    /// Takes the waits from the settings, within what mosquitto 2.1 accepts; nil if none is set and none is wanted.
    init?(_ settings: Settings, isWanted: Bool) throws {
        let prefix = "mqtt.bridge.reconnect_policy."
        let names = try ["initial_interval", "maximum_interval", "reset_window"].map { try SettingName(prefix + $0) }
        let isSet = try names.contains { name in try settings.value(of: name).map { $0.origin != .fallback } ?? false }
        guard isWanted || isSet else { return nil }
        let seconds = try names.map { try settings.duration($0.text).components.seconds }
        first = min(max(seconds[0], 1), 3600)
        longest = min(max(seconds[1], first), 7200)
        stable = min(max(seconds[2], 0), 86_400)
    }
}
