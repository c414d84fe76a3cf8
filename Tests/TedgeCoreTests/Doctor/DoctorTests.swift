import Foundation
import MQTT
import TestSupport
import Testing

@testable import TedgeCore

/// The doctor in a stub world: order, grounds, choice and words. What it finds on a device, the system tests show.
@Suite struct DoctorTests {
    private func run(
        _ world: World, _ cloud: CloudName? = .c8y, only: [String] = [], skip: [String] = [], isColourful: Bool = false
    ) -> CommandReport {
        var options = Doctor.Options()
        (options.only, options.skip, options.isColourful) = (only, skip, isColourful)
        return Doctor(cloud, profile: nil, options: options, in: world.context).run()
    }

    @Test("every check stands on checks before it, and no name is there twice")
    func table() {
        var seen: Set<String> = []
        for check in DoctorCheck.all {
            #expect(check.needs.allSatisfy(seen.contains), "\(check.id)")
            #expect(seen.insert(check.id).inserted, "\(check.id)")
            #expect(check.id.allSatisfy { $0.isLowercase || $0 == "-" })
        }
    }

    @Test("a check whose ground is gone is skipped, and says because of which")
    func grounds() throws {
        let world = try World()
        let report = run(world, only: ["key-pair", "certificate-expiry"])
        #expect(report.status == 1 && report.reason == "certificate-missing")
        #expect(
            world.output == """
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
        let world = try World()
        try world.write("[c8y\n", to: "tedge/tedge.toml")
        let report = run(world, only: ["settings", "cloud-address"])
        #expect(report.status == 1)
        #expect(world.output.contains("WORLD/tedge/tedge.toml"))
        #expect(world.output.contains("skipped  cloud-address: because of settings\n"))
    }

    @Test("a warning alone ends with status 0")
    func warning() throws {
        let world = try World.ready()
        try world.configure("c8y.nonsense = 1\n")
        let report = run(world, only: ["known-settings"])
        #expect(report.status == 0 && report.reason == nil)
        #expect(world.output.hasPrefix("warning  known-settings: Unknown configuration field \"c8y.nonsense\""))
    }

    @Test("a certificate that ends soon is a warning, one with an id that no cloud takes an error")
    func certificates() throws {
        let world = try World.ready()
        try world.makePair(notAfter: World.now + 86_400 * 10)
        _ = run(world, only: ["certificate-expiry"])
        #expect(world.output.hasPrefix("warning  certificate-expiry: The device certificate expires in 10 days.\n"))
        let other = try World.ready()
        try other.makePair(id: "a/b")
        #expect(run(other, only: ["certificate-subject"]).reason == "device-id-invalid")
    }

    @Test("a connect that was killed is told with both ways on, while none runs")
    func unfinished() throws {
        let world = try World.ready()
        #expect(world.connect().status == 0)
        try world.write("", to: "\(World.bridge).unfinished")
        #expect(run(world, only: ["bridge-file"]).status == 0)
        #expect(world.output.contains("A connect or disconnect was ended before it was complete."))
        let lock = try ConfigurationLock("tedge connect c8y", in: world.context)
        defer { lock.release() }
        #expect(run(world, only: ["bridge-file"]).status == 0)
        #expect(world.output.split(separator: "before it was complete").count == 2)
    }

    @Test("a file that was changed by hand is told with its first line that differs")
    func changedFile() throws {
        let world = try World.ready()
        #expect(world.connect().status == 0)
        #expect(run(world, only: ["bridge-current"]).status == 0)
        let text = try #require(try world.text(World.bridge))
        try world.write(text.replacing("connection edge_to_c8y", with: "connection mine"), to: World.bridge)
        _ = run(world, only: ["bridge-current"])
        #expect(world.output.contains("is 'connection mine' and should be 'connection edge_to_c8y'"))
    }

    @Test("without a cloud those with an address are examined, each under its name")
    func clouds() throws {
        let world = try World.ready()
        try world.configure("az.url = 'hub.azure-devices.net'\n")
        let report = run(world, nil, only: ["clock"])
        #expect(report.status == 0)
        #expect(
            world.output == """
                Cumulocity
                ok       clock: Fri, 15 Jan 2027 08:00:00 +0000
                Azure
                ok       clock: Fri, 15 Jan 2027 08:00:00 +0000

                2 checks: 2 ok

                """)
    }

    @Test("on a terminal states have symbols and colours, and nothing that was seen can add its own")
    func colours() throws {
        let world = try World.ready()
        try world.configure("\"a\\u001b[31m\" = 1\n")
        _ = run(world, only: ["clock", "known-settings"], isColourful: true)
        #expect(world.output.contains("\u{1B}[32m✔ ok      \u{1B}[0mclock: "))
        #expect(world.output.contains("\u{1B}[33m! warning \u{1B}[0mknown-settings: "))
        #expect(world.output.split(separator: "\u{1B}").count == 4)
    }

    @Test("the cloud is asked nothing that changes it")
    func harmless() throws {
        let world = try World.ready()
        try world.write("include_dir \(world.path("mosquitto-conf"))\n", to: "mosquitto.conf")
        #expect(world.connect().status == 0)
        world.programs.on("mosquitto -h", .exited(3), output: "mosquitto version 2.0.11\n")
        let before = world.broker.published.count
        _ = run(world, only: ["round-trip"])
        let asked = world.broker.published.dropFirst(before)
        #expect(asked.map { $0.split(separator: " ")[0] } == ["c8y/s/uat"])
    }

    @Test("with JSON each check is an object, and nothing else is on stdout")
    func json() throws {
        var world = try World()
        world.isJSON = true
        let report = run(world, only: ["certificate"])
        #expect(world.output == "")
        let object = try #require(
            try JSONSerialization.jsonObject(with: Data(report.json.text.utf8)) as? [String: Any])
        let checks = try #require(object["checks"] as? [[String: Any]])
        #expect(checks.count == 1)
        #expect(checks[0]["id"] as? String == "certificate" && checks[0]["state"] as? String == "error")
        #expect(checks[0]["reason"] as? String == "certificate-missing")
        #expect((checks[0]["hint"] as? String)?.contains("tedge cert create") == true)
    }

    @Test("a key that everyone can read is a warning, and its hint leaves mosquitto able to read it")
    func openKey() throws {
        let world = try World.ready()
        let key = world.directory.file(World.key)
        try world.files.changeMode(key, to: 0o644)
        let report = run(world, only: ["private-key", "key-pair"])
        #expect(report.status == 0)
        #expect(world.output.contains("warning  private-key: Everyone on this machine can read the private key"))
        #expect(world.output.contains("Hint: Run 'sudo chown mosquitto WORLD/\(World.key) && sudo chmod 400 WORLD/"))
        #expect(world.output.contains("ok       key-pair: they belong together\n"))
        try world.files.changeOwner(key, to: try #require(world.accounts.user(named: "mosquitto")).owner)
        _ = run(world, only: ["private-key"])
        #expect(world.output.contains("Hint: Run 'sudo chmod 400 WORLD/\(World.key)'."))
        try world.files.changeMode(key, to: 0o440)
        #expect(run(world, only: ["private-key"]).json.text.contains("\"state\":\"ok\""))
    }

    @Test("a certificate file that holds the key, and that everyone can read, is a warning as well")
    func openKeyInCertificateFile() throws {
        let world = try World.ready()
        let both = (try world.text(World.certificate) ?? "") + (try world.text(World.key) ?? "")
        try world.write(both, to: World.certificate, mode: 0o644)
        let report = run(world, only: ["certificate", "key-pair"])
        #expect(report.status == 0 && report.json.text.contains("\"reason\":\"key-readable\""))
        #expect(world.output.contains("ok       key-pair"))
        try world.files.changeMode(world.directory.file(World.certificate), to: 0o640)
        #expect(!run(world, only: ["certificate"]).json.text.contains("key-readable"))
    }

    @Test("roots and files of the listener that mosquitto cannot read are told, also of a device with a password")
    func brokerReadsAll() throws {
        let world = try World.ready("c8y.root_cert_path = '/placeholder'\n")
        try world.files.changeMode(world.directory.file(World.key), to: 0o644)
        try world.write(try world.text(World.certificate) ?? "", to: "roots.pem", mode: 0o600)
        let roots = "c8y.root_cert_path = '\(world.directory.file("roots.pem"))'\n"
        try world.configure(roots)
        #expect(run(world, only: ["broker-reads-key"]).reason == "trust-roots-unreadable-for-mosquitto")
        try world.files.remove(world.directory.file(World.certificate))
        try world.configure(roots + "c8y.auth_method = 'basic'\n")
        #expect(run(world, only: ["broker-reads-key"]).reason == "trust-roots-unreadable-for-mosquitto")
        try world.files.changeMode(world.directory.file("roots.pem"), to: 0o644)
        #expect(run(world, only: ["broker-reads-key"]).status == 0)
        let external = "mqtt.external.bind.port = 8884\nmqtt.external.ca_path = '\(world.directory.file("closed"))'\n"
        try world.files.makeDirectory(world.directory.file("closed"), mode: 0o700, owner: nil)
        try world.configure(roots + "c8y.auth_method = 'basic'\n" + external)
        let report = run(world, only: ["broker-reads-key"])
        #expect(report.reason == "listener-file-unreadable-for-mosquitto")
        #expect(report.hint?.contains("tedge config set mqtt.external.ca_path") == true)
    }
}
