import Foundation
import MQTT

/// Why messages cannot be published or received.
enum MessagingError: ExplainedError, Equatable {
    /// The broker cannot be reached, refuses the connection, or ends it.
    case broker(MQTTError)
    /// Not all of several messages were delivered.
    case undelivered(delivered: Int, of: Int, MQTTError)
    /// A signal arrived before all messages were delivered.
    case interrupted(Interrupted, delivered: Int, of: Int)
    /// The standard output cannot be written.
    case output(SystemError)
    /// The messages do not fit into one JSON object.
    case tooManyMessages(count: Int)
    /// The arguments are not a message.
    case message(MessageProblem)

    /// The reason for the kind of error.
    var id: ReasonID {
        switch self {
        case .broker(let error), .undelivered(_, _, let error): Self.id(error)
        case .interrupted(let interrupted, _, _): interrupted.id
        case .output(let reason): OutputError(reason: reason).id
        case .message: .messageInvalid
        case .tooManyMessages: .messagesTooMany
        }
    }

    /// What happened.
    var causes: [String] {
        switch self {
        case .broker(let error): ["\(error)"]
        case .undelivered(let delivered, let all, let error): [Self.count(delivered, of: all), "\(error)"]
        case .interrupted(let interrupted, let delivered, let all):
            (all > 1 ? [Self.count(delivered, of: all)] : []) + interrupted.causes
        case .output(let reason): OutputError(reason: reason).causes
        case .tooManyMessages(let count):
            ["One JSON object has room for \(MessageIntake.limit >> 20) MiB of messages: it is full after \(count)."]
        case .message(let problem): ["\(problem)"]
        }
    }

    /// How to fix it; nil if there is no advice.
    var hint: String? {
        switch self {
        case .broker(let error), .undelivered(_, _, let error): Self.hint(error)
        case .output(let reason): OutputError(reason: reason).hint
        case .interrupted(let interrupted, _, _): interrupted.hint
        case .tooManyMessages:
            "End it earlier with '--count' or '--duration', or leave '--json' out: messages are then shown as they arrive."
        case .message: nil
        }
    }

    private static func count(_ delivered: Int, of all: Int) -> String {
        "\(delivered) of \(all) messages \(delivered == 1 ? "was" : "were") delivered."
    }

    private static func id(_ error: MQTTError) -> ReasonID {
        switch error {
        case .socket(.interrupted): .interrupted
        case .socket, .silent, .closedBeforeAnswer, .protocolViolation:
            .brokerUnreachable
        case .refused: .brokerRefuses
        case .tls, .unreadable, .unusable: .brokerTLSFailed
        case .disconnected, .keepAliveExpired, .notConnected: .brokerConnectionLost
        case .subscriptionRefused: .subscriptionRefused
        case .timedOut: .brokerSilent
        case .messageTooLarge, .flooded: .brokerFloods
        case .payloadTooLarge, .invalidTopic: .messageInvalid
        case .libraryMissing, .library: .mqttLibraryFailed
        case .invalidOption: .brokerSettingsUnusable
        }
    }

    private static func hint(_ error: MQTTError) -> String? {
        switch error {
        case .socket(.interrupted): nil
        case .socket:
            "Check 'mqtt.client.host' and 'mqtt.client.port' with 'tedge config list mqtt.client', and the broker with "
                + "'tedge doctor'."
        case .silent, .closedBeforeAnswer, .protocolViolation:
            "Check 'mqtt.client.port' with 'tedge config list mqtt.client'; for a listener with TLS set "
                + "'mqtt.client.auth.ca_file'."
        case .refused:
            "Set 'mqtt.client.auth.username' and 'mqtt.client.auth.password_file' to what the broker expects."
        case .tls, .unreadable, .unusable, .invalidOption:
            "Check the settings with 'tedge config list mqtt.client.auth'."
        case .disconnected, .keepAliveExpired, .timedOut: "Run 'sudo tedge doctor' to see how the broker is."
        case .messageTooLarge, .flooded:
            "Subscribe to fewer topics, without those that have such long messages."
        default: nil
        }
    }
}
