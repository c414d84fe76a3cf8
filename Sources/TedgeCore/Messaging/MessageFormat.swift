import Foundation
import MQTT

/// The format of a message: `[TOPIC] PAYLOAD` or `PAYLOAD`, and a line feed. A payload that is not UTF-8 is shown as
/// `<ERR=NON-UTF8> ` and its base64.
struct MessageFormat: Sendable, Equatable {
    /// Whether to show the topic.
    var showsTopic = true
    /// Whether to show every payload as base64.
    var isBase64 = false
    /// Whether to escape control sequences for a terminal; tabs and line feeds stay.
    var isForTerminal = false

    /// Appends the line of a message.
    func append(topic: RawSpan, payload: RawSpan, to line: inout [UInt8]) {
        if showsTopic {
            line.append(UInt8(ascii: "["))
            append(text: topic, to: &line)
            line.append(UInt8(ascii: "]"))
            line.append(UInt8(ascii: " "))
        }
        if isBase64 {
            line += Self.base64(payload).utf8
        } else if Self.isText(payload) {
            append(text: payload, to: &line)
        } else {
            line += "<ERR=NON-UTF8> \(Self.base64(payload))".utf8
        }
        line.append(UInt8(ascii: "\n"))
    }

    /// A message for programs: `encoding` is `utf-8` if `payload` is unchanged, or `base64`.
    func json(topic: RawSpan, payload: RawSpan, _ delivery: MQTTDelivery) -> JSONValue {
        let isEncoded = isBase64 || !Self.isText(payload)
        var members: [JSONValue.Member] = showsTopic ? [.init("topic", .string(Self.text(topic)))] : []
        members += [
            .init("payload", .string(isEncoded ? Self.base64(payload) : Self.text(payload))),
            .init("encoding", .string(isEncoded ? "base64" : "utf-8")),
            .init("qos", .number(Int(delivery.qos.rawValue))), .init("retained", .bool(delivery.isRetained)),
        ]
        return .object(members)
    }

    private func append(text: RawSpan, to line: inout [UInt8]) {
        unsafe text.withUnsafeBytes { bytes in
            if isForTerminal {
                line += ErrorFrame.printable(Self.text(text), keepsTabs: true).utf8
            } else {
                unsafe line.append(contentsOf: bytes)
            }
        }
    }

    /// The text of a topic, or of a payload that is text.
    static func text(_ bytes: RawSpan) -> String {
        unsafe bytes.withUnsafeBytes { unsafe String(decoding: $0, as: UTF8.self) }
    }

    /// Whether the bytes are UTF-8.
    static func isText(_ bytes: RawSpan) -> Bool {
        (try? UTF8Span(validating: Span<UInt8>(_bytes: bytes))) != nil
    }

    /// The bytes in base64 (RFC 4648, section 4).
    static func base64(_ bytes: RawSpan) -> String {
        unsafe bytes.withUnsafeBytes { unsafe Data($0).base64EncodedString() }
    }
}
