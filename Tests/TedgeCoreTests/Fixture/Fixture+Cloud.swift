import MQTT
import TLS
import TestSupport

@testable import TedgeCore

extension Fixture {
    /// A device that only has to be connected to Cumulocity, by root, with a mosquitto that runs, and a cloud that
    /// answers.
    ///
    /// - Parameter lines: Further lines of `tedge.toml`.
    static func ready(_ lines: String = "") throws -> Fixture {
        var fixture = try Fixture()
        fixture.accounts.caller = FixtureAccounts.root
        try fixture.files.makeDirectory(fixture.directory.file("roots"), mode: 0o755, owner: nil)
        try fixture.configure(lines)
        try fixture.makePair()
        fixture.programs.states(mapper: "inactive")
        fixture.programs.on("systemctl --no-reload enable", .exited(0), error: "Created symlink.\n")
        fixture.broker.retain(Fixture.health, "1")
        fixture.broker.answerAsCloud()
        return fixture
    }

    /// The same for Azure or AWS.
    static func ready(for cloud: CloudName) throws -> Fixture {
        let fixture = try ready()
        try fixture.write(
            "config.version = '2'\n\(cloud.rawValue).url = 'cloud.example.com'\n"
                + "\(cloud.rawValue).root_cert_path = '\(fixture.directory.file("roots"))'\n", to: "tedge/tedge.toml")
        fixture.broker.retain("te/device/main/service/mosquitto-\(cloud.rawValue)-bridge/status/health", "1")
        fixture.broker.answerAsHub()
        return fixture
    }

    static let health = "te/device/main/service/mosquitto-c8y-bridge/status/health"
    static let bridge = "tedge/mosquitto-conf/c8y-bridge.conf"

    /// Writes the settings of a device for Cumulocity, and further lines.
    func configure(_ lines: String = "", url: String = "example.cumulocity.com") throws {
        let roots = lines.contains("root_cert_path") ? "" : "c8y.root_cert_path = '\(directory.file("roots"))'\n"
        try write("config.version = '2'\nc8y.url = '\(url)'\n\(roots)\(lines)", to: "tedge/tedge.toml")
    }

    /// Connects to Cumulocity.
    func connect(offline: Bool = false) -> CommandReport {
        var options = Connector.Options()
        options.isOffline = offline
        return Connector(.c8y, profile: nil, options: options, in: context).run()
    }

    /// What a command of the check needs.
    func plan(_ cloud: Cloud = .cumulocity) throws -> ConnectionInputs { try ConnectionInputs(cloud, nil, in: context) }
}

extension FixtureConnector {
    /// Has Cumulocity answer that the device exists, and with a token of a tenant where one is named.
    func answerAsCloud(tenant: String? = "example.cumulocity.com") {
        onMessage { topic, payload in
            switch topic {
            case "c8y/s/us" where payload.hasPrefix("100,"):
                [message("c8y/s/e", "41,100,Device already existing")]
            case "c8y/s/uat": tenant.map { [message("c8y/s/dat", "71,\(token(issuer: $0))")] } ?? []
            default: []
            }
        }
    }
}

extension FixtureConnector {
    /// Has Azure send the device twin with a status, under the number of the request, and AWS reflect what it gets.
    func answerAsHub(status: Int = 200) {
        onMessage { topic, payload in
            let request = "az/twin/GET/"
            if topic.hasPrefix(request) {
                return [message("az/twin/res/\(status)/\(topic.dropFirst(request.count))", status == 200 ? "{}" : "")]
            }
            return topic == "aws/test-connection" ? [message("aws/connection-success", payload)] : []
        }
    }
}

/// A token that an issuer made, without a signature.
func token(issuer: String) -> String {
    let claims = Array("{\"iss\":\"\(issuer)\"}".utf8)
    return "e30.\(base64URL(claims)).c2lnbmF0dXJl"
}

/// Base64 for addresses without padding (RFC 4648, section 5).
func base64URL(_ bytes: [UInt8]) -> String {
    let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".utf8)
    var (text, bits, count) = ("", 0, 0)
    for byte in bytes {
        (bits, count) = (bits << 8 | Int(byte), count + 8)
        while count >= 6 {
            count -= 6
            text.unicodeScalars.append(Unicode.Scalar(alphabet[bits >> count & 63]))
        }
        bits &= 1 << count - 1
    }
    if count > 0 { text.unicodeScalars.append(Unicode.Scalar(alphabet[bits << (6 - count) & 63])) }
    return text
}
