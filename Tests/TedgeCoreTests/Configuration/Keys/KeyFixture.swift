import Foundation
import Testing

@testable import TedgeCore

/// A line of `Fixtures/keys.txt`.
struct KeyFixture: Sendable, CustomTestStringConvertible {
    let key: String
    let type: String
    let fallback: String
    let examples: [String]
    let older: [String]

    var testDescription: String { key }

    static let directory = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().appending(path: "Fixtures")

    /// All lines. An unreadable file gives none, which the test that counts them reports.
    static let all: [KeyFixture] = {
        let text = (try? String(contentsOf: directory.appending(path: "keys.txt"), encoding: .utf8)) ?? ""
        return text.split(separator: "\n").filter { !$0.hasPrefix("#") }.map { line in
            let parts = line.components(separatedBy: " | ").map { $0.hasSuffix(" |") ? String($0.dropLast(2)) : $0 }
            let field = { (index: Int) in index < parts.count ? parts[index] : "" }
            return KeyFixture(
                key: field(0), type: field(1), fallback: field(2),
                examples: field(3).components(separatedBy: "  ").filter { !$0.isEmpty },
                older: field(4).split(separator: " ").map(String.init))
        }
    }()

    /// The type of the table that the fixture's word stands for. A text that stands for an identity, a host or the
    /// like may not be empty.
    var settingType: SettingType? {
        switch type {
        case "string":
            ["id", "host", "topic_root", "interface"].contains { key.hasSuffix($0) } ? .name : .text
        case "AbsolutePath": .path
        case "path": .plainPath
        case "bool": .flag
        case "u16": .port
        case "NonZeroU16": .nonZeroPort
        case "u32": .number
        case "MqttPayloadLimit": .payloadLimit
        case "IpAddr": .ipAddress
        case "ConnectUrl": .host
        case "HostPort(443)": .hostPort(443)
        case "HostPort(8883)": .hostPort(8883)
        case "TopicPrefix": .topicPrefix
        case "EntityTopicId": .topicID
        case "duration": .duration
        case "ProxyUrl": .proxyURL
        case "TemplatesSet": .list
        case "CountPerGroup": .counts
        case "AutoFlag": .choice(.auto)
        case "AuthMethod": .choice(.authMethod)
        case "Cryptoki": .choice(.cryptoki)
        case "SoftwareManagementApiFlag": .choice(.softwareAPI)
        case "AutoLogUpload": .choice(.logUpload)
        case "AptConfig": .choice(.aptConfig)
        case "TimeFormat": .choice(.timeFormat)
        default: nil
        }
    }

    /// A value that the type refuses; a line end where it takes anything else.
    var badValue: String {
        switch type {
        case "string", "TemplatesSet": "a\nb"
        case "AbsolutePath", "path", "duration", "ProxyUrl", "TopicPrefix", "EntityTopicId": ""
        case "u16", "NonZeroU16", "HostPort(443)", "HostPort(8883)": "x:65536"
        case "MqttPayloadLimit": "0"
        case "CountPerGroup": "*:x"
        case "IpAddr": "127.0.0.256"
        case "ConnectUrl": "two words.example.com"
        default: "maybe"
        }
    }
}
