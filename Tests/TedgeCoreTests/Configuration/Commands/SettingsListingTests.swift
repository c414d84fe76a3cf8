import Foundation
import Testing

@testable import TedgeCore

@Suite struct SettingsListingTests {
    static let fixture = SettingsFixture(
        """
        [device]
        type = "gateway"
        [c8y]
        url = "main.example.com"
        [c8y.profiles.second]
        url = "second.example.com"
        device.cert_path = "/second.pem"
        [proxy]
        address = "proxy.example.com:3128"
        """,
        environment: ["TEDGE_MQTT_BIND_PORT": "1884"],
        certificates: [
            "/etc/tedge/device-certs/tedge-certificate.pem": "gateway-1", "/second.pem": "gateway-2",
        ])

    /// Compares with a file beside the tests, which is written where `TEDGE_RECORD` is 1.
    func expect(_ text: String, equals file: String, at location: SourceLocation = #_sourceLocation) throws {
        let url = KeyFixture.directory.appending(path: file)
        if ProcessInfo.processInfo.environment["TEDGE_RECORD"] == "1" {
            try text.write(to: url, atomically: false, encoding: .utf8)
        }
        let recorded = try String(contentsOf: url, encoding: .utf8)
        let lines = (text.components(separatedBy: "\n"), recorded.components(separatedBy: "\n"))
        let difference = zip(lines.0, lines.1).first { $0 != $1 }
        #expect(text == recorded, "first difference: \(difference.debugDescription)", sourceLocation: location)
    }

    @Test("the listing has each setting with a value")
    func list() throws {
        try expect(Self.fixture.load().listing().text(all: false), equals: "list.txt")
    }

    @Test("the full listing has the others after an empty line")
    func listAll() throws {
        try expect(Self.fixture.load().listing().text(all: true), equals: "list-all.txt")
    }

    @Test("the manual explains each setting")
    func manual() throws {
        try expect(SettingsManual.text(spaced: true), equals: "manual.txt")
    }

    @Test("on a terminal the manual has no empty lines, and is as wide as what it shows")
    func manualOfSome() throws {
        #expect(
            SettingsManual.text(filter: "mqtt.bind.", spaced: false) == """
                mqtt.bind.enabled  Whether 'tedge connect' configures the listeners of mosquitto (in \
                tedge-mosquitto.conf).
                                   Note: Set it to false if you configure the listeners by hand.
                                   Example: true
                mqtt.bind.address  The address of the broker's listener for programs on this device. Every program \
                that reaches it may connect.
                                   Example: 127.0.0.1
                   mqtt.bind.port  The port of the broker's listener for programs on this device.
                                   Example: 1883

                """)
        #expect(SettingsManual.text(filter: "no such", spaced: true) == "")
    }

    @Test("a group's own settings come before those of the groups in it, and profiles after their cloud")
    func order() throws {
        let names = try Self.fixture.load().names().map(\.text)
        func position(_ name: String) throws -> Int { try #require(names.firstIndex(of: name)) }
        #expect(names.first == "device.id")
        #expect(try position("device.type") < position("device.cryptoki.mode"))
        #expect(try position("c8y.topics") < position("c8y.device.id"))
        #expect(try position("c8y.proxy.ca_path") < position("c8y.proxy.bind.address"))
        #expect(try position("c8y.mqtt_service.topics") + 1 == position("c8y.profiles.second.url"))
        #expect(try position("c8y.profiles.second.mqtt_service.topics") + 1 == position("az.url"))
        #expect(names.count == 165 + 45)
        #expect(Set(names).count == names.count)
    }

    @Test("a filter is a part of the name, in the same letter case")
    func filter() throws {
        let settings = try Self.fixture.load()
        #expect(
            settings.listing(filter: "second.url").text(all: true) == "c8y.profiles.second.url=second.example.com\n")
        #expect(settings.listing(filter: "C8Y").text(all: true) == "")
        #expect(settings.listing(filter: "key_pin").text(all: false) == "")
        #expect(
            settings.listing(filter: "az.device.key_").text(all: true) == """
                az.device.key_path=/etc/tedge/device-certs/tedge-private-key.pem

                az.device.key_uri=
                az.device.key_pin=

                """)
    }

    @Test("entries have a value and an origin for programs")
    func entries() throws {
        let listing = try Self.fixture.load().listing()
        func origin(_ name: String) -> String? {
            listing.entries.first { $0.name.text == name }?.setting?.origin.word
        }
        #expect(origin("device.type") == "file")
        #expect(origin("device.id") == "certificate")
        #expect(origin("mqtt.bind.port") == "environment")
        #expect(origin("mqtt.client.port") == "default")
        #expect(origin("az.url") == nil)
        #expect(listing.problems.isEmpty)
    }

    @Test("a value that is refused is listed as none, and its error is kept")
    func problems() throws {
        let listing = try SettingsFixture("[mqtt.bind]\nport = 'x'\n[c8y]\nurl = 5\n").load().listing()
        #expect(listing.text(all: false).contains("device.type="))
        #expect(!listing.text(all: false).contains("mqtt.bind.port="))
        #expect(listing.text(all: true).contains("\nmqtt.bind.port=\n"))
        let keys = listing.problems.map { error -> String? in
            if case .invalidInFile(let key, _, _) = error { key } else { nil }
        }
        #expect(keys == ["c8y.url", "mqtt.bind.port"])
    }
}
