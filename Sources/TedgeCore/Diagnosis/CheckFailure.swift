import MQTT

/// Why a check failed.
enum CheckFailure: Error, Sendable, Equatable {
    /// The local broker does not work for the check.
    case broker(MQTTError)
    /// mosquitto reports nothing about the bridge: it has not read the file.
    case bridgeUnknown
    /// mosquitto reports that the bridge is down.
    case bridgeDown
    /// mosquitto reported that the bridge was up, and then that it went down.
    case bridgeLost
    /// The bridge is up, but no answer arrived.
    case silence
    /// The cloud refused with this status.
    case refusal(String)
    /// A tenant other than the configured one answered.
    case otherTenant(expected: [String], answered: String)
    /// A signal arrived.
    case interrupted(Interrupted)
}
