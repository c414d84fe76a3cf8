import MQTT

/// Why a check failed.
enum CheckFailure: Error, Sendable, Equatable {
    /// The local broker does not serve the check.
    case broker(MQTTError)
    /// mosquitto says nothing about the bridge: it has not read the file.
    case bridgeUnknown
    /// mosquitto says that the bridge is down.
    case bridgeDown
    /// mosquitto says that the bridge was up and has gone down.
    case bridgeLost
    /// The bridge is up, and no answer arrived.
    case silence
    /// The cloud refused with this status.
    case refusal(String)
    /// An answer came from another tenant.
    case otherTenant(expected: [String], answered: String)
    /// A signal came.
    case interrupted(Interrupted)
}
