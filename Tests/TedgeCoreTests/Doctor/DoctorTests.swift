import Foundation
import MQTT
import TestSupport
import Testing

@testable import TedgeCore

/// The doctor in a stub fixture: order, grounds, choice and words. What it finds on a device, the system tests show.
@Suite struct DoctorTests {
    private func run(
        _ fixture: Fixture, _ cloud: CloudName? = .c8y, only: [CheckID] = [], skip: [CheckID] = [],
        isColourful: Bool = false
    ) -> CommandReport {
        var options = Doctor.Options()
        (options.only, options.skip, options.isColourful) = (only, skip, isColourful)
        return Doctor(cloud, profile: nil, options: options, in: fixture.context).run()
    }

    @Test("every check stands on checks before it, and no name is there twice")
    func table() {
        var seen: Set<CheckID> = []
        for check in DoctorCheck.all {
            #expect(check.needs.allSatisfy(seen.contains), "\(check.id)")
            #expect(seen.insert(check.id).inserted, "\(check.id)")
            #expect(check.id.rawValue.allSatisfy { $0.isLowercase || $0 == "-" })
        }
        #expect(DoctorCheck.all.map(\.id) == CheckID.allCases)
    }

    @Test("a check whose ground is gone is skipped, and says because of which")
    func grounds() throws {
        let fixture = try Fixture()
        let report = run(fixture, only: ["key-pair", "certificate-expiry"])
        #expect(report.status == 1 && report.reason == "certificate-missing")
        #expect(
            fixture.output == """
                error    certificate: No certificate has been attached to that device.
                         Seen: Missing file: "WORLD/tedge/device-certs/tedge-certificate.pem"
                         Hint: Run `tedge cert create --device-id <id>` to generate a new certificate.
                skipped  key-pair: because of certificate
                skipped  certificate-expiry: because of certificate-dates

                3 checks: 1 error, 2 skipped

                """)
    }

    @Test("settings that are broken are told with file and line, and all that needs them is skipped")
    func brokenSettings() throws {
        let fixture = try Fixture()
        try fixture.write("[c8y\n", to: "tedge/tedge.toml")
        let report = run(fixture, only: ["settings", "cloud-address"])
        #expect(report.status == 1)
        #expect(fixture.output.contains("WORLD/tedge/tedge.toml"))
        #expect(fixture.output.contains("skipped  cloud-address: because of settings\n"))
    }

    @Test("a warning alone ends with status 0")
    func warning() throws {
        let fixture = try Fixture.ready()
        try fixture.configure("c8y.nonsense = 1\n")
        let report = run(fixture, only: ["known-settings"])
        #expect(report.status == 0 && report.reason == nil)
        #expect(fixture.output.hasPrefix("warning  known-settings: Unknown configuration field \"c8y.nonsense\""))
    }

    @Test("a certificate that ends soon is a warning, one with an id that no cloud takes an error")
    func certificates() throws {
        let fixture = try Fixture.ready()
        try fixture.makePair(notBefore: Fixture.now - 86_400 * 90, notAfter: Fixture.now + 86_400 * 10)
        _ = run(fixture, only: ["certificate-expiry"])
        #expect(fixture.output.hasPrefix("warning  certificate-expiry: The device certificate expires in 10 days.\n"))
        let other = try Fixture.ready()
        try other.makePair(id: "a/b")
        #expect(run(other, only: ["certificate-subject"]).reason == "device-id-invalid")
    }

    @Test("a connect that was killed is told with both ways on, while none runs")
    func unfinished() throws {
        let fixture = try Fixture.ready()
        #expect(fixture.connect().status == 0)
        try fixture.write("", to: "\(Fixture.bridge).unfinished")
        #expect(run(fixture, only: ["bridge-file"]).status == 0)
        #expect(fixture.output.contains("A connect or disconnect was ended before it was complete."))
        let lock = try ConfigurationLock("tedge connect c8y", in: fixture.context)
        defer { lock.release() }
        #expect(run(fixture, only: ["bridge-file"]).status == 0)
        #expect(fixture.output.split(separator: "before it was complete").count == 2)
    }

    @Test("a file that was changed by hand is told with its first line that differs")
    func changedFile() throws {
        let fixture = try Fixture.ready()
        #expect(fixture.connect().status == 0)
        #expect(run(fixture, only: ["bridge-current"]).status == 0)
        let text = try #require(try fixture.text(Fixture.bridge))
        try fixture.write(text.replacing("connection edge_to_c8y", with: "connection mine"), to: Fixture.bridge)
        _ = run(fixture, only: ["bridge-current"])
        #expect(fixture.output.contains("is 'connection mine' and should be 'connection edge_to_c8y'"))
    }

    @Test("without a cloud those with an address are examined, each under its name")
    func clouds() throws {
        let fixture = try Fixture.ready()
        try fixture.configure("az.url = 'hub.azure-devices.net'\n")
        let report = run(fixture, nil, only: ["clock"])
        #expect(report.status == 0)
        #expect(
            fixture.output == """
                Cumulocity
                ok       clock: Fri, 15 Jan 2027 08:00:00 +0000
                Azure
                ok       clock: Fri, 15 Jan 2027 08:00:00 +0000

                2 checks: 2 ok

                """)
    }

    @Test("on a terminal states have symbols and colours, and nothing that was seen can add its own")
    func colours() throws {
        let fixture = try Fixture.ready()
        try fixture.configure("\"a\\u001b[31m\" = 1\n")
        _ = run(fixture, only: ["clock", "known-settings"], isColourful: true)
        #expect(fixture.output.contains("\u{1B}[32m✔ ok      \u{1B}[0mclock: "))
        #expect(fixture.output.contains("\u{1B}[33m! warning \u{1B}[0mknown-settings: "))
        #expect(fixture.output.split(separator: "\u{1B}").count == 4)
    }

    @Test("the cloud is asked nothing that changes it")
    func harmless() throws {
        let fixture = try Fixture.ready()
        try fixture.write("include_dir \(fixture.path("mosquitto-conf"))\n", to: "mosquitto.conf")
        #expect(fixture.connect().status == 0)
        fixture.programs.on("mosquitto -h", .exited(3), output: "mosquitto version 2.0.11\n")
        let before = fixture.broker.published.count
        _ = run(fixture, only: ["round-trip"])
        let asked = fixture.broker.published.dropFirst(before)
        #expect(asked.map { $0.split(separator: " ")[0] } == ["c8y/s/uat"])
    }

    @Test("with JSON each check is an object, and nothing else is on stdout")
    func json() throws {
        var fixture = try Fixture()
        fixture.isJSON = true
        let report = run(fixture, only: ["certificate"])
        #expect(fixture.output == "")
        let object = try #require(
            try JSONSerialization.jsonObject(with: Data(report.checkedText.utf8)) as? [String: Any])
        let checks = try #require(object["checks"] as? [[String: Any]])
        #expect(checks.count == 1)
        #expect(checks[0]["id"] as? String == "certificate" && checks[0]["state"] as? String == "error")
        #expect(checks[0]["reason"] as? String == "certificate-missing")
        #expect((checks[0]["hint"] as? String)?.contains("tedge cert create") == true)
    }

    @Test("a key that everyone can read is a warning, and its hint leaves mosquitto able to read it")
    func openKey() throws {
        let fixture = try Fixture.ready()
        let key = fixture.directory.file(Fixture.key)
        try fixture.files.changeMode(key, to: 0o644)
        let report = run(fixture, only: ["private-key", "key-pair"])
        #expect(report.status == 0)
        #expect(fixture.output.contains("warning  private-key: Everyone on this machine can read the private key"))
        #expect(
            fixture.output.contains("Hint: Run 'sudo chown mosquitto WORLD/\(Fixture.key) && sudo chmod 400 WORLD/"))
        #expect(fixture.output.contains("ok       key-pair: they belong together\n"))
        try fixture.files.changeOwner(key, to: try #require(fixture.accounts.user(named: "mosquitto")).owner)
        _ = run(fixture, only: ["private-key"])
        #expect(fixture.output.contains("Hint: Run 'sudo chmod 400 WORLD/\(Fixture.key)'."))
        try fixture.files.changeMode(key, to: 0o440)
        #expect(run(fixture, only: ["private-key"]).checkedText.contains("\"state\":\"ok\""))
    }

    @Test("a certificate file that holds the key, and that everyone can read, is a warning as well")
    func openKeyInCertificateFile() throws {
        let fixture = try Fixture.ready()
        let both = (try fixture.text(Fixture.certificate) ?? "") + (try fixture.text(Fixture.key) ?? "")
        try fixture.write(both, to: Fixture.certificate, mode: 0o644)
        let report = run(fixture, only: ["certificate", "key-pair"])
        #expect(report.status == 0 && report.checkedText.contains("\"reason\":\"key-readable\""))
        #expect(fixture.output.contains("ok       key-pair"))
        try fixture.files.changeMode(fixture.directory.file(Fixture.certificate), to: 0o640)
        #expect(!run(fixture, only: ["certificate"]).checkedText.contains("key-readable"))
    }

    @Test("roots and files of the listener that mosquitto cannot read are told, also of a device with a password")
    func brokerReadsAll() throws {
        let fixture = try Fixture.ready("c8y.root_cert_path = '/placeholder'\n")
        try fixture.files.changeMode(fixture.directory.file(Fixture.key), to: 0o644)
        try fixture.write(try fixture.text(Fixture.certificate) ?? "", to: "roots.pem", mode: 0o600)
        let roots = "c8y.root_cert_path = '\(fixture.directory.file("roots.pem"))'\n"
        try fixture.configure(roots)
        #expect(run(fixture, only: ["broker-reads-key"]).reason == "trust-roots-unreadable-for-mosquitto")
        try fixture.files.remove(fixture.directory.file(Fixture.certificate))
        try fixture.configure(roots + "c8y.auth_method = 'basic'\n")
        #expect(run(fixture, only: ["broker-reads-key"]).reason == "trust-roots-unreadable-for-mosquitto")
        try fixture.files.changeMode(fixture.directory.file("roots.pem"), to: 0o644)
        #expect(run(fixture, only: ["broker-reads-key"]).status == 0)
        let external = "mqtt.external.bind.port = 8884\nmqtt.external.ca_path = '\(fixture.directory.file("closed"))'\n"
        try fixture.files.makeDirectory(fixture.directory.file("closed"), mode: 0o700, owner: nil)
        try fixture.configure(roots + "c8y.auth_method = 'basic'\n" + external)
        let report = run(fixture, only: ["broker-reads-key"])
        #expect(report.reason == "listener-file-unreadable-for-mosquitto")
        #expect(report.hint?.contains("tedge config set mqtt.external.ca_path") == true)
    }
}
