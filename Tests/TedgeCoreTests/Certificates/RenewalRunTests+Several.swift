import Foundation
import MQTT
import TLS
import TestSupport
import Testing
import X509

@testable import TedgeCore

/// Several certificates and clouds, and what no renewal can help.
extension RenewalRunTests {
    @Test("each pair is handled once, and those of profiles are found")
    mutating func pairs() throws {
        try fixture.configure(
            """
            az.url = 'a.azure-devices.net'
            c8y.profiles.one.url = 'one.cumulocity.com'
            c8y.profiles.two.url = 'two.cumulocity.com'
            c8y.profiles.two.device.cert_path = '\(fixture.path("two.pem"))'
            c8y.profiles.two.device.key_path = '\(fixture.path("two.key"))'
            """)
        for (from, to) in [(Fixture.certificate, "tedge/two.pem"), (Fixture.key, "tedge/two.key")] {
            try fixture.write(try #require(try fixture.text(from)), to: to)
        }
        fixture.environment["TEDGE_CLOUD_PROFILE"] = "one"
        let report = run(reconnect: false)
        #expect(report.status == 0 && results(report) == ["waiting", "waiting"], "\(fixture.errors)")
        #expect(report.checkedText.contains(#""cloud":"c8y","profile":"two""#))
        #expect(try fixture.text("tedge/two.pem.new") != nil)
        // Each is asked for at the proxy of its own profile.
        #expect(fixture.web.targets.count == 2)
    }

    @Test("a cloud that knows the device by a password has no certificate to renew")
    func password() throws {
        try fixture.configure("c8y.auth_method = 'basic'\n")
        let report = run()
        #expect(report.status == 0 && results(report) == ["unused"])
        #expect(fixture.output == "No certificate is due for renewal.\n" && fixture.web.requests.isEmpty)
    }

    @Test("a certificate that a bridge names and that is gone is missed")
    func missed() throws {
        connect()
        try fixture.files.remove(fixture.directory.file(Fixture.certificate))
        let report = run()
        #expect(report.status == 1 && report.reason == "certificate-missing")
    }

    @Test("a cloud without an authority is said to have none")
    func unsupported() throws {
        try fixture.write("az.url = 'a.azure-devices.net'\n", to: "tedge/tedge.toml")
        let report = run()
        #expect(report.status == 1 && report.reason == "renewal-unsupported")
        #expect(run(.aws, isAll: false, ca: .c8y).reason == "renewal-unsupported")
    }

    @Test("where two clouds have one certificate, it is taken by none unless both accept it")
    func shared() throws {
        connect()
        let azure = "az.url = 'a.azure-devices.net'\naz.root_cert_path = '\(fixture.directory.file("roots"))'\n"
        try fixture.configure("certificate.validity.minimum_duration = '30d'\n\(azure)")
        fixture.broker.retain("te/device/main/service/mosquitto-az-bridge/status/health", "1")
        var options = Connector.Options()
        options.isOffline = true
        #expect(Connector(.az, profile: nil, options: options, in: context()).run().status == 0, "\(fixture.errors)")
        fixture.programs.forget()
        let old = try fixture.text(Fixture.certificate)
        // Cumulocity lets the renewed one in, Azure does not.
        let hub = MQTTError.Endpoint(host: "a.azure-devices.net", port: 8883)
        fixture.broker.failToConnect(for: "a.azure-devices.net", .refused(hub, .notAuthorised))
        let report = run()
        #expect(report.status == 3 && results(report) == ["refused"], "\(fixture.printed.all)")
        #expect(report.message?.contains("the connection to Azure stays as it is") == true)
        #expect(report.hint?.hasPrefix("Register the new certificate in Azure") == true)
        #expect(try fixture.text(Fixture.certificate) == old && fixture.programs.changes == [])
    }

    @Test("a least time that is longer than the life of the certificate does not renew it every hour")
    func tooLong() throws {
        try fixture.configure("certificate.validity.minimum_duration = '60d'\n")
        let report = run(days: 1)
        #expect(report.status == 0 && results(report) == ["not-due"] && fixture.web.requests.isEmpty)
        #expect(fixture.errors.contains("Run 'sudo tedge config set certificate.validity.minimum_duration 13d'.\n"))
        #expect(report.checkedText.contains(#""warning":"'certificate.validity.minimum_duration' is 60d"#))
        #expect(results(run(days: 30)) == ["waiting"], "in the last third it is due")
    }

    @Test(
        "a reconnection in which an earlier run was killed is finished by the next one, also if nothing is due any more"
    )
    func killed() throws {
        connect()
        let paths = BridgePaths(in: fixture.context.configurationDirectory, .c8y, nil)
        // What a kill between the removal and the renewal of the bridge leaves.
        try fixture.files.rename(paths.bridge, to: paths.unfinished)
        try fixture.files.touch(paths.renewal)
        #expect(run(reconnect: false, days: 0).status == 0)
        #expect(!fixture.files.exists(paths.bridge), "nobody has asked for it")
        let report = run(days: 0)
        #expect(report.status == 0 && results(report) == ["in-use"], "\(fixture.errors)")
        #expect(fixture.files.exists(paths.bridge))
        #expect(!fixture.files.exists(paths.unfinished) && !fixture.files.exists(paths.renewal))
        #expect(results(run(days: 0)) == ["not-due"])
        // A person who disconnects meanwhile decides.
        try fixture.files.touch(paths.renewal)
        #expect(Disconnector(.c8y, profile: nil, in: fixture.context).run().status == 0)
        #expect(results(run(days: 0)) == ["not-due"])
        #expect(!fixture.files.exists(paths.bridge) && !fixture.files.exists(paths.renewal))
    }

    @Test("a signal ends it, and so it says")
    func interrupted() throws {
        fixture.signal.send(15)
        #expect(run().reason == "interrupted")
        #expect(fixture.web.requests.isEmpty)
    }

    @Test("settings that cannot be read are a failure")
    func settings() throws {
        try fixture.write("[", to: "tedge/tedge.toml")
        #expect(run().reason == "settings-broken")
        try fixture.write("device.cert_path = ''\n", to: "tedge/tedge.toml")
        #expect(run().status == 1)
    }
}
