import Glibc
import Sockets

extension MQTTError: CustomStringConvertible {
    /// One or two sentences: what happened, and how to fix it.
    public var description: String {
        switch self {
        case .libraryMissing(let reason):
            "The MQTT library cannot be opened: \(reason). Install it with: apt install libmosquitto1"
        case .invalidOption(let name, let reason): "The MQTT \(name) \(reason)."
        case .unusable(let path, let reason): "Cannot read \(path): \(reason)"
        case .unreadable(let path, let code): "Cannot read \(path): \(SystemErrorText.text(code))"
        case .socket(let error): Self.text(error)
        case .silent(let endpoint):
            "\(endpoint) accepts connections but does not answer: check that an MQTT broker listens there, and whether "
                + "that listener uses TLS."
        case .closedBeforeAnswer(let endpoint):
            "\(endpoint) closed the connection without an answer: check that an MQTT broker listens there, and whether "
                + "that listener uses TLS."
        case .refused(let endpoint, let refusal): "The MQTT broker at \(endpoint) refuses the connection: \(refusal)"
        case .tls(let endpoint, let error):
            "No secure connection to the MQTT broker at \(endpoint): "
                + (error.map { "\($0)" } ?? "the broker ended the connection during or after the handshake")
        case .protocolViolation(let endpoint): "What \(endpoint) answers is not MQTT 3.1.1."
        case .messageTooLarge(let endpoint, let bytes, let limit):
            "The MQTT broker at \(endpoint) sends a message of \(bytes) bytes; at most \(limit) are taken."
        case .flooded(let endpoint, let limit):
            "The MQTT broker at \(endpoint) floods this client: more than \(limit) bytes of messages wait to be released or "
                + "read."
        case .disconnected(let endpoint, 0): "The MQTT broker at \(endpoint) closed the connection."
        case .disconnected(let endpoint, let code):
            "The connection to the MQTT broker at \(endpoint) is lost: \(SystemErrorText.text(code))"
        case .keepAliveExpired(let endpoint):
            "The MQTT broker at \(endpoint) does not answer any more; the connection is given up."
        case .notConnected: "There is no connection to an MQTT broker."
        case .subscriptionRefused(let filter):
            "The MQTT broker refuses the subscription to '\(filter)': check its access rules."
        case .payloadTooLarge(let bytes, let limit):
            "The message is \(bytes) bytes long; at most \(limit) are possible."
        case .invalidTopic(let topic, let problem):
            topic.isEmpty ? "The topic \(problem)." : "The topic '\(Self.shortened(topic))' \(problem)."
        case .timedOut(.subscription(let filter)):
            "The MQTT broker did not confirm the subscription to '\(filter)' in time."
        case .timedOut(.delivery(let messages)):
            "The MQTT broker did not take \(messages) message\(messages == 1 ? "" : "s") in time."
        case .library(let code, let reason): "Unexpected result of the MQTT library: \(reason) (\(code))"
        }
    }

    private static func text(_ error: SocketError) -> String {
        switch error {
        case .nameNotResolved(let host, let reason): "Cannot look up the MQTT broker's host name '\(host)': \(reason)"
        case .nameServerSilent(let host):
            "Cannot look up the MQTT broker's host name '\(host)': no answer from the name server in time"
        case .cannotConnect(let host, let port, let code):
            "Cannot connect to the MQTT broker at \(Endpoint(host: host, port: port)): "
                + "\(SystemErrorText.text(code))\(advice(code))"
        case .noAnswer(let host, let port):
            "Nothing answers at \(Endpoint(host: host, port: port)): check the host name, the network and firewalls on "
                + "the way."
        case .interrupted: "Interrupted"
        }
    }

    private static func advice(_ code: Int32) -> String {
        code == ECONNREFUSED ? ". Is it running? See: systemctl status mosquitto" : ""
    }

    private static func shortened(_ topic: String) -> String {
        topic.count > 80 ? "\(topic.prefix(79))…" : topic
    }
}

extension MQTTError.Refusal: CustomStringConvertible {
    /// Converts the return code of CONNACK.
    init(code: UInt8) {
        switch code {
        case 1: self = .protocolVersion
        case 2: self = .clientID
        case 3: self = .serverUnavailable
        case 4: self = .badUserNameOrPassword
        case 5: self = .notAuthorised
        default: self = .other(code)
        }
    }

    /// The meaning of the return code.
    public var description: String {
        switch self {
        case .protocolVersion: "it does not speak MQTT 3.1.1 (1)"
        case .clientID: "it does not take the client id (2)"
        case .serverUnavailable: "it is not available (3)"
        case .badUserNameOrPassword: "the user name or the password is wrong (4)"
        case .notAuthorised: "this client is not authorised (5)"
        case .other(let code): "unknown reason (\(code))"
        }
    }
}
