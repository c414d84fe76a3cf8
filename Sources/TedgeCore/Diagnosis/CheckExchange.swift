import MQTT

/// The questions to a cloud, and how to recognise its answers.
struct CheckExchange: Sendable {
    /// What an answer proves.
    enum Answer: Sendable, Equatable {
        /// The cloud answered, but its name is unknown.
        case cloud
        /// The cloud answered; another message with its name may follow.
        case cloudWithMore
        /// The tenant of this host answered.
        case tenant(String)
        /// The cloud refused with this status; a later answer can be different.
        case refusal(String)
    }

    /// A message for the cloud.
    struct Question: Sendable, Equatable {
        var topic: String
        var payload: String
        var qos: QoS
        /// Whether the question changes nothing in the cloud, and creates no device there.
        var isHarmless = true
    }

    /// The topics of the answers.
    let filters: [String]
    /// The questions, in the order of sending.
    let questions: [Question]
    /// What a message proves; nil if it is not an answer.
    let answer: @Sendable (_ message: MQTTMessage) -> Answer?

    /// Creates the exchange for a cloud.
    ///
    /// - Parameter requestID: An id that no earlier request used.
    init(_ values: CheckValues, requestID: String) {
        switch values.cloud.check {
        case .smartREST: self = .smartREST(values)
        case .deviceTwin: self = .deviceTwin(values.prefix, requestID)
        case .reflection: self = .reflection(values.prefix, requestID)
        }
    }

    private init(
        filters: [String], questions: [Question], answer: @escaping @Sendable (MQTTMessage) -> Answer?
    ) {
        (self.filters, self.questions, self.answer) = (filters, questions, answer)
    }

    /// SmartREST 2.0 (Cumulocity, "MQTT static templates"): 100 creates the device, and 41 on `s/e` means that it exists;
    /// an empty message on `s/uat` requests a token, and 71 on `s/dat` contains it. A device with a password gets no
    /// token; 123 on `s/us` requests its number, and 124 on `s/ds` contains it.
    private static func smartREST(_ values: CheckValues) -> CheckExchange {
        guard values.usesCertificate else { return numbered(values) }
        let (errors, tokens) = ("\(values.prefix)/s/e", "\(values.prefix)/s/dat")
        return CheckExchange(
            filters: [errors, tokens],
            // The token first: a bridge sends without TCP_NODELAY, so the second of two small messages waits until the first one
            // is acknowledged, up to 40 ms.
            questions: [
                Question(topic: "\(values.prefix)/s/uat", payload: "", qos: .atMostOnce),
                Question(
                    topic: "\(values.prefix)/s/us",
                    payload: registration(values.deviceID, values.deviceType), qos: .atLeastOnce,
                    isHarmless: false),
            ],
            answer: { message in
                switch message.topic {
                case errors: return fields(message.payload).prefix(2) == ["41", "100"] ? .cloudWithMore : nil
                case tokens:
                    return token(in: message.payload).map { token in
                        TokenIssuer.issuer(ofToken: token).map { .tenant(TokenIssuer.host(of: $0)) } ?? .cloud
                    }
                default: return nil
                }
            })
    }

    /// The device twin of Azure IoT Hub: the answer to `twin/GET/?$rid={request}` is `twin/res/{status}/?$rid={request}`,
    /// with status 200 if the twin exists.
    private static func deviceTwin(_ prefix: String, _ requestID: String) -> CheckExchange {
        let (before, after) = ("\(prefix)/twin/res/", "/?$rid=\(requestID)")
        return CheckExchange(
            filters: ["\(prefix)/twin/res/#"],
            questions: [Question(topic: "\(prefix)/twin/GET/?$rid=\(requestID)", payload: "", qos: .atLeastOnce)],
            answer: { message in
                guard message.topic.hasPrefix(before) else { return nil }
                let rest = message.topic.dropFirst(before.count)
                let status = rest.prefix { $0.isASCII && $0.isNumber }
                let request = rest.dropFirst(status.count)
                guard status.count == 3, request == after || request.hasPrefix(after + "&") else { return nil }
                return status == "200" ? .cloud : .refusal(String(status))
            })
    }

    /// The broker of AWS IoT sends the message back on its topic, and the bridge maps that to another local topic.
    private static func reflection(_ prefix: String, _ requestID: String) -> CheckExchange {
        CheckExchange(
            filters: ["\(prefix)/connection-success"],
            questions: [Question(topic: "\(prefix)/test-connection", payload: requestID, qos: .atLeastOnce)],
            answer: { message in
                message.topic == "\(prefix)/connection-success" && message.payload == Array(requestID.utf8)
                    ? .cloud : nil
            })
    }

    /// The fields of the first line. This compares bytes, because a `String` combines CR with LF, and a comma with an
    /// accent, into one character.
    private static func fields(_ payload: [UInt8]) -> [String] {
        let line = payload.prefix { $0 != UInt8(ascii: "\n") && $0 != UInt8(ascii: "\r") }
        return line.split(separator: UInt8(ascii: ","), maxSplits: 2, omittingEmptySubsequences: false).map {
            String(decoding: $0, as: UTF8.self)
        }
    }

    /// The token of message 71; nil if it is another message.
    static func token(in payload: [UInt8]) -> String? {
        let fields = fields(payload)
        return fields.count >= 2 && fields[0] == "71" ? fields[1] : nil
    }

    private static func numbered(_ values: CheckValues) -> CheckExchange {
        let (errors, answers) = ("\(values.prefix)/s/e", "\(values.prefix)/s/ds")
        let registration = registration(values.deviceID, values.deviceType)
        return CheckExchange(
            filters: [errors, answers],
            questions: [
                Question(
                    topic: "\(values.prefix)/s/us", payload: registration, qos: .atLeastOnce, isHarmless: false),
                Question(topic: "\(values.prefix)/s/us", payload: "123", qos: .atLeastOnce),
            ],
            answer: { message in
                let fields = fields(message.payload)
                switch message.topic {
                case errors: return fields.prefix(2) == ["41", "100"] ? .cloud : nil
                case answers: return fields.first == "124" ? .cloud : nil
                default: return nil
                }
            })
    }

    /// Message 100, which creates the device if it does not exist in the cloud.
    static func registration(_ deviceID: String, _ deviceType: String) -> String {
        "100,\(field(deviceID)),\(field(deviceType))"
    }

    /// The value as a field of a comma-separated line, in quotes if needed (RFC 4180).
    private static func field(_ value: String) -> String {
        // This compares scalars: a comma with an accent is one character, but the cloud reads the comma.
        guard value.unicodeScalars.contains(where: { ",\"\n\r".unicodeScalars.contains($0) }) else { return value }
        var quoted = "\""
        for scalar in value.unicodeScalars {
            if scalar == "\"" { quoted.unicodeScalars.append(scalar) }
            quoted.unicodeScalars.append(scalar)
        }
        return quoted + "\""
    }
}
