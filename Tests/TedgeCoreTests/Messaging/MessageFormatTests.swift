import MQTT
import Testing

@testable import TedgeCore

@Suite struct MessageFormatTests {
    private func line(_ payload: [UInt8], topic: String = "a/b", _ format: MessageFormat = MessageFormat()) -> [UInt8] {
        var line: [UInt8] = []
        format.append(topic: Array(topic.utf8).span.bytes, payload: payload.span.bytes, to: &line)
        return line
    }

    private func text(
        _ payload: String, topic: String = "a/b", _ format: MessageFormat = MessageFormat()
    ) -> String {
        String(decoding: line(Array(payload.utf8), topic: topic, format), as: UTF8.self)
    }

    private func json(_ payload: [UInt8], _ format: MessageFormat = MessageFormat()) -> String {
        let topic = Array("a/b".utf8)
        let delivery = MQTTDelivery(qos: .atLeastOnce, isRetained: true)
        return format.json(topic: topic.span.bytes, payload: payload.span.bytes, delivery).text
    }

    @Test("a message is its topic in brackets and its payload")
    func plain() {
        #expect(text("hello") == "[a/b] hello\n")
        #expect(text("") == "[a/b] \n")
        #expect(text("ünï\u{1F600}", topic: "тема") == "[тема] ünï\u{1F600}\n")
    }

    @Test("without its topic a message is its payload")
    func noTopic() {
        #expect(text("hello", MessageFormat(showsTopic: false)) == "hello\n")
    }

    @Test("messages follow one another")
    func several() {
        var lines: [UInt8] = []
        for payload in ["1", "2"] {
            let bytes = Array(payload.utf8)
            MessageFormat(showsTopic: false).append(
                topic: bytes.span.bytes, payload: bytes.span.bytes, to: &lines)
        }
        #expect(lines == Array("1\n2\n".utf8))
    }

    static let notText: [[UInt8]] = [
        [0xFF], [0xC0, 0x80], [0xED, 0xA0, 0x80], [0xF4, 0x90, 0x80, 0x80], [0x61, 0xC3], [0x80], Array(0...255),
    ]

    @Test("a payload that is not UTF-8 is marked, in base64", arguments: notText)
    func notUTF8(_ payload: [UInt8]) {
        let expected = "[a/b] <ERR=NON-UTF8> \(MessageFormat.base64(payload.span.bytes))\n"
        #expect(line(payload) == Array(expected.utf8))
    }

    @Test("base64 is that of RFC 4648, section 10")
    func base64() {
        let vectors = [
            "": "", "f": "Zg==", "fo": "Zm8=", "foo": "Zm9v", "foob": "Zm9vYg==", "fooba": "Zm9vYmE=",
            "foobar": "Zm9vYmFy",
        ]
        for (payload, encoded) in vectors {
            #expect(text(payload, MessageFormat(isBase64: true)) == "[a/b] \(encoded)\n")
            #expect(text(payload, MessageFormat(showsTopic: false, isBase64: true)) == "\(encoded)\n")
        }
    }

    @Test("what is not a terminal gets topic and payload as they came")
    func raw() {
        let payload = Array("\u{1B}[2J\r\n\t\u{0}\u{202E}".utf8)
        #expect(line(payload, topic: "a\u{1B}b") == Array("[a\u{1B}b] ".utf8) + payload + [0x0A])
    }

    @Test("on a terminal nothing that came is a command to it; tabs and lines stay")
    func terminal() {
        let format = MessageFormat(isForTerminal: true)
        #expect(text("a\tb\nc", format) == "[a/b] a\tb\nc\n")
        #expect(text("\u{1B}[31mred\r\u{7}\u{9B}2J", format) == "[a/b] \\u{1b}[31mred\\u{d}\\u{7}\\u{9b}2J\n")
        #expect(text("x", topic: "a\u{1B}]0;t\u{7}", format) == "[a\\u{1b}]0;t\\u{7}] x\n")
        #expect(text("ü\u{1F600}", format) == "[a/b] ü\u{1F600}\n")
        #expect(line([0x1B, 0xFF], format) == Array("[a/b] <ERR=NON-UTF8> G/8=\n".utf8))
    }

    @Test("for programs the encoding is named")
    func object() {
        let end = "\"qos\":1,\"retained\":true}"
        #expect(json([0x68, 0x69]) == "{\"topic\":\"a/b\",\"payload\":\"hi\",\"encoding\":\"utf-8\",\(end)")
        #expect(json([0xFF]) == "{\"topic\":\"a/b\",\"payload\":\"/w==\",\"encoding\":\"base64\",\(end)")
        let format = MessageFormat(showsTopic: false, isBase64: true)
        #expect(json([0x68, 0x69], format) == "{\"payload\":\"aGk=\",\"encoding\":\"base64\",\(end)")
    }
}
